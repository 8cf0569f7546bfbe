/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallererror.h"

#include "common/testlog.h"

#include <sio/sio.h>
#include <string.h>

#define URI "https://user:secret@calls.example.org/x?token=secret"

typedef struct {
  GQuark (*domain) (void);
  int code;
  gboolean fatal;
  SignallerError kind;
  const char *words;
} Case;

static GQuark
resolver_domain (void)
{
  return G_RESOLVER_ERROR;
}

static GQuark
io_domain (void)
{
  return G_IO_ERROR;
}

static GQuark
tls_domain (void)
{
  return G_TLS_ERROR;
}

static void
test_explains (void)
{
  static const Case cases[] = {
    { io_domain, G_IO_ERROR_CONNECTION_REFUSED, FALSE,
        SIGNALLER_ERROR_TRANSPORT, "Is the server running" },
    { io_domain, G_IO_ERROR_TIMED_OUT, FALSE, SIGNALLER_ERROR_TRANSPORT,
        "in time" },
    { io_domain, G_IO_ERROR_NETWORK_UNREACHABLE, FALSE,
        SIGNALLER_ERROR_TRANSPORT, "No connection" },
    { resolver_domain, G_RESOLVER_ERROR_NOT_FOUND, FALSE,
        SIGNALLER_ERROR_TRANSPORT, "not known" },
    { tls_domain, G_TLS_ERROR_BAD_CERTIFICATE, TRUE, SIGNALLER_ERROR_TLS,
        "cafile" },
    { tls_domain, G_TLS_ERROR_NOT_TLS, TRUE, SIGNALLER_ERROR_TLS, "http://" },
    { sio_error_quark, SIO_ERROR_CONNECT_REFUSED, TRUE, SIGNALLER_ERROR_REFUSED,
        "auth" },
    { sio_error_quark, SIO_ERROR_UNSUPPORTED, TRUE, SIGNALLER_ERROR_PROTOCOL,
        "revision" },
    { sio_error_quark, SIO_ERROR_HANDSHAKE, TRUE, SIGNALLER_ERROR_PROTOCOL,
        "/socket.io/" },
    { sio_error_quark, SIO_ERROR_INVALID_ARGUMENT, TRUE,
        SIGNALLER_ERROR_SETTINGS, "cannot be connected" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) cause =
        g_error_new_literal (cases[i].domain (), cases[i].code, "because");
    gboolean fatal = !cases[i].fatal;
    g_autoptr (GError) error =
        signaller_error_explain (cause, URI, "/socket.io/", "/", &fatal);

    g_test_message ("%s", error->message);
    g_assert_error (error, SIGNALLER_ERROR, (int) cases[i].kind);
    g_assert_true (fatal == cases[i].fatal);
    g_assert_nonnull (strstr (error->message, cases[i].words));
    g_assert_nonnull (strstr (error->message, "calls.example.org"));
    g_assert_null (strstr (error->message, "secret"));
  }
}

static void
test_display (void)
{
  g_autofree char *shown = signaller_uri_for_display (URI);
  g_autofree char *none = signaller_uri_for_display ("::");

  g_assert_cmpstr (shown, ==, "https://calls.example.org/x");
  g_assert_null (strstr (none, ":"));
}

static void
test_resource (void)
{
  static const struct {
    SignallerError code;
    GstResourceError resource;
  } cases[] = {
    { SIGNALLER_ERROR_SETTINGS, GST_RESOURCE_ERROR_SETTINGS },
    { SIGNALLER_ERROR_NOT_FOUND, GST_RESOURCE_ERROR_NOT_FOUND },
    { SIGNALLER_ERROR_TLS, GST_RESOURCE_ERROR_NOT_AUTHORIZED },
    { SIGNALLER_ERROR_TRANSPORT, GST_RESOURCE_ERROR_OPEN_READ_WRITE },
  };
  g_autoptr (GError) foreign =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "foreign");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error =
        g_error_new_literal (SIGNALLER_ERROR, (int) cases[i].code, "x");

    g_assert_cmpint (
        signaller_error_to_resource (error), ==, cases[i].resource);
  }
  g_assert_cmpint (signaller_error_to_resource (foreign), ==,
      GST_RESOURCE_ERROR_OPEN_READ_WRITE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/signallererror/explains", test_explains);
  g_test_add_func ("/signallererror/display", test_display);
  g_test_add_func ("/signallererror/resource", test_resource);
  return g_test_run ();
}
