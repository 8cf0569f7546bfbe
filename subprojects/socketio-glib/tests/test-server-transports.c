/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "host.h"
#include "soup-host.h"

#include <string.h>

/* This library's client before its server, over each transport, at a listener of
 * the server's own and at an application's SoupServer. */

typedef struct {
  const char *transports;
  gboolean attach;
} Way;

typedef struct {
  Fixture base;
  SoupHost *soup; /* NULL: it listens by itself */
  SioServer *server;
  SioManager *manager;
  SioSocket *socket;
  Log log;
  Host host;
  const char *last; /* the transport that it comes to */
} Arena;

static guint
get_port (Arena *arena)
{
  return arena->soup != NULL ? arena->soup->port
                             : sio_server_get_port (arena->server);
}

static void
set_up (Arena *arena, gconstpointer data)
{
  const Way *way = data;
  g_auto (GStrv) transports = g_strsplit (way->transports, ",", -1);
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;

  fixture_set_up (&arena->base);
  arena->server = sio_server_new ();
  if (way->attach) {
    arena->soup = soup_host_new ();
    sio_server_attach (arena->server, arena->soup->soup, &error);
  } else {
    sio_server_listen (arena->server, NULL, 0, &error);
  }
  g_assert_no_error (error);
  host_watch (&arena->host, arena->server);
  uri = g_strdup_printf ("http://127.0.0.1:%u", get_port (arena));
  arena->manager = sio_manager_new (uri);
  g_object_set (arena->manager, "transports", transports, "reconnection-delay",
      10, "reconnection-delay-max", 50, NULL);
  arena->last =
      strcmp (way->transports, "polling") == 0 ? "polling" : "websocket";
  arena->socket = sio_manager_get_socket (arena->manager, NULL);
  log_watch (&arena->log, arena->socket);
}

static void
tear_down (Arena *arena, gconstpointer data)
{
  log_clear (&arena->log);
  g_object_unref (arena->manager);
  host_clear (&arena->host);
  g_object_unref (arena->server);
  g_clear_pointer (&arena->soup, soup_host_free);
  fixture_tear_down (&arena->base);
}

/* Both ends are on the transport that the client ends up with. */
static gboolean
is_settled (Arena *arena)
{
  g_autofree char *transport = NULL;

  g_object_get (arena->manager, "transport", &transport, NULL);
  return g_strcmp0 (transport, arena->last) == 0 && arena->host.socket != NULL
      && g_strcmp0 (
             sio_server_socket_get_transport (arena->host.socket), arena->last)
      == 0;
}

