/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile-arena.h"

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  HostileArena *arena = data;

  g_free (arena->reason);
  arena->reason = g_strdup (reason);
}

static void
on_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  HostileArena *arena = data;

  arena->connections++;
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), arena);
}

void
hostile_set_up (HostileArena *arena, gconstpointer data)
{
  fixture_set_up (&arena->base);
  arena->server = sio_server_new ();
  g_object_set (arena->server, "max-payload", 100000, "max-connections", 20,
      "max-connections-per-address", 10, "request-timeout", 500, NULL);
  g_assert_true (sio_server_listen (arena->server, NULL, 0, NULL));
  g_signal_connect (
      arena->server, "connection", G_CALLBACK (on_connection), arena);
  arena->manager = manager_for (arena->server);
  log_watch (&arena->honest, sio_manager_get_socket (arena->manager, NULL));
  sio_socket_connect (arena->honest.socket);
  fixture_wait (&arena->base, arena->honest.connects == 1);
  /* For those to come. */
  g_object_set (arena->server, "ping-interval", 300, "ping-timeout", 1000,
      "connect-timeout", 1000, NULL);
}

void
hostile_tear_down (HostileArena *arena, gconstpointer data)
{
  /* Nobody else was hurt. */
  sio_server_emit (arena->server, NULL, NULL, "still-there", NULL);
  fixture_wait (&arena->base, arena->honest.events == 1);
  g_assert_cmpstr (
      arena->honest.lines->str, ==, "connect\nevent still-there []\n");
  g_clear_pointer (&arena->raw, raw_free);
  log_clear (&arena->honest);
  g_object_unref (arena->manager);
  g_object_unref (arena->server);
  g_free (arena->reason);
  fixture_tear_down (&arena->base);
}

void
hostile_await_end (HostileArena *arena)
{
  while (!arena->raw->ended) {
    raw_read (arena->raw);
    g_main_context_iteration (arena->base.context, !arena->raw->ended);
  }
}

/* A timer lets the raw side, which is no source of the context, be looked at. */
static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

GSource *
hostile_start_ticking (HostileArena *arena)
{
  GSource *source = g_timeout_source_new (5);

  g_source_set_callback (source, tick, NULL, NULL);
  g_source_attach (source, arena->base.context);
  return source;
}

void
hostile_stop_ticking (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

void
hostile_assert_answer (HostileArena *arena, const char *request,
    const char *status, const char *body)
{
  GSource *ticks = hostile_start_ticking (arena);
  g_autofree char *answer = NULL;

  arena->raw = raw_connect (sio_server_get_port (arena->server));
  raw_send_text (arena->raw, request);
  hostile_await_end (arena);
  answer = g_strndup (
      (char *) arena->raw->received->data, arena->raw->received->len);
  g_test_message ("%s", answer);
  g_assert_true (g_str_has_prefix (answer, status));
  if (body != NULL)
    g_assert_true (raw_has (arena->raw, body));
  g_clear_pointer (&arena->raw, raw_free);
  hostile_stop_ticking (ticks);
}
