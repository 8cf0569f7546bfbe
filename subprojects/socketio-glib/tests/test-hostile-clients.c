/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <sio/sio-ws-frame.h>

#include <string.h>

/* Clients that do to a server what no honest one does. Each costs itself its
 * connection, and an honest client beside it notices nothing. */

typedef struct {
  Fixture base;
  SioServer *server;
  SioManager *manager;
  Log honest;
  Raw *raw;
  guint connections;
  char *reason; /* why the last client left */
} Arena;

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  Arena *arena = data;

  g_free (arena->reason);
  arena->reason = g_strdup (reason);
}

static void
on_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  Arena *arena = data;

  arena->connections++;
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), arena);
}

static void
set_up (Arena *arena, gconstpointer data)
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

static void
tear_down (Arena *arena, gconstpointer data)
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

static void
await_end (Arena *arena)
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

static GSource *
start_ticking (Arena *arena)
{
  GSource *source = g_timeout_source_new (5);

  g_source_set_callback (source, tick, NULL, NULL);
  g_source_attach (source, arena->base.context);
  return source;
}

static void
stop_ticking (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* Becomes a WebSocket, and with @connect a Socket.IO client. */
static void
begin (Arena *arena, gboolean connect)
{
  arena->raw = raw_connect (sio_server_get_port (arena->server));
  raw_upgrade (arena->raw);
  fixture_wait (&arena->base, raw_has (arena->raw, "\"sid\""));
  if (!connect)
    return;
  raw_send_frame (arena->raw, TRUE, "40");
  fixture_wait (&arena->base, raw_has (arena->raw, "40{\"sid\""));
}

typedef struct {
  const char *name;
  const char *text;
  const char *reason;
} Case;

static const Case cases[] = {
  { "no-packet", "", "parse error" },
  { "unknown-engine-packet", "9", "parse error" },
  { "noise", "\xc3\xa9\xc3\xa9", "parse error" },
  { "open-again", "0{}", "transport error" },
  { "ping-from-client", "2", "transport error" },
  { "upgrade", "5", "transport error" },
  { "close", "1", "transport close" },
  { "unknown-packet", "49", "parse error" },
  { "event-without-payload", "42", "parse error" },
  { "event-object", "42{}", "parse error" },
  { "event-noise", "42abc[\"a\"]", "parse error" },
  { "event-reserved", "42[\"disconnect\"]", "parse error" },
  { "event-elsewhere", "42/x,[\"a\"]", "forced server close" },
  { "connect-again", "40", "forced server close" },
  { "connect-array", "40[]", "parse error" },
  { "connect-error", "44{\"message\":\"x\"}", "forced server close" },
  { "many-attachments", "4511-[\"a\"]", "parse error" },
  { "no-attachment", "451-[\"a\",{\"_placeholder\":true,\"num\":0}]", NULL },
  { "disconnect", "41", "client namespace disconnect" },
};

static void
test_packet (Arena *arena, gconstpointer data)
{
  const Case *hostile = data;
  GSource *ticks = start_ticking (arena);

  begin (arena, TRUE);
  raw_send_frame (arena->raw, TRUE, hostile->text);
  if (hostile->reason == NULL) {
    /* Text where the attachment was due. */
    raw_send_frame (arena->raw, TRUE, "42[\"a\"]");
    await_end (arena);
    g_assert_cmpstr (arena->reason, ==, "parse error");
  } else {
    await_end (arena);
    g_assert_cmpstr (arena->reason, ==, hostile->reason);
  }
  stop_ticking (ticks);
}

static void
test_before_connect (Arena *arena, gconstpointer data)
{
  GSource *ticks = start_ticking (arena);

  begin (arena, FALSE);
  raw_send_frame (arena->raw, TRUE, "42[\"a\"]");
  await_end (arena);
  g_assert_cmpuint (arena->connections, ==, 1);
  stop_ticking (ticks);
}

static void
test_never_connects (Arena *arena, gconstpointer data)
{
  GSource *ticks = start_ticking (arena);
  gint64 began = g_get_monotonic_time ();
  guint pongs = 0;

  begin (arena, FALSE);
  /* It answers the pings: only the missing CONNECT ends it. */
  while (!arena->raw->ended) {
    raw_read (arena->raw);
    if (raw_has (arena->raw,
            "\x81\x01"
            "2")) {
      g_byte_array_set_size (arena->raw->received, 0);
      raw_send_frame (arena->raw, TRUE, "3");
      pongs++;
    }
    g_main_context_iteration (arena->base.context, TRUE);
  }
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 990000);
  g_assert_cmpuint (pongs, >=, 1);
  stop_ticking (ticks);
}

