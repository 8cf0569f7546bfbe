/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile-arena.h"
#include "soup-host.h"

#include <sio/sio-ws-frame.h>

#include <string.h>

/* Clients that do to a server what no honest one does. Each costs itself its
 * connection, and an honest client beside it notices nothing. */

/* Becomes a WebSocket, and with @connect a Socket.IO client. */
static void
begin (HostileArena *arena, gboolean connect)
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
test_packet (HostileArena *arena, gconstpointer data)
{
  const Case *hostile = data;
  GSource *ticks = hostile_start_ticking (arena);

  begin (arena, TRUE);
  raw_send_frame (arena->raw, TRUE, hostile->text);
  if (hostile->reason == NULL) {
    /* Text where the attachment was due. */
    raw_send_frame (arena->raw, TRUE, "42[\"a\"]");
    hostile_await_end (arena);
    g_assert_cmpstr (arena->reason, ==, "parse error");
  } else {
    hostile_await_end (arena);
    g_assert_cmpstr (arena->reason, ==, hostile->reason);
  }
  hostile_stop_ticking (ticks);
}

static void
test_before_connect (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);

  begin (arena, FALSE);
  raw_send_frame (arena->raw, TRUE, "42[\"a\"]");
  hostile_await_end (arena);
  g_assert_cmpuint (arena->connections, ==, 1);
  hostile_stop_ticking (ticks);
}

static void
test_never_connects (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);
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
  hostile_stop_ticking (ticks);
}

static void
test_mute (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);

  begin (arena, TRUE);
  hostile_await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "ping timeout");
  hostile_stop_ticking (ticks);
}

static void
test_deep_json (HostileArena *arena, gconstpointer data)
{
  g_autofree char *brackets = g_strnfill (90000, '[');
  g_autofree char *text = g_strconcat ("42[\"a\",", brackets, NULL);
  GSource *ticks = hostile_start_ticking (arena);

  begin (arena, TRUE);
  raw_send_frame (arena->raw, TRUE, text);
  hostile_await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "parse error");
  hostile_stop_ticking (ticks);
}

static void
test_oversize (HostileArena *arena, gconstpointer data)
{
  /* A gigabyte, says the header. */
  static const guint8 header[] = { 0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0,
    0, 0 };
  GSource *ticks = hostile_start_ticking (arena);

  begin (arena, TRUE);
  raw_send (arena->raw, header, sizeof header);
  hostile_await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "transport error");
  /* Told why: 1009. */
  g_assert_true (raw_has (arena->raw, "\x88\x02\x03\xf1"));
  hostile_stop_ticking (ticks);
}

static void
test_unfinished (HostileArena *arena, gconstpointer data)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autofree char *piece = g_strnfill (1000, 'x');
  GSource *ticks = hostile_start_ticking (arena);
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
  hostile_stop_ticking (ticks);
}

static void
test_unmasked (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);

  begin (arena, TRUE);
  raw_send_frame (arena->raw, FALSE, "42[\"a\"]");
  hostile_await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "transport error");
  hostile_stop_ticking (ticks);
}

