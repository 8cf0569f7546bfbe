/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error-private.h>
#include <sio/sio-retry.h>

#include <gio/gio.h>

static gboolean
is_useful (GQuark domain, int code, gboolean was_open)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "x");

  return sio_retry_is_useful (error, was_open);
}

static gboolean
is_useful_after_status (guint status, gboolean was_open)
{
  g_autoptr (GError) error = sio_error_new_http_status (status, 0, "x");

  return sio_retry_is_useful (error, was_open);
}

static void
test_is_useful (void)
{
  static const guint passing[] = { 408, 425, 429, 500, 502, 503, 504 };
  static const guint lasting[] = { 200, 301, 302, 400, 401, 403, 404 };

  g_assert_true (sio_retry_is_useful (NULL, FALSE));
  g_assert_true (is_useful (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, FALSE));
  g_assert_true (
      is_useful (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, FALSE));
  g_assert_true (is_useful (SIO_ERROR, SIO_ERROR_PROTOCOL, FALSE));
  g_assert_true (is_useful (G_TLS_ERROR, G_TLS_ERROR_EOF, FALSE));
  g_assert_false (is_useful (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, FALSE));
  g_assert_true (is_useful (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, TRUE));
  g_assert_false (is_useful (SIO_ERROR, SIO_ERROR_HANDSHAKE, FALSE));
  g_assert_true (is_useful (SIO_ERROR, SIO_ERROR_HANDSHAKE, TRUE));
  g_assert_false (is_useful (SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT, FALSE));
  g_assert_false (is_useful (SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT, TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    g_assert_true (is_useful_after_status (passing[i], FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (lasting); i++) {
    g_assert_false (is_useful_after_status (lasting[i], FALSE));
    g_assert_true (is_useful_after_status (lasting[i], TRUE));
  }
}

static void
test_delay (void)
{
  SioBackoff backoff;
  g_autoptr (GError) forbidden = sio_error_new_http_status (403, 0, "x");
  g_autoptr (GError) busy = sio_error_new_http_status (503, 7, "x");
  g_autoptr (GError) rude = sio_error_new_http_status (503, 86400, "x");

  sio_backoff_init (&backoff, 1000, 5000, 0);
  g_assert_cmpuint (sio_retry_get_delay (&backoff, NULL, 0), ==, 1000);
  g_assert_cmpuint (sio_retry_get_delay (&backoff, forbidden, 0), ==, 5000);
  g_assert_cmpuint (sio_retry_get_delay (&backoff, busy, 0), ==, 7000);
  g_assert_cmpuint (sio_retry_get_delay (&backoff, rude, 0), ==, 300000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry/is-useful", test_is_useful);
  g_test_add_func ("/retry/delay", test_delay);
  return g_test_run ();
}
