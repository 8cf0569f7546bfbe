/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <sio/sio-ws-frame.h>

#include <string.h>

/* Servers that do to a client what no honest one does. */

/* Of a server that does not say what it takes. */
#define SHORT_HANDSHAKE                                     \
  "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":25000," \
  "\"pingTimeout\":20000}"

typedef struct {
  Fixture base;
  RawServer *server;
  SioManager *manager;
  Log log;
  GSource *ticks;
} Arena;

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
set_up (Arena *arena, gconstpointer data)
{
  static const char *const transports[] = { "websocket", NULL };
  g_autofree char *uri = NULL;

  fixture_set_up (&arena->base);
  arena->server = raw_server_new ();
  uri = g_strdup_printf ("ws://127.0.0.1:%u", arena->server->port);
  arena->manager = sio_manager_new (uri);
  g_object_set (arena->manager, "transports", transports, NULL);
  g_object_set (arena->manager, "reconnection-delay", 10,
      "reconnection-delay-max", 20, NULL);
  log_watch (&arena->log, sio_manager_get_socket (arena->manager, NULL));
  /* The raw side is no source: it is looked at now and then. */
  arena->ticks = g_timeout_source_new (5);
  g_source_set_callback (arena->ticks, tick, NULL, NULL);
  g_source_attach (arena->ticks, arena->base.context);
}

static void
tear_down (Arena *arena, gconstpointer data)
{
  g_source_destroy (arena->ticks);
  g_source_unref (arena->ticks);
  log_clear (&arena->log);
  g_object_unref (arena->manager);
  raw_server_free (arena->server);
  fixture_tear_down (&arena->base);
}

/* Up to Engine.IO's handshake. */
static void
open_engine (Arena *arena, const char *handshake)
{
  fixture_wait (&arena->base, raw_server_serve (arena->server));
  raw_send_frame (arena->server->guest, FALSE, handshake);
}

/* Up to the namespace. */
static void
open_socket (Arena *arena, const char *handshake)
{
  guint connects = arena->log.connects;

  open_engine (arena, handshake);
  raw_send_frame (arena->server->guest, FALSE, "40{\"sid\":\"abc\"}");
  fixture_wait (&arena->base, arena->log.connects == connects + 1);
}

static void
test_mute_before_handshake (Arena *arena, gconstpointer data)
{
  g_object_set (arena->manager, "timeout", 50, NULL);
  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base, arena->log.connect_errors == 2);
  g_assert_error (arena->log.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (
      arena->log.lines->str, ==, "connect-error 1\nconnect-error 1\n");
}

