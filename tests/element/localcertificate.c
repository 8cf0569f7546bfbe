/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "localcertificate.h"

#include "common/testcheck.h"

static char *
data_file (const char *name)
{
  return g_build_filename (
      g_getenv ("G_TEST_SRCDIR"), "data", "tls", name, NULL);
}

char *
local_certificate_get_path (void)
{
  return data_file ("localhost-cert.pem");
}

GTlsCertificate *
local_certificate_load (void)
{
  g_autofree char *cert = local_certificate_get_path ();
  g_autofree char *key = data_file ("localhost-key.pem");
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_files (cert, key, &error);

  fail_unless (certificate != NULL, "%s", error ? error->message : "");
  return certificate;
}