static void
connect_socket (Arena *arena)
{
  sio_socket_connect (arena->socket);
  fixture_wait (&arena->base, arena->log.connects == 1);
  g_string_truncate (arena->log.lines, 0);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
on_question (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  if (ack != NULL)
    sio_ack_reply (ack, args);
}

/* Asked before, during and after the change of the transport. */
static void
test_exchange (Arena *arena, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\xff", 3);
  g_autoptr (JsonNode) args =
      json ("[1,\"\xc3\xa9\xf0\x9f\x98\x80\",{\"a\":[]}]");
  g_autofree char *text = NULL;

  json_array_add_element (
      json_node_get_array (args), sio_bytes_to_json (bytes));
  text = json_text (args);
  connect_socket (arena);
  g_signal_connect (
      arena->socket, "event::question", G_CALLBACK (on_question), NULL);
  g_assert_cmpstr (
      sio_server_socket_get_address (arena->host.socket), ==, "127.0.0.1");
  for (guint i = 0; i < 20; i++) {
    g_autoptr (GAsyncResult) asked = NULL;
    g_autoptr (GAsyncResult) answered = NULL;
    g_autoptr (JsonNode) there = NULL;
    g_autoptr (JsonNode) back = NULL;
    g_autofree char *there_text = NULL;
    g_autofree char *back_text = NULL;

    sio_socket_emit_with_ack_async (
        arena->socket, "echo", args, 20000, NULL, on_result, &asked);
    sio_server_socket_emit_with_ack_async (arena->host.socket, "question", args,
        20000, NULL, on_result, &answered);
    fixture_wait (&arena->base, asked != NULL && answered != NULL);
    there = sio_socket_emit_with_ack_finish (arena->socket, asked, NULL);
    back = sio_server_socket_emit_with_ack_finish (
        arena->host.socket, answered, NULL);
    g_assert_nonnull (there);
    g_assert_nonnull (back);
    there_text = json_text (there);
    back_text = json_text (back);
    g_assert_cmpstr (there_text, ==, text);
    g_assert_cmpstr (back_text, ==, text);
  }
  fixture_wait (&arena->base, is_settled (arena));
}

/* Many at once, in order, while the transport changes. */
static void
test_order (Arena *arena, gconstpointer data)
{
  g_autoptr (GString) expected = g_string_new (NULL);

  connect_socket (arena);
  for (guint i = 0; i < 200; i++) {
    g_autofree char *text = g_strdup_printf ("[%u]", i);
    g_autoptr (JsonNode) args = json (text);

    g_string_append_printf (expected, "event count %s\n", text);
    sio_socket_emit (arena->socket, "count", args, NULL);
    sio_server_emit (arena->server, NULL, NULL, "count", args);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  fixture_wait (&arena->base, arena->log.events == 200);
  fixture_wait (&arena->base, arena->host.lines->len >= expected->len);
  g_assert_cmpstr (arena->log.lines->str, ==, expected->str);
  g_assert_cmpstr (arena->host.lines->str, ==, expected->str);
}

static void
test_large (Arena *arena, gconstpointer data)
{
  g_autofree char *large = g_strnfill (900000, 'x');
  g_autofree char *text = g_strdup_printf ("[\"%s\"]", large);
  g_autoptr (JsonNode) args = json (text);

  connect_socket (arena);
  sio_socket_emit (arena->socket, "large", args, NULL);
  sio_server_socket_emit (arena->host.socket, "large", args, NULL);
  fixture_wait (&arena->base,
      arena->log.events == 1 && strstr (arena->host.lines->str, text) != NULL);
  g_assert_nonnull (strstr (arena->log.lines->str, text));
}

/* The heart beats in both phases of the session. */
static void
test_heartbeat (Arena *arena, gconstpointer data)
{
  g_object_set (arena->server, "ping-interval", 20, "ping-timeout", 5000, NULL);
  connect_socket (arena);
  fixture_wait (&arena->base, is_settled (arena));
  fixture_linger (&arena->base, 300);
  g_assert_cmpstr (arena->log.lines->str, ==, "");
  g_assert_cmpstr (arena->host.lines->str, ==, "");
}

static void
test_leaves (Arena *arena, gconstpointer data)
{
  connect_socket (arena);
  sio_server_socket_join (arena->host.socket, "r");
  sio_socket_disconnect (arena->socket);
  fixture_wait (
      &arena->base, strstr (arena->host.lines->str, "\ndisconnect") != NULL);
  g_assert_cmpstr (arena->host.lines->str, ==,
      "disconnecting client namespace disconnect 2\n"
      "disconnect client namespace disconnect\n");
  g_assert_null (sio_server_socket_get_transport (arena->host.socket));
}

static void
test_is_sent_away (Arena *arena, gconstpointer data)
{
  connect_socket (arena);
  sio_server_socket_emit (arena->host.socket, "last", NULL, NULL);
  sio_server_socket_disconnect (arena->host.socket);
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpstr (arena->log.lines->str, ==,
      "event last []\ndisconnect io server disconnect 0\n");
}

/* What was said before the end arrives, wherever the client is just then. */
static void
test_shutdown (Arena *arena, gconstpointer data)
{
  for (guint i = 1; i <= 5; i++) {
    g_autoptr (GError) error = NULL;
    guint port = get_port (arena);

    sio_socket_connect (arena->socket);
    /* In the midst of the change what is sent last would be lost. */
    fixture_wait (&arena->base, arena->log.connects == i && is_settled (arena));
    g_string_truncate (arena->log.lines, 0);
    g_string_truncate (arena->host.lines, 0);
    sio_socket_emit (arena->socket, "hello", NULL, NULL);
    fixture_wait (&arena->base, arena->host.lines->len > 0);
    for (guint j = 0; j < i; j++)
      g_main_context_iteration (arena->base.context, FALSE);
    sio_server_emit (arena->server, NULL, NULL, "last", NULL);
    sio_server_close (arena->server);
    g_assert_cmpstr (arena->host.lines->str, ==,
        "event hello []\ndisconnecting server shutting down 1\n"
        "disconnect server shutting down\n");
    g_assert_cmpuint (sio_server_get_port (arena->server), ==, 0);
    fixture_wait (&arena->base, arena->log.disconnects == i);
    g_assert_cmpstr (arena->log.lines->str, ==,
        "event last []\ndisconnect transport close 1\n");
    if (arena->soup != NULL)
      sio_server_attach (arena->server, arena->soup->soup, &error);
    else
      sio_server_listen (arena->server, NULL, port, &error);
    g_assert_no_error (error);
  }
}

/* The server goes in the midst of what a client says. */
static void
drop_server (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  Arena *arena = data;

  g_clear_object (&arena->host.socket);
  g_clear_object (&arena->server);
}

static void
test_dropped_in_handler (Arena *arena, gconstpointer data)
{
  connect_socket (arena);
  fixture_wait (&arena->base, is_settled (arena));
  g_object_set (arena->manager, "reconnection", FALSE, NULL);
  g_signal_connect (
      arena->host.socket, "event::drop", G_CALLBACK (drop_server), arena);
  sio_socket_emit (arena->socket, "drop", NULL, NULL);
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_null (arena->server);
  /* For those who clean up. */
  arena->server = sio_server_new ();
  arena->host.server = arena->server;
}

/* Beside the application's own pages; and only once. */
static void
test_attached (Arena *arena, gconstpointer data)
{
  g_autoptr (GError) twice = NULL;
  g_autoptr (GError) both = NULL;
  Raw *raw;

  soup_host_add_page (arena->soup->soup);
  g_assert_false (sio_server_attach (arena->server, arena->soup->soup, &twice));
  g_assert_error (twice, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_false (sio_server_listen (arena->server, NULL, 0, &both));
  g_assert_error (both, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpuint (sio_server_get_port (arena->server), ==, 0);
  connect_socket (arena);
  for (guint i = 0; i < 2; i++) {
    raw = raw_connect (get_port (arena));
    raw_send_text (raw,
        "GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    while (!raw_has (raw, "\r\n\r\npage"))
      g_main_context_iteration (arena->base.context, FALSE);
    raw_free (raw);
    /* The application's server goes on without it. */
    sio_server_close (arena->server);
  }
}

static const Way ways[] = {
  { "websocket", FALSE },
  { "polling", FALSE },
  { "polling,websocket", FALSE },
  { "websocket", TRUE },
  { "polling", TRUE },
  { "polling,websocket", TRUE },
};

static const struct {
  const char *name;
  void (*func) (Arena *arena, gconstpointer data);
  gboolean attached_only;
} tests[] = {
  { "exchange", test_exchange, FALSE },
  { "order", test_order, FALSE },
  { "large", test_large, FALSE },
  { "heartbeat", test_heartbeat, FALSE },
  { "leaves", test_leaves, FALSE },
  { "is-sent-away", test_is_sent_away, FALSE },
  { "shutdown", test_shutdown, FALSE },
  { "dropped-in-handler", test_dropped_in_handler, FALSE },
  { "attached", test_attached, TRUE },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++) {
      g_autofree char *path =
          g_strdup_printf ("/server-transports/%s/%s/%s", ways[i].transports,
              ways[i].attach ? "attached" : "listening", tests[j].name);

      if (!tests[j].attached_only || ways[i].attach)
        g_test_add (path, Arena, &ways[i], set_up, tests[j].func, tear_down);
    }
  }
  return g_test_run ();
}
