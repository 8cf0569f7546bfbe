/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-arena.h"

void
arena_set_up (Arena *self, gconstpointer data)
{
  g_autofree char *certificate =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", "server.pem", NULL);
  g_autofree char *clients =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", "client.pem", NULL);
  const ArenaKind *kind = data;
  g_autofree char *inside = NULL;

  fixture_set_up (&self->base);
  if (kind != NULL && kind->polled)
    self->polled = poll_server_new ();
  else
    self->server = server_new ();
  inside = g_strdup_printf ("%u",
      self->polled != NULL ? self->polled->port
                           : sio_server_get_port (self->server));
  self->proxy = helper_start ("tls-proxy.py", certificate, inside,
      kind != NULL && kind->asks ? clients : NULL, NULL);
  self->port = helper_read_port (self->proxy);
}

void
arena_tear_down (Arena *self, gconstpointer data)
{
  g_clear_object (&self->server);
  g_clear_pointer (&self->polled, poll_server_free);
  helper_stop (self->proxy);
  fixture_tear_down (&self->base);
}

GTlsCertificate *
arena_load_certificate (const char *name)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", name, NULL);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  return certificate;
}

SioManager *
arena_new_manager (Arena *self, const char *host, gboolean trusting)
{
  g_autofree char *uri = g_strdup_printf ("wss://%s:%u", host, self->port);
  SioManager *manager = sio_manager_new (uri);

  if (trusting) {
    g_autofree char *path =
        g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", "ca.pem", NULL);
    g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, NULL);

    g_assert_nonnull (database);
    g_object_set (manager, "tls-database", database, NULL);
  }
  return manager;
}

void
arena_assert_connects (Arena *self, SioManager *manager)
{
  Log log;

  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (&self->base, log.connects + log.connect_errors > 0);
  g_assert_no_error (log.error);
  /* Both ways, in more than one record. */
  sio_server_emit (self->server, NULL, NULL, "hello", NULL);
  fixture_wait (&self->base, log.events == 1);
  log_clear (&log);
  g_object_unref (manager);
}

void
arena_assert_refuses (Arena *self, SioManager *manager)
{
  Log log;

  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (&self->base, log.connects + log.connect_errors > 0);
  g_assert_error (log.error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpstr (log.lines->str, ==, "connect-error 0\n");
  log_clear (&log);
  g_object_unref (manager);
}