static void
test_mute_before_connect (Arena *arena, gconstpointer data)
{
  g_object_set (arena->manager, "timeout", 500, NULL);
  sio_socket_connect (arena->log.socket);
  open_engine (arena, RAW_HANDSHAKE);
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_error (arena->log.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (arena->log.lines->str, ==, "connect-error 1\n");
}

static void
test_mute_after_connect (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  open_socket (
      arena, "0{\"sid\":\"s\",\"pingInterval\":500,\"pingTimeout\":500}");
  /* Data is no sign of life. */
  raw_send_frame (arena->server->guest, FALSE, "42[\"a\"]");
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpstr (arena->log.lines->str, ==,
      "connect\nevent a []\ndisconnect ping timeout 1\n");
  fixture_wait (&arena->base, arena->server->guests == 2);
}

static void
test_pings_are_answered (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  open_socket (arena, RAW_HANDSHAKE);
  raw_read (arena->server->guest);
  g_byte_array_set_size (arena->server->guest->received, 0);
  raw_send_frame (arena->server->guest, FALSE, "2");
  do
    fixture_linger (&arena->base, 5);
  while (!raw_has (arena->server->guest, "\x81\x81"));
  g_assert_cmpuint (arena->server->guest->received->len, ==, 7);
  g_assert_cmpuint (arena->server->guest->received->data[6]
          ^ arena->server->guest->received->data[2],
      ==, '3');
}

typedef struct {
  const char *name;
  const char *text;
  const char *line;
} Case;

static const Case handshakes[] = {
  { "noise", "x", NULL },
  { "empty", "", NULL },
  { "no-open", "40", NULL },
  { "no-json", "0abc", NULL },
  { "no-sid", "0{\"pingInterval\":1,\"pingTimeout\":1}", NULL },
  { "zero-interval", "0{\"sid\":\"s\",\"pingInterval\":0,\"pingTimeout\":0}",
      NULL },
  { "huge-interval",
      "0{\"sid\":\"s\",\"pingInterval\":1e300,\"pingTimeout\":1}", NULL },
};

static void
test_handshake (Arena *arena, gconstpointer data)
{
  const Case *hostile = data;

  sio_socket_connect (arena->log.socket);
  open_engine (arena, hostile->text);
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_cmpint (arena->log.error->domain, ==, SIO_ERROR);
  g_assert_cmpstr (arena->log.lines->str, ==, "connect-error 1\n");
  fixture_wait (&arena->base, arena->server->guests == 2);
}

static const Case packets[] = {
  { "no-packet", "", "disconnect transport error 1\n" },
  { "unknown-engine-packet", "9", "disconnect transport error 1\n" },
  { "open-again", RAW_HANDSHAKE, "disconnect transport error 1\n" },
  { "pong", "3", "disconnect transport error 1\n" },
  { "close", "1", "disconnect transport close 1\n" },
  /* These two kill the reference client's process. */
  { "event-without-payload", "42", "disconnect parse error 1\n" },
  { "error-without-payload", "44", "disconnect parse error 1\n" },
  { "noise", "4abc", "disconnect parse error 1\n" },
  { "attachment-missing", "451-[\"a\"]", NULL },
  { "disconnect", "41", "disconnect io server disconnect 0\n" },
};

static void
test_packet (Arena *arena, gconstpointer data)
{
  const Case *hostile = data;

  sio_socket_connect (arena->log.socket);
  open_socket (arena, RAW_HANDSHAKE);
  g_string_truncate (arena->log.lines, 0);
  raw_send_frame (arena->server->guest, FALSE, hostile->text);
  if (hostile->line == NULL)
    raw_send_frame (arena->server->guest, FALSE, "42[\"a\"]");
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpstr (arena->log.lines->str, ==,
      hostile->line != NULL ? hostile->line : "disconnect parse error 1\n");
}

/* What is wrong with a Socket.IO packet, by the reference decoder or by us. */
typedef struct {
  const char *text;
  gboolean binary; /* one follows */
} Malformed;

#define PLACED(number) "451-[\"a\",{\"_placeholder\":true,\"num\":" number "}]"

static const Malformed malformed[] = {
  { "40[]", FALSE },
  { "40/adm,null", FALSE },
  { "40\"x\"", FALSE },
  { "41{}", FALSE },
  { "42[]", FALSE },
  { "42{}", FALSE },
  { "42[null]", FALSE },
  { "42[true]", FALSE },
  { "42[[1]]", FALSE },
  { "42[{}]", FALSE },
  { "42[\"connect\"]", FALSE },
  { "42[\"connect_error\"]", FALSE },
  { "42[\"disconnect\"]", FALSE },
  { "42[\"disconnecting\"]", FALSE },
  { "42[\"newListener\"]", FALSE },
  { "42[\"removeListener\"]", FALSE },
  { "42[\"a\"]x", FALSE },
  { "42[\"a\"", FALSE },
  { "4212abc[\"a\"]", FALSE },
  { "43{}", FALSE },
  { "44[]", FALSE },
  { "450-", FALSE },
  { "45-", FALSE },
  { "45-1-[\"a\"]", FALSE },
  { "451.5-[\"a\"]", FALSE },
  { "4511-[\"a\"]", FALSE },
  { "461-{}", FALSE },
  { "47", FALSE },
  { "4", FALSE },
  /* These are taken by the reference decoder, or end its process. */
  { "42", FALSE },
  { "43", FALSE },
  { "44", FALSE },
  { "451e0-[\"a\"]", FALSE },
  { "42 [\"a\"]9", FALSE },
  { "421234567890123456[\"a\"]", FALSE },
  /* A placeholder for nothing, and binary data that nobody announced. */
  { PLACED ("1"), TRUE },
  { PLACED ("-1"), TRUE },
  { PLACED ("0.5"), TRUE },
  { PLACED ("\"0\""), TRUE },
  { PLACED ("1e99"), TRUE },
  { "42[\"a\"]", TRUE },
  { "450-[\"a\",{\"_placeholder\":true,\"num\":0}]", FALSE },
};

/* The connection ends with "parse error", and a new one is made at once. */
static void
test_malformed (Arena *arena, gconstpointer data)
{
  const Malformed *hostile = data;

  g_test_message ("%s", hostile->text);
  sio_socket_connect (arena->log.socket);
  open_socket (arena, RAW_HANDSHAKE);
  raw_send_frame (arena->server->guest, FALSE, hostile->text);
  if (hostile->binary)
    raw_send_binary (arena->server->guest, "bytes");
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_true (
      g_str_has_suffix (arena->log.lines->str, "disconnect parse error 1\n"));
  fixture_wait (&arena->base, arena->server->guests == 2);
  open_socket (arena, RAW_HANDSHAKE);
  g_assert_true (sio_socket_get_connected (arena->log.socket));
}

/* Text while attachments are due, and attachments that do not come. */
static void
test_attachments_due (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  open_socket (arena, RAW_HANDSHAKE);
  raw_send_frame (arena->server->guest, FALSE, "452-[\"a\"]");
  raw_send_binary (arena->server->guest, "bytes");
  raw_send_frame (arena->server->guest, FALSE, "42[\"b\"]");
  fixture_wait (&arena->base, arena->server->guests == 2);

  g_object_set (
      sio_manager_get_limits (arena->manager), "attachment-timeout", 50, NULL);
  open_socket (arena, RAW_HANDSHAKE);
  raw_send_frame (arena->server->guest, FALSE, "452-[\"a\"]");
  raw_send_binary (arena->server->guest, "bytes");
  fixture_wait (&arena->base, arena->log.disconnects == 2);
  g_assert_cmpstr (arena->log.lines->str, ==,
      "connect\ndisconnect parse error 1\n"
      "connect\ndisconnect parse error 1\n");
}

/* Attachments that are too large are lost with their event alone. */
static void
test_large_attachments (Arena *arena, gconstpointer data)
{
  g_object_set (
      sio_manager_get_limits (arena->manager), "max-attachment-bytes", 8, NULL);
  sio_socket_connect (arena->log.socket);
  open_socket (arena, RAW_HANDSHAKE);
  raw_send_frame (arena->server->guest, FALSE, "452-[\"a\"]");
  raw_send_binary (arena->server->guest, "bytes");
  raw_send_binary (arena->server->guest, "bytes");
  raw_send_frame (arena->server->guest, FALSE, "451-[\"b\"]");
  raw_send_binary (arena->server->guest, "bytes");
  fixture_wait (&arena->base, arena->log.events == 1);
  g_assert_cmpstr (arena->log.lines->str, ==, "connect\nevent b []\n");
}

/* What is too much for us, and may be another member's words, is lost alone. */
static void
test_too_much_is_lost_alone (Arena *arena, gconstpointer data)
{
  g_autofree char *brackets = g_strnfill (100, '[');
  g_autofree char *closing = g_strnfill (100, ']');
  g_autofree char *deep =
      g_strconcat ("42[\"a\",", brackets, closing, "]", NULL);

  sio_socket_connect (arena->log.socket);
  open_socket (arena, RAW_HANDSHAKE);
  raw_send_frame (arena->server->guest, FALSE, deep);
  raw_send_frame (arena->server->guest, FALSE, "42/nobody,[\"b\"]");
  raw_send_frame (
      arena->server->guest, FALSE, "4399[\"an answer to nothing\"]");
  raw_send_frame (arena->server->guest, FALSE, "42[\"c\"]");
  fixture_wait (&arena->base, arena->log.events == 1);
  g_assert_cmpstr (arena->log.lines->str, ==, "connect\nevent c []\n");
}

static void
test_events_before_connect (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  open_engine (arena, RAW_HANDSHAKE);
  for (int i = 0; i < 300; i++)
    raw_send_frame (arena->server->guest, FALSE, "42[\"a\"]");
  raw_send_frame (arena->server->guest, FALSE, "40{\"sid\":\"abc\"}");
  fixture_wait (&arena->base, arena->log.connects == 1);
  g_assert_cmpuint (arena->log.events, ==, 256);
  g_assert_true (g_str_has_suffix (arena->log.lines->str, "a []\nconnect\n"));
}

/* One of Socket.IO 2 that took its time to say so. */
static void
test_old_server (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  open_engine (arena, SHORT_HANDSHAKE);
  raw_send_frame (arena->server->guest, FALSE, "40");
  raw_send_frame (arena->server->guest, FALSE, "42[\"a\"]");
  fixture_wait (&arena->base, arena->log.events == 1);
  g_assert_cmpstr (arena->log.lines->str, ==, "connect\nevent a []\n");
  g_assert_cmpstr (sio_socket_get_id (arena->log.socket), ==, "s");
}

/* One that has shown that it is not, and says what such a one would. */
static void
test_bare_connect (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  open_engine (arena, RAW_HANDSHAKE);
  raw_send_frame (arena->server->guest, FALSE, "40/other");
  raw_send_frame (arena->server->guest, FALSE, "40");
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_error (arena->log.error, SIO_ERROR, SIO_ERROR_UNSUPPORTED);
  g_assert_cmpstr (arena->log.lines->str, ==, "connect-error 0\n");
}

static void
test_unfinished (Arena *arena, gconstpointer data)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autofree char *piece = g_strnfill (50000, 'x');
  gsize sent = 0;

  sio_socket_connect (arena->log.socket);
  open_socket (arena, RAW_HANDSHAKE);
  sio_ws_frame_append (frame, SIO_WS_TEXT, FALSE, 0, NULL, 0, piece, 50000);
  while (arena->log.disconnects == 0) {
    GSocket *socket =
        g_socket_connection_get_socket (arena->server->guest->connection);

    g_assert_cmpuint (sent, <, 50 * 1000 * 1000);
    frame->data[0] = sent == 0 ? 0x01 : 0x00;
    for (gsize at = 0; at < frame->len && arena->log.disconnects == 0;) {
      gssize count = g_socket_send (
          socket, (char *) frame->data + at, frame->len - at, NULL, NULL);

      at += count > 0 ? (gsize) count : 0;
      sent += count > 0 ? (gsize) count : 0;
      g_main_context_iteration (arena->base.context, FALSE);
    }
  }
  g_assert_cmpuint (sent, <, 8 * 1000 * 1000);
  g_assert_nonnull (
      strstr (arena->log.lines->str, "disconnect transport error 1\n"));
}