static void
test_does_not_read (HostileArena *arena, gconstpointer data)
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
test_ping_flood (HostileArena *arena, gconstpointer data)
{
  static const guint8 ping[] = { 0x89, 0x80, 1, 2, 3, 4 };
  g_autoptr (GByteArray) pings = g_byte_array_new ();

  g_object_set (arena->server, "ping-interval", 60000, NULL);
  begin (arena, TRUE);
  for (int i = 0; i < 10000; i++)
    g_byte_array_append (pings, ping, sizeof ping);
  /* It does not read the pongs either. */
  while (arena->reason == NULL) {
    raw_send (arena->raw, pings->data, pings->len);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  g_assert_cmpstr (arena->reason, ==, "transport error");
}

static void
count_event (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  ++*(guint *) data;
}

static void
on_guest (SioServer *server, SioServerSocket *socket, gpointer data)
{
  g_signal_connect (socket, "event", G_CALLBACK (count_event), data);
}

/* What a browser sends that joins a call of eight: to each of seven an answer and
 * 40 candidates, as fast as it can. */
static void
test_trickle (HostileArena *arena, gconstpointer data)
{
  g_autofree char *candidate = g_strnfill (300, 'c');
  g_autofree char *text =
      g_strdup_printf ("42[\"message\",{\"candidate\":\"%s\"}]", candidate);
  guint events = 0;

  g_signal_connect (
      arena->server, "connection", G_CALLBACK (on_guest), &events);
  begin (arena, TRUE);
  for (guint i = 0; i < 7 * 41; i++) {
    raw_send_frame (arena->raw, TRUE, text);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  fixture_wait (&arena->base, events == 7 * 41);
  g_assert_null (arena->reason);
}

/* More than that, and it does not stop. */
static void
test_flood (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);
  guint events = 0;
  gint64 began;

  g_signal_connect (
      arena->server, "connection", G_CALLBACK (on_guest), &events);
  begin (arena, TRUE);
  began = g_get_monotonic_time ();
  while (!arena->raw->ended) {
    raw_send_frame (arena->raw, TRUE, "42[\"a\"]");
    raw_read (arena->raw);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  hostile_await_end (arena);
  g_assert_cmpstr (arena->reason, ==, "transport error");
  g_assert_cmpuint (events, >=, 490);
  g_assert_cmpfloat ((double) events, <=,
      500 + 50.0 * (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  /* Told why: 1008. */
  g_assert_true (raw_has (arena->raw, "\x03\xf0the peer sends too many"));
  hostile_stop_ticking (ticks);
}

static void
test_vanishes (HostileArena *arena, gconstpointer data)
{
  begin (arena, TRUE);
  g_clear_pointer (&arena->raw, raw_free);
  fixture_wait (&arena->base, arena->reason != NULL);
  g_assert_true (g_str_has_prefix (arena->reason, "transport "));
}

/* With the honest one there are ten. */
#define MANY 9

/* Who asks for nothing gives way to who comes, the oldest first. */
static void
test_half_open (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);
  Raw *idle[MANY];
  guint port = sio_server_get_port (arena->server);

  for (guint i = 0; i < MANY; i++) {
    idle[i] = raw_connect (port);
    raw_send_text (idle[i], "GET / HTTP/1.1\r\n");
  }
  begin (arena, FALSE);
  for (guint i = 0; i < MANY; i++) {
    raw_read (idle[i]);
    g_assert_cmpint (idle[i]->ended, ==, i == 0);
    raw_free (idle[i]);
  }
  hostile_stop_ticking (ticks);
}

/* And if there is nobody who does not use his place, there is no room. */
static void
test_too_many (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);
  Raw *others[MANY];
  guint port = sio_server_get_port (arena->server);

  g_object_set (
      arena->server, "ping-interval", 60000, "connect-timeout", 60000, NULL);
  for (guint i = 0; i < MANY; i++) {
    begin (arena, FALSE);
    others[i] = g_steal_pointer (&arena->raw);
  }
  arena->raw = raw_connect (port);
  hostile_await_end (arena);
  g_assert_cmpuint (arena->raw->received->len, ==, 0);
  for (guint i = 0; i < MANY; i++) {
    raw_read (others[i]);
    g_assert_false (others[i]->ended);
    raw_free (others[i]);
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
  hostile_stop_ticking (ticks);
}

#define WS_HEADERS                                                             \
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static void
test_requests (HostileArena *arena, gconstpointer data)
{
  hostile_assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=tranquil HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "HTTP/1.1 400", "{\"code\":0,");
  hostile_assert_answer (arena,
      "POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Length: 2\r\n\r\n40",
      "HTTP/1.1 400", "{\"code\":1,");
  hostile_assert_answer (arena,
      "GET /socket.io/?EIO=3&transport=websocket HTTP/1.1\r\nHost: localhost\r\n" WS_HEADERS
      "\r\n",
      "HTTP/1.1 400", "{\"code\":5,");
  hostile_assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n" WS_HEADERS
      "Origin: http://evil.example\r\n\r\n",
      "HTTP/1.1 403", "{\"code\":4,");
  hostile_assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
      "Host: y\r\n" WS_HEADERS "\r\n",
      "HTTP/1.1 400", NULL);
  hostile_assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
      "Host: evil.example\r\nOrigin: http://evil.example\r\n" WS_HEADERS "\r\n",
      "HTTP/1.1 403", "{\"code\":4,");
  hostile_assert_answer (arena,
      "GET /socket.iox/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n" WS_HEADERS
      "\r\n",
      "HTTP/1.1 404", NULL);
  hostile_assert_answer (arena,
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
      "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "HTTP/1.1 400", NULL);
  hostile_assert_answer (
      arena, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 404", NULL);
  hostile_assert_answer (arena, "garbage\r\n\r\n", "HTTP/1.0 400", NULL);
  hostile_assert_answer (arena,
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999999\r\n"
      "Expect: 100-continue\r\n\r\n",
      "HTTP/1.1 413", NULL);
}

/* What a page of the application takes is limited too. */
static void
test_pages (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);
  g_autofree char *chunk = g_strnfill (0x10000, 'x');

  soup_host_add_page (sio_server_get_soup_server (arena->server));
  hostile_assert_answer (arena, "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "HTTP/1.1 200", "page");
  g_assert_null (arena->raw);

  /* A body of unknown length that does not end. */
  arena->raw = raw_connect (sio_server_get_port (arena->server));
  raw_send_text (arena->raw,
      "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (gsize sent = 0; !arena->raw->ended; sent += 0x10000) {
    g_assert_cmpuint (sent, <, (gsize) 8 * 1024 * 1024 * 1024);
    raw_send_text (arena->raw, "10000\r\n");
    raw_send_text (arena->raw, chunk);
    raw_send_text (arena->raw, "\r\n");
    raw_read (arena->raw);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  hostile_stop_ticking (ticks);
}

/* Names that are not the server's, and paths that mean more than they say. */
static void
test_page_requests (HostileArena *arena, gconstpointer data)
{
  static const struct {
    const char *path;
    const char *status;
  } paths[] = {
    { "/../page", "HTTP/1.1 200" }, /* libsoup takes such dots away */
    { "/socket.io/../page/x", "HTTP/1.1 200" },
    { "/page/..%2f..%2fetc/passwd", "HTTP/1.1 400" },
    { "/page%00", "HTTP/1.1 400" },
    { "/%2e%2e/%2e%2e/etc/passwd", "HTTP/1.1 404" },
    { "//etc/passwd", "HTTP/1.1 404" },
    { "/..\\..\\etc", "HTTP/1.1 404" },
    { "/socket.io/..", "HTTP/1.1 404" },
    { "/socket.io//", "HTTP/1.1 404" },
    { "//socket.io/", "HTTP/1.1 404" },
    { "/socket.io/x", "HTTP/1.1 404" },
    { "/SOCKET.IO/", "HTTP/1.1 404" },
    { "socket.io/", "HTTP/1.1 400" },
    { "*", "HTTP/1.1 404" },
    { "", "HTTP/1.0 400" },
  };
  static const char *const hosts[] = { "evil.example", "localhost.evil.example",
    "localhost\r\nHost: evil.example", "evil.example\r\nHost: localhost",
    "localhost, evil.example", "" };

  soup_host_add_page (sio_server_get_soup_server (arena->server));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *request = g_strdup_printf (
        "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", paths[i].path);

    hostile_assert_answer (arena, request, paths[i].status, NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autofree char *request =
        g_strdup_printf ("GET /page HTTP/1.1\r\nHost: %s\r\n\r\n", hosts[i]);

    hostile_assert_answer (arena, request, "HTTP/1.1 40", NULL);
  }
  hostile_assert_answer (
      arena, "GET /page HTTP/1.0\r\n\r\n", "HTTP/1.0 400", NULL);
}

/* A byte now and then does not help. */
static void
test_slow_head (HostileArena *arena, gconstpointer data)
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

#define ADD(name, func)                                                     \
  g_test_add ("/hostile-clients/" name, HostileArena, NULL, hostile_set_up, \
      func, hostile_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strconcat ("/hostile-clients/packet/", cases[i].name, NULL);

    g_test_add (path, HostileArena, &cases[i], hostile_set_up, test_packet,
        hostile_tear_down);
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
  ADD ("trickle", test_trickle);
  ADD ("flood", test_flood);
  ADD ("vanishes", test_vanishes);
  ADD ("half-open", test_half_open);
  ADD ("too-many", test_too_many);
  ADD ("requests", test_requests);
  ADD ("pages", test_pages);
  ADD ("page-requests", test_page_requests);
  ADD ("slow-head", test_slow_head);
  return g_test_run ();
}