static void
test_mute (Arena *arena, gconstpointer data)
{
  GSource *ticks = start_ticking (arena);

  begin (arena, TRUE);
  await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "ping timeout");
  stop_ticking (ticks);
}

static void
test_deep_json (Arena *arena, gconstpointer data)
{
  g_autofree char *brackets = g_strnfill (90000, '[');
  g_autofree char *text = g_strconcat ("42[\"a\",", brackets, NULL);
  GSource *ticks = start_ticking (arena);

  begin (arena, TRUE);
  raw_send_frame (arena->raw, TRUE, text);
  await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "parse error");
  stop_ticking (ticks);
}

static void
test_oversize (Arena *arena, gconstpointer data)
{
  /* A gigabyte, says the header. */
  static const guint8 header[] = { 0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0,
    0, 0 };
  GSource *ticks = start_ticking (arena);

  begin (arena, TRUE);
  raw_send (arena->raw, header, sizeof header);
  await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "transport error");
  /* Told why: 1009. */
  g_assert_true (raw_has (arena->raw, "\x88\x02\x03\xf1"));
  stop_ticking (ticks);
}

static void
test_unfinished (Arena *arena, gconstpointer data)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autofree char *piece = g_strnfill (1000, 'x');
  GSource *ticks = start_ticking (arena);
  gsize sent = 0;

  begin (arena, TRUE);
  sio_ws_frame_append (
      frame, SIO_WS_TEXT, TRUE, 0x12345678, NULL, 0, piece, 1000);
  while (!arena->raw->ended) {
    frame->data[0] = sent == 0 ? 0x01 : 0x00;
    if (sent < 10 * 1000 * 1000)
      raw_send (arena->raw, frame->data, frame->len);
    sent += 1000;
    raw_read (arena->raw);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  g_assert_cmpuint (sent, <, 1000 * 1000);
  g_assert_cmpstr (arena->reason, ==, "transport error");
  stop_ticking (ticks);
}

static void
test_unmasked (Arena *arena, gconstpointer data)
{
  GSource *ticks = start_ticking (arena);

  begin (arena, TRUE);
  raw_send_frame (arena->raw, FALSE, "42[\"a\"]");
  await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "transport error");
  stop_ticking (ticks);
}

static void
test_does_not_read (Arena *arena, gconstpointer data)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *wrapped = g_strdup_printf ("[\"%s\"]", text);
  g_autoptr (JsonNode) args = json (wrapped);
  guint sent = 0;

  g_object_set (arena->server, "ping-interval", 60000, NULL);
  begin (arena, TRUE);
  while (arena->reason == NULL) {
    /* To the raw client alone. */
    g_assert_cmpuint (sent++, <, 2000);
    sio_server_emit (arena->server, NULL,
        sio_server_get_socket (
            arena->server, sio_socket_get_id (arena->honest.socket)),
        "much", args);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  g_assert_cmpstr (arena->reason, ==, "transport error");
}

static void
test_ping_flood (Arena *arena, gconstpointer data)
{
  static const guint8 ping[] = { 0x89, 0x80, 1, 2, 3, 4 };
  g_autoptr (GByteArray) pings = g_byte_array_new ();

  g_object_set (arena->server, "ping-interval", 60000, NULL);
  begin (arena, TRUE);
  for (int i = 0; i < 10000; i++)
    g_byte_array_append (pings, ping, sizeof ping);
  /* It does not read the pongs either. Nothing falls over. */
  for (int i = 0; i < 50; i++) {
    raw_send (arena->raw, pings->data, pings->len);
    g_main_context_iteration (arena->base.context, FALSE);
  }
}

static void
test_vanishes (Arena *arena, gconstpointer data)
{
  begin (arena, TRUE);
  g_clear_pointer (&arena->raw, raw_free);
  fixture_wait (&arena->base, arena->reason != NULL);
  g_assert_true (g_str_has_prefix (arena->reason, "transport "));
}

static void
test_too_many (Arena *arena, gconstpointer data)
{
  GSource *ticks = start_ticking (arena);
  Raw *idle[9];
  guint port = sio_server_get_port (arena->server);

  /* With the honest one there are ten. */
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    idle[i] = raw_connect (port);
  arena->raw = raw_connect (port);
  await_end (arena);
  g_assert_cmpuint (arena->raw->received->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++) {
    raw_read (idle[i]);
    g_assert_false (idle[i]->ended);
    raw_free (idle[i]);
  }
  /* Once they are gone there is room again. */
  do {
    fixture_linger (&arena->base, 5);
    raw_free (arena->raw);
    arena->raw = raw_connect (port);
    raw_upgrade (arena->raw);
    fixture_wait (
        &arena->base, raw_has (arena->raw, "\"sid\"") || arena->raw->ended);
  } while (arena->raw->ended);
  stop_ticking (ticks);
}