static void
test_masked (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  open_socket (arena, RAW_HANDSHAKE);
  raw_send_frame (arena->server->guest, TRUE, "42[\"a\"]");
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpstr (
      arena->log.lines->str, ==, "connect\ndisconnect transport error 1\n");
}

/* A server that takes a client only to drop it sees it less and less often. */
static void
test_drops_each (Arena *arena, gconstpointer data)
{
  g_object_set (arena->manager, "reconnection-delay", 1,
      "reconnection-delay-max", 1000, "randomization-factor", 0.0, NULL);
  sio_socket_connect (arena->log.socket);
  for (guint i = 1; i <= 8; i++) {
    gint64 dropped;

    open_socket (arena, RAW_HANDSHAKE);
    g_clear_pointer (&arena->server->guest, raw_free);
    dropped = g_get_monotonic_time ();
    fixture_wait (&arena->base, arena->server->guests == i + 1);
    g_assert_cmpint (
        g_get_monotonic_time () - dropped, >=, (1 << (i - 1)) * 1000 - 1000);
  }
}

static const Case answers[] = {
  { "noise", "\x16\x03\x01 garbage\r\n\r\n", "connect-error 0\n" },
  { "redirect", "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n",
      "connect-error 0\n" },
  { "forbidden", "HTTP/1.1 403 Forbidden\r\n\r\n", "connect-error 0\n" },
  { "busy", "HTTP/1.1 503 Busy\r\n\r\n", "connect-error 1\n" },
  { "not-found", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
      "connect-error 0\n" },
};

