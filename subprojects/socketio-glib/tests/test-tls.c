/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-arena.h"

static void
test_trusted (Arena *arena, gconstpointer data)
{
  arena_assert_connects (arena, arena_new_manager (arena, "localhost", TRUE));
}

static void
test_not_trusted (Arena *arena, gconstpointer data)
{
  arena_assert_refuses (arena, arena_new_manager (arena, "localhost", FALSE));
}

static void
test_other_host (Arena *arena, gconstpointer data)
{
  arena_assert_refuses (arena, arena_new_manager (arena, "127.0.0.1", TRUE));
}

static void
test_insecure (Arena *arena, gconstpointer data)
{
  SioManager *manager = arena_new_manager (arena, "127.0.0.1", FALSE);

  g_object_set (manager, "insecure-tls", TRUE, NULL);
  g_test_expect_message (
      "sio", G_LOG_LEVEL_WARNING, "*127.0.0.1 is not checked*");
  arena_assert_connects (arena, manager);
  g_test_assert_expected_messages ();
}

/* A server that takes the first words of TLS for those of a request, and waits
 * for the rest. */
static void
test_no_tls (Arena *arena, gconstpointer data)
{
  g_autoptr (SioServer) server =
      g_object_new (SIO_TYPE_SERVER, "request-timeout", 200, NULL);
  g_autoptr (SioManager) manager = NULL;
  g_autofree char *uri = NULL;
  Log log;

  g_assert_true (sio_server_listen (server, NULL, 0, NULL));
  uri = g_strdup_printf ("https://127.0.0.1:%u", sio_server_get_port (server));
  manager = sio_manager_new (uri);
  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (&arena->base, log.connect_errors == 1);
  g_assert_cmpint (log.error->domain, ==, G_TLS_ERROR);
  log_clear (&log);
}

static void
test_pinned (Arena *arena, gconstpointer data)
{
  g_autoptr (GTlsCertificate) right = arena_load_certificate ("server.pem");
  g_autoptr (GTlsCertificate) wrong = arena_load_certificate ("ca.pem");
  SioManager *manager = arena_new_manager (arena, "127.0.0.1", FALSE);

  /* Neither its name nor its issuer matters. */
  g_object_set (manager, "pinned-certificate", right, NULL);
  arena_assert_connects (arena, manager);
  /* Though the authority is trusted. */
  manager = arena_new_manager (arena, "localhost", TRUE);
  g_object_set (manager, "pinned-certificate", wrong, NULL);
  arena_assert_refuses (arena, manager);
}

static void
test_client_certificate (Arena *arena, gconstpointer data)
{
  g_autoptr (GTlsCertificate) own = arena_load_certificate ("client.pem");
  SioManager *manager = arena_new_manager (arena, "localhost", TRUE);

  g_object_set (manager, "client-certificate", own, NULL);
  arena_assert_connects (arena, manager);
}

/* A server that is polled, once it can be. */
static void
test_polling (Arena *arena, gconstpointer data)
{
  static const char *const transports[] = { "polling", NULL };
  g_autoptr (SioManager) manager = arena_new_manager (arena, "localhost", TRUE);
  Log log;

  g_object_set (manager, "transports", transports, NULL);
  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (
      &arena->base, arena->polled->held != NULL && arena->polled->posts == 1);
  poll_server_say (arena->polled, "40{\"sid\":\"abc\"}");
  fixture_wait (&arena->base, log.connects + log.connect_errors > 0);
  g_assert_no_error (log.error);
  log_clear (&log);
}

/* Nobody else hears a word. */
static void
test_polling_not_trusted (Arena *arena, gconstpointer data)
{
  static const char *const transports[] = { "polling", NULL };
  SioManager *manager = arena_new_manager (arena, "localhost", FALSE);

  g_object_set (manager, "transports", transports, NULL);
  arena_assert_refuses (arena, manager);
  g_assert_cmpuint (arena->polled->handshakes, ==, 0);
}

static const ArenaKind polled = { .polled = TRUE };
static const ArenaKind asking = { .asks = TRUE };

#define ADD_TO(name, func, kind) \
  g_test_add ("/tls/" name, Arena, kind, arena_set_up, func, arena_tear_down)
#define ADD(name, func) ADD_TO (name, func, NULL)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("trusted", test_trusted);
  ADD ("not-trusted", test_not_trusted);
  ADD ("other-host", test_other_host);
  ADD ("insecure", test_insecure);
  ADD ("no-tls", test_no_tls);
  ADD ("pinned", test_pinned);
  ADD_TO ("client-certificate", test_client_certificate, &asking);
  ADD_TO ("polling", test_polling, &polled);
  ADD_TO ("polling-not-trusted", test_polling_not_trusted, &polled);
  return g_test_run ();
}
