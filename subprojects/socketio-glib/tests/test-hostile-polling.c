/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile-arena.h"

#include <string.h>

/* Clients that poll, and do what no honest one does. */

/* Nobody has to be quick who is not to be late. */
static void
set_up (HostileArena *arena, gconstpointer data)
{
  hostile_set_up (arena, data);
  g_object_set (arena->server, "ping-interval", 60000, NULL);
}

static const char *
text_of (Raw *raw)
{
  raw_read (raw);
  g_byte_array_append (raw->received, (const guint8 *) "", 1);
  g_byte_array_set_size (raw->received, raw->received->len - 1);
  return (const char *) raw->received->data;
}

/* Waits for the whole answer, which ends the connection, and frees that. */
static char *
await_answer (HostileArena *arena, Raw *raw)
{
  GSource *ticks = hostile_start_ticking (arena);
  char *text;

  while (!raw->ended) {
    raw_read (raw);
    g_main_context_iteration (arena->base.context, !raw->ended);
  }
  text = g_strdup (text_of (raw));
  g_test_message ("%s", text);
  hostile_stop_ticking (ticks);
  raw_free (raw);
  return text;
}

static Raw *request (HostileArena *arena, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static Raw *
request (HostileArena *arena, const char *format, ...)
{
  Raw *raw = raw_connect (sio_server_get_port (arena->server));
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  raw_send_text (raw, text);
  return raw;
}

static Raw *
get (HostileArena *arena, const char *sid)
{
  return request (arena,
      "GET /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
      "Host: localhost\r\n\r\n",
      sid);
}

static Raw *
post (
    HostileArena *arena, const char *sid, const char *headers, const char *body)
{
  return request (arena,
      "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
      "Host: localhost\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n%s\r\n%s",
      sid, strlen (body), headers, body);
}

static void
assert_status (HostileArena *arena, Raw *raw, guint status)
{
  g_autofree char *answer = await_answer (arena, raw);
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %u ", status);

  g_assert_true (g_str_has_prefix (answer, line));
}

/* Begins a session and, with @connect, becomes a Socket.IO client. */
static char *
begin (HostileArena *arena, gboolean connect)
{
  g_autofree char *answer = await_answer (arena,
      request (arena,
          "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n"
          "Host: localhost\r\n\r\n"));
  char *sid = strstr (answer, "\"sid\":\"");
  g_autofree char *connected = NULL;

  g_assert_nonnull (sid);
  sid = g_strndup (sid + strlen ("\"sid\":\""), 22);
  if (!connect)
    return sid;
  assert_status (arena, post (arena, sid, "", "40"), 200);
  connected = await_answer (arena, get (arena, sid));
  g_assert_nonnull (strstr (connected, "40{\"sid\":"));
  return sid;
}

static void
assert_gone (HostileArena *arena, const char *sid, const char *reason)
{
  g_assert_cmpstr (arena->reason, ==, reason);
  assert_status (arena, get (arena, sid), 400);
}

typedef struct {
  const char *name;
  const char *headers;
  const char *body;
  const char *reason;
  guint status; /* of the answer; 0 is 400 */
} Case;

static const Case cases[] = {
  { "empty", "", "", "parse error" },
  { "unknown", "", "9", "parse error" },
  { "empty-packet", "",
      "42[\"a\"]\x1e\x1e"
      "42[\"b\"]",
      "parse error" },
  { "not-utf8", "", "42[\"\xff\"]", "transport error" },
  { "overlong", "", "42[\"\xc0\x80\"]", "transport error" },
  { "base64", "", "bAQI", "transport error" },
  { "bytes", "Content-Type: application/octet-stream\r\n", "42[\"a\"]",
      "transport error" },
  { "open", "", "0{}", "transport error" },
  { "ping", "", "2", "transport error" },
  { "attachment", "", "bAQID", "parse error", 200 },
  { "event", "", "42{}", "parse error", 200 },
  { "elsewhere", "", "42/x,[\"a\"]", "forced server close", 200 },
  { "twice", "", "40", "forced server close", 200 },
};

static void
test_post (HostileArena *arena, gconstpointer data)
{
  const Case *hostile = data;
  g_autofree char *sid = begin (arena, TRUE);
  Raw *held = get (arena, sid);
  g_autofree char *last = NULL;

  /* That HTTP carried nonsense is not HTTP's fault. */
  assert_status (arena, post (arena, sid, hostile->headers, hostile->body),
      hostile->status != 0 ? hostile->status : 400);
  /* The one that is held is told. */
  last = await_answer (arena, held);
  g_assert_true (g_str_has_suffix (last, "\r\n\r\n1"));
  assert_gone (arena, sid, hostile->reason);
}

static void
test_too_many_packets (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = NULL;
  g_autoptr (GString) body = g_string_new ("6");

  g_object_set (arena->server, "max-messages-per-second", 0, NULL);
  sid = begin (arena, TRUE);
  for (guint i = 0; i < 5000; i++)
    g_string_append (body,
        "\x1e"
        "6");
  assert_status (arena, post (arena, sid, "", body->str), 400);
  assert_gone (arena, sid, "transport error");
}

/* More than it may send at once, though each is well formed. */
static void
test_flood (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = NULL;
  g_autofree char *answer = NULL;
  const char *five = "6\x1e"
                     "6\x1e"
                     "6\x1e"
                     "6\x1e"
                     "6";

  g_object_set (arena->server, "max-messages-per-second", 1,
      "max-message-burst", 9, NULL);
  sid = begin (arena, TRUE);
  assert_status (arena, post (arena, sid, "", five), 200);
  answer = await_answer (arena, post (arena, sid, "", five));
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 429 Too Many Requests"));
  g_assert_nonnull (strstr (answer, "too many messages"));
  assert_gone (arena, sid, "transport error");
}

/* It does not ask for what there is, or does not take it. */
static void
test_unsent_total (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = NULL;
  g_autofree char *text = g_strnfill (10000, 'x');
  g_autofree char *wrapped = g_strdup_printf ("[\"%s\"]", text);
  g_autoptr (JsonNode) args = json (wrapped);
  SioServerSocket *honest = sio_server_get_socket (
      arena->server, sio_socket_get_id (arena->honest.socket));

  g_object_set (arena->server, "max-unsent-total", 100000, NULL);
  sid = begin (arena, TRUE);
  for (guint i = 0; i < 9; i++)
    sio_server_emit (arena->server, NULL, honest, "much", args);
  fixture_linger (&arena->base, 20);
  g_assert_null (arena->reason);
  sio_server_emit (arena->server, NULL, honest, "much", args);
  fixture_wait (&arena->base, arena->reason != NULL);
  assert_gone (arena, sid, "transport error");
}

/* Its length is all that is seen of it. */
static void
test_huge_length (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = begin (arena, TRUE);

  assert_status (arena,
      request (arena,
          "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
          "Host: localhost\r\nContent-Length: 99999999999\r\n"
          "Expect: 100-continue\r\n\r\n",
          sid),
      413);
  assert_gone (arena, sid, "transport error");
}

static void
send_chunks (HostileArena *arena, const char *sid)
{
  g_autofree char *chunk = g_strnfill (0x10000, 'x');
  Raw *raw = request (arena,
      "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
      "Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
      sid);

  while (!raw->ended) {
    raw_send_text (raw, "10000\r\n");
    raw_send_text (raw, chunk);
    raw_send_text (raw, "\r\n");
    raw_read (raw);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  raw_free (raw);
}

/* A body without end, of a session or of none. */
static void
test_chunks (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = NULL;

  send_chunks (arena, "none");
  sid = begin (arena, TRUE);
  send_chunks (arena, sid);
  assert_gone (arena, sid, "transport error");
}

/* A byte now and then does not help. */
static void
test_slow_body (HostileArena *arena, gconstpointer data)
{
  gint64 began = g_get_monotonic_time ();
  g_autofree char *sid = NULL;
  Raw *raw;

  g_object_set (arena->server, "exchange-timeout", 400, NULL);
  sid = begin (arena, TRUE);
  raw = request (arena,
      "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
      "Host: localhost\r\nContent-Length: 10000\r\n\r\n",
      sid);
  while (!raw->ended) {
    raw_send_text (raw, "4");
    fixture_linger (&arena->base, 20);
    raw_read (raw);
  }
  raw_free (raw);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 390000);
  fixture_wait (&arena->base, arena->reason != NULL);
  assert_gone (arena, sid, "transport error");
}

static void
test_vanishes_in_body (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = begin (arena, TRUE);

  raw_free (request (arena,
      "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
      "Host: localhost\r\nContent-Length: 10000\r\n\r\n42",
      sid));
  fixture_wait (&arena->base, arena->reason != NULL);
  assert_gone (arena, sid, "transport error");
}

/* A POST whose body is to come is one that is under way. */
static void
test_two_posts (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = begin (arena, TRUE);
  Raw *first = request (arena,
      "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
      "Host: localhost\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n",
      sid);

  fixture_wait (&arena->base, raw_has (first, "100 Continue"));
  assert_status (arena, post (arena, sid, "", "42[\"a\"]"), 400);
  raw_send_text (first, "42[\"a\"");
  g_byte_array_set_size (first->received, 0);
  assert_status (arena, first, 400);
  assert_gone (arena, sid, "transport error");
}

static void
test_two_gets (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = begin (arena, TRUE);
  Raw *first = get (arena, sid);
  g_autofree char *last = NULL;

  /* Until it is held. */
  assert_status (arena, post (arena, sid, "", "6"), 200);
  assert_status (arena, get (arena, sid), 400);
  last = await_answer (arena, first);
  g_assert_true (g_str_has_suffix (last, "\r\n\r\n1"));
  assert_gone (arena, sid, "transport error");
}

static void
test_vanishes (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = begin (arena, TRUE);
  Raw *held = get (arena, sid);

  assert_status (arena, post (arena, sid, "", "6"), 200);
  raw_free (held);
  fixture_wait (&arena->base, arena->reason != NULL);
  assert_gone (arena, sid, "transport error");
}

/* What is wrong with a request alone is not the session's fault. */
static void
test_other_methods (HostileArena *arena, gconstpointer data)
{
  static const char *const methods[] = { "PUT", "DELETE", "PATCH", "TRACE" };
  g_autofree char *sid = begin (arena, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    assert_status (arena,
        request (arena,
            "%s /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
            "Host: localhost\r\n\r\n",
            methods[i], sid),
        400);
  assert_status (arena,
      request (arena,
          "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
          "Host: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
          "1\r\n6\r\n0\r\n\r\n",
          sid),
      400);
  assert_status (arena, post (arena, sid, "", "6"), 200);
  g_assert_null (arena->reason);
}

static void
test_wrong_session (HostileArena *arena, gconstpointer data)
{
  assert_status (arena, get (arena, "none"), 400);
  assert_status (arena, get (arena, ""), 400);
  assert_status (arena, get (arena, "../../etc/passwd"), 400);
  assert_status (arena, post (arena, "none", "", "42[\"a\"]"), 400);
  /* The id of a socket is not that of its session. */
  assert_status (
      arena, get (arena, sio_socket_get_id (arena->honest.socket)), 400);
}

/* It sends, but never asks what there is. */
static void
test_never_polls (HostileArena *arena, gconstpointer data)
{
  g_autofree char *large = g_strnfill (90000, 'x');
  g_autofree char *text = g_strdup_printf ("[\"%s\"]", large);
  g_autoptr (JsonNode) args = json (text);
  g_autofree char *sid = begin (arena, TRUE);
  guint sent = 0;

  while (arena->reason == NULL) {
    g_assert_cmpuint (sent++, <, 100);
    sio_server_emit (arena->server, NULL,
        sio_server_get_socket (
            arena->server, sio_socket_get_id (arena->honest.socket)),
        "much", args);
    g_main_context_iteration (arena->base.context, FALSE);
  }
  assert_gone (arena, sid, "transport error");
}

static void
test_mute (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = NULL;

  g_object_set (arena->server, "ping-interval", 100, "ping-timeout", 500, NULL);
  sid = begin (arena, TRUE);

  fixture_wait (&arena->base, arena->reason != NULL);
  assert_gone (arena, sid, "ping timeout");
}

static void
test_never_connects (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = NULL;
  g_autofree char *last = NULL;

  sid = begin (arena, FALSE);
  last = await_answer (arena, get (arena, sid));
  g_assert_true (g_str_has_suffix (last, "\r\n\r\n1"));
  assert_status (arena, get (arena, sid), 400);
}

/* Sessions need no connection, so they are counted too. */
static void
test_too_many (HostileArena *arena, gconstpointer data)
{
  g_autofree char *sid = NULL;

  g_object_set (arena->server, "max-sessions-per-address", 3, NULL);
  g_free (begin (arena, FALSE));
  sid = begin (arena, FALSE);
  assert_status (arena,
      request (arena,
          "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n"
          "Host: localhost\r\n\r\n"),
      503);
  /* With one gone there is room again. */
  assert_status (arena, post (arena, sid, "", "1"), 200);
  assert_status (arena, get (arena, sid), 200);
  fixture_linger (&arena->base, 10);
  g_free (begin (arena, FALSE));
}

static void
upgrade (Raw *raw, const char *sid)
{
  g_autofree char *head = g_strdup_printf (
      "GET /socket.io/?EIO=4&transport=websocket&sid=%s HTTP/1.1\r\n"
      "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n",
      sid);

  raw_send_text (raw, head);
}

/* It never changes over: the session stays where it is. */
static void
test_never_upgrades (HostileArena *arena, gconstpointer data)
{
  GSource *ticks = hostile_start_ticking (arena);
  g_autofree char *sid = NULL;

  g_object_set (arena->server, "upgrade-timeout", 100, NULL);
  sid = begin (arena, TRUE);
  for (guint i = 0; i < 2; i++) {
    arena->raw = raw_connect (sio_server_get_port (arena->server));
    upgrade (arena->raw, sid);
    fixture_wait (&arena->base, raw_has (arena->raw, "\r\n\r\n"));
    if (i == 1) {
      raw_send_frame (arena->raw, TRUE, "2probe");
      fixture_wait (&arena->base, raw_has (arena->raw, "3probe"));
      assert_status (arena, get (arena, sid), 200);
    }
    hostile_await_end (arena);
    g_clear_pointer (&arena->raw, raw_free);
    assert_status (arena, post (arena, sid, "", "6"), 200);
  }
  g_assert_null (arena->reason);
  hostile_stop_ticking (ticks);
}

/* Not to be had by who is not to connect; readable for who may. */
static void
test_origin (HostileArena *arena, gconstpointer data)
{
  static const char *const origins[] = { "http://good.example", NULL };
  g_autofree char *answer = NULL;

  assert_status (arena,
      request (arena,
          "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n"
          "Origin: http://evil.example\r\n\r\n"),
      403);
  g_object_set (arena->server, "allowed-origins", origins, NULL);
  answer = await_answer (arena,
      request (arena,
          "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n"
          "Origin: http://good.example\r\n\r\n"));
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 "));
  g_assert_nonnull (
      strstr (answer, "Access-Control-Allow-Origin: http://good.example\r\n"));
}

#define ADD(name, func)                                                   \
  g_test_add ("/hostile-polling/" name, HostileArena, NULL, set_up, func, \
      hostile_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strconcat ("/hostile-polling/post/", cases[i].name, NULL);

    g_test_add (
        path, HostileArena, &cases[i], set_up, test_post, hostile_tear_down);
  }
  ADD ("too-many-packets", test_too_many_packets);
  ADD ("flood", test_flood);
  ADD ("unsent-total", test_unsent_total);
  ADD ("huge-length", test_huge_length);
  ADD ("chunks", test_chunks);
  ADD ("slow-body", test_slow_body);
  ADD ("vanishes-in-body", test_vanishes_in_body);
  ADD ("two-posts", test_two_posts);
  ADD ("two-gets", test_two_gets);
  ADD ("vanishes", test_vanishes);
  ADD ("other-methods", test_other_methods);
  ADD ("wrong-session", test_wrong_session);
  ADD ("never-polls", test_never_polls);
  ADD ("mute", test_mute);
  ADD ("never-connects", test_never_connects);
  ADD ("too-many", test_too_many);
  ADD ("never-upgrades", test_never_upgrades);
  ADD ("origin", test_origin);
  return g_test_run ();
}