static void
test_answer (Arena *arena, gconstpointer data)
{
  const Case *hostile = data;

  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base,
      arena->server->guest != NULL
          && raw_has (arena->server->guest, "\r\n\r\n"));
  raw_send_text (arena->server->guest, hostile->text);
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_cmpstr (arena->log.lines->str, ==, hostile->line);
}

static void
test_endless_head (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base,
      arena->server->guest != NULL
          && raw_has (arena->server->guest, "\r\n\r\n"));
  raw_send_text (arena->server->guest, "HTTP/1.1 200 OK\r\n");
  while (arena->log.connect_errors == 0) {
    raw_send_text (
        arena->server->guest, "X-Padding: xxxxxxxxxxxxxxxxxxxxxxx\r\n");
    g_main_context_iteration (arena->base.context, FALSE);
  }
  g_assert_error (arena->log.error, SIO_ERROR, SIO_ERROR_HANDSHAKE);
}

/* Everything at once: the handshakes of all three layers in one segment. */
static void
test_all_at_once (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base,
      arena->server->guest != NULL
          && raw_has (arena->server->guest, "\r\n\r\n"));
  g_assert_true (raw_server_serve (arena->server));
  raw_send_frame (arena->server->guest, FALSE, RAW_HANDSHAKE);
  raw_send_frame (arena->server->guest, FALSE, "40{\"sid\":\"abc\"}");
  raw_send_frame (arena->server->guest, FALSE, "42[\"a\"]");
  fixture_wait (&arena->base, arena->log.events == 1);
}

