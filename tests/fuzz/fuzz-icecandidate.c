/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "icecandidate.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (IceCandidate) candidate = ice_candidate_parse (text, &error);
  g_autoptr (IceCandidate) again = NULL;
  g_autofree char *normal = NULL;
  g_autofree char *normal_again = NULL;

  g_assert_true ((candidate == NULL) == (error != NULL));
  if (candidate == NULL)
    return 0;
  /* What we hand on is itself a candidate, and the same one. */
  normal = ice_candidate_to_string (candidate);
  again = ice_candidate_parse (normal, NULL);
  g_assert_nonnull (again);
  normal_again = ice_candidate_to_string (again);
  g_assert_cmpstr (normal_again, ==, normal);
  return 0;
}