static void
assert_answer (
    Arena *arena, const char *request, const char *status, const char *body)
{
  GSource *ticks = start_ticking (arena);
  g_autofree char *answer = NULL;

  arena->raw = raw_connect (sio_server_get_port (arena->server));
  raw_send_text (arena->raw, request);
  await_end (arena);
  answer = g_strndup (
      (char *) arena->raw->received->data, arena->raw->received->len);
  g_test_message ("%s", answer);
  g_assert_true (g_str_has_prefix (answer, status));
  if (body != NULL)
    g_assert_true (raw_has (arena->raw, body));
  g_clear_pointer (&arena->raw, raw_free);
  stop_ticking (ticks);
}

#define WS_HEADERS                                                             \
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static void
test_requests (Arena *arena, gconstpointer data)
{
  assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=tranquil HTTP/1.1\r\nHost: x\r\n\r\n",
      "HTTP/1.1 400", "{\"code\":0,");
  assert_answer (arena,
      "POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: x\r\n"
      "Content-Length: 2\r\n\r\n40",
      "HTTP/1.1 400", "{\"code\":1,");
  assert_answer (arena,
      "GET /socket.io/?EIO=3&transport=websocket HTTP/1.1\r\nHost: x\r\n" WS_HEADERS
      "\r\n",
      "HTTP/1.1 400", "{\"code\":5,");
  assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n" WS_HEADERS
      "Origin: http://evil.example\r\n\r\n",
      "HTTP/1.1 403", "{\"code\":4,");
  assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
      "Host: y\r\n" WS_HEADERS "\r\n",
      "HTTP/1.1 400", NULL);
  assert_answer (arena,
      "GET /socket.iox/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n" WS_HEADERS
      "\r\n",
      "HTTP/1.1 404", NULL);
  assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
      "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "HTTP/1.1 400", NULL);
  assert_answer (
      arena, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404", NULL);
  assert_answer (arena, "garbage\r\n\r\n", "HTTP/1.0 400", NULL);
  assert_answer (arena,
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n"
      "Expect: 100-continue\r\n\r\n",
      "HTTP/1.1 413", NULL);
}

/* What a page of the application takes is limited too. */
static void
on_page (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (
      message, "text/plain", SOUP_MEMORY_STATIC, "page", 4);
}

static void
test_pages (Arena *arena, gconstpointer data)
{
  GSource *ticks = start_ticking (arena);
  g_autofree char *chunk = g_strnfill (0x10000, 'x');

  soup_server_add_handler (
      sio_server_get_soup_server (arena->server), "/page", on_page, NULL, NULL);
  assert_answer (
      arena, "GET /page HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200", "page");
  g_assert_null (arena->raw);

  /* A body of unknown length that does not end. */
  arena->raw = raw_connect (sio_server_get_port (arena->server));
  raw_send_text (arena->raw,
      "POST /page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (gsize sent = 0; !arena->raw->ended; sent += 0x10000) {
    g_assert_cmpuint (sent, <, (gsize) 8 * 1024 * 1024 * 1024);
    raw_send_text (arena->raw, "10000\r\n");
    raw_send_text (arena->raw, chunk);
    raw_send_text (arena->raw, "\r\n");
    raw_read (arena->raw);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  stop_ticking (ticks);
}

/* A byte now and then does not help. */
static void
test_slow_head (Arena *arena, gconstpointer data)
{
  gint64 began = g_get_monotonic_time ();

  arena->raw = raw_connect (sio_server_get_port (arena->server));
  raw_send_text (arena->raw, "GET / HTTP/1.1\r\nX: ");
  while (!arena->raw->ended) {
    fixture_linger (&arena->base, 20);
    raw_send_text (arena->raw, "y");
    raw_read (arena->raw);
  }
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 490000);
}

#define ADD(name, func) \
  g_test_add ("/hostile-clients/" name, Arena, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strconcat ("/hostile-clients/packet/", cases[i].name, NULL);

    g_test_add (path, Arena, &cases[i], set_up, test_packet, tear_down);
  }
  ADD ("before-connect", test_before_connect);
  ADD ("never-connects", test_never_connects);
  ADD ("mute", test_mute);
  ADD ("deep-json", test_deep_json);
  ADD ("oversize", test_oversize);
  ADD ("unfinished", test_unfinished);
  ADD ("unmasked", test_unmasked);
  ADD ("does-not-read", test_does_not_read);
  ADD ("ping-flood", test_ping_flood);
  ADD ("vanishes", test_vanishes);
  ADD ("too-many", test_too_many);
  ADD ("requests", test_requests);
  ADD ("pages", test_pages);
  ADD ("slow-head", test_slow_head);
  return g_test_run ();
}