static void
add_cases (const char *group, const Case *cases, guint count,
    void (*func) (Arena *, gconstpointer))
{
  for (guint i = 0; i < count; i++) {
    g_autofree char *path =
        g_strconcat ("/hostile-servers/", group, "/", cases[i].name, NULL);

    g_test_add (path, Arena, &cases[i], set_up, func, tear_down);
  }
}

#define ADD(name, func) \
  g_test_add ("/hostile-servers/" name, Arena, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_cases (
      "handshake", handshakes, G_N_ELEMENTS (handshakes), test_handshake);
  add_cases ("packet", packets, G_N_ELEMENTS (packets), test_packet);
  add_cases ("answer", answers, G_N_ELEMENTS (answers), test_answer);
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++) {
    g_autofree char *path =
        g_strdup_printf ("/hostile-servers/malformed/%u", i);

    g_test_add (path, Arena, &malformed[i], set_up, test_malformed, tear_down);
  }
  ADD ("attachments-due", test_attachments_due);
  ADD ("large-attachments", test_large_attachments);
  ADD ("mute-before-handshake", test_mute_before_handshake);
  ADD ("mute-before-connect", test_mute_before_connect);
  ADD ("mute-after-connect", test_mute_after_connect);
  ADD ("pings-are-answered", test_pings_are_answered);
  ADD ("too-much-is-lost-alone", test_too_much_is_lost_alone);
  ADD ("events-before-connect", test_events_before_connect);
  ADD ("old-server", test_old_server);
  ADD ("bare-connect", test_bare_connect);
  ADD ("unfinished", test_unfinished);
  ADD ("masked", test_masked);
  ADD ("drops-each", test_drops_each);
  ADD ("endless-head", test_endless_head);
  ADD ("all-at-once", test_all_at_once);
  return g_test_run ();
}
