/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "poll-server.h"

#include <string.h>

/* The client before servers that are polled, honest and hostile ones. */

typedef struct {
  Fixture base;
  PollServer *server;
  SioManager *manager;
  Log log;
} Arena;

static const char *const polling[] = { "polling", NULL };
static const char *const upgrade[] = { "polling", "websocket", NULL };

static void
set_up (Arena *arena, gconstpointer data)
{
  g_autofree char *uri = NULL;

  fixture_set_up (&arena->base);
  arena->server = poll_server_new ();
  uri = g_strdup_printf ("http://127.0.0.1:%u", arena->server->port);
  arena->manager = sio_manager_new (uri);
  g_object_set (arena->manager, "reconnection-delay", 10,
      "reconnection-delay-max", 20, "transports", polling, NULL);
  log_watch (&arena->log, sio_manager_get_socket (arena->manager, NULL));
}

static void
tear_down (Arena *arena, gconstpointer data)
{
  log_clear (&arena->log);
  g_object_unref (arena->manager);
  poll_server_free (arena->server);
  fixture_tear_down (&arena->base);
}

/* What the client says is answered, and then a GET waits. */
static void
open_socket (Arena *arena)
{
  guint connects = arena->log.connects;

  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base,
      arena->server->held != NULL
          && strstr (arena->server->posted->str, "40\n") != NULL);
  poll_server_say (arena->server, "40{\"sid\":\"abc\"}");
  fixture_wait (&arena->base,
      arena->log.connects == connects + 1 && arena->server->held != NULL);
  g_string_truncate (arena->log.lines, 0);
  g_string_truncate (arena->server->posted, 0);
}

static void
emit (Arena *arena, const char *args)
{
  g_autoptr (JsonNode) node = json (args);

  g_assert_true (sio_socket_emit (arena->log.socket, "a", node, NULL));
}

static void
test_both_ways (Arena *arena, gconstpointer data)
{
  g_autofree char *transport = NULL;

  open_socket (arena);
  g_object_get (arena->manager, "transport", &transport, NULL);
  g_assert_cmpstr (transport, ==, "polling");
  emit (arena, "[1]");
  emit (arena, "[2]");
  poll_server_say (arena->server,
      "2\x1e"
      "42[\"b\",3]\x1e"
      "42[\"c\"]");
  fixture_wait (&arena->base,
      arena->log.events == 2 && arena->server->posts == 3
          && arena->server->held != NULL);
  g_assert_cmpstr (arena->log.lines->str, ==, "event b [3]\nevent c []\n");
  /* What was emitted in one turn went with one request. */
  g_assert_cmpstr (arena->server->posted->str, ==,
      "42[\"a\",1]\x1e"
      "42[\"a\",2]\n3\n");
}

/* What was emitted last arrives, and then the word that it was the last. */
static void
test_close (Arena *arena, gconstpointer data)
{
  open_socket (arena);
  emit (arena, "[]");
  sio_socket_disconnect (arena->log.socket);
  fixture_wait (&arena->base, arena->server->posts == 3);
  g_assert_cmpstr (arena->server->posted->str, ==,
      "42[\"a\"]\x1e"
      "41\n1\n");
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  sio_manager_close_finish (SIO_MANAGER (source), result);
  *(gboolean *) data = TRUE;
}

/* It is known when the last word is out. */
static void
test_close_async (Arena *arena, gconstpointer data)
{
  gboolean before = FALSE, after = FALSE;

  open_socket (arena);
  emit (arena, "[]");
  sio_manager_close_async (arena->manager, on_closed, &before);
  fixture_wait (&arena->base, before);
  g_assert_cmpstr (arena->server->posted->str, ==, "42[\"a\"]\n1\n");
  sio_manager_close_async (arena->manager, on_closed, &after);
  fixture_wait (&arena->base, after);
  g_assert_cmpuint (arena->server->posts, ==, 3);
}

/* Also of a connection before the one that is closed. */
static void
test_close_async_after_another (Arena *arena, gconstpointer data)
{
  gboolean over = FALSE;

  open_socket (arena);
  emit (arena, "[]");
  sio_socket_disconnect (arena->log.socket);
  sio_socket_connect (arena->log.socket);
  sio_manager_close_async (arena->manager, on_closed, &over);
  fixture_wait (&arena->base, over);
  g_assert_nonnull (strstr (arena->server->posted->str, "42[\"a\"]"));
}

/* Each ping is a pong that waits, and those take more memory than they say. */
static void
test_ping_flood (Arena *arena, gconstpointer data)
{
  g_autoptr (GString) pings = g_string_new ("2");

  for (guint i = 1; i < 4096; i++)
    g_string_append (pings,
        "\x1e"
        "2");
  open_socket (arena);
  for (guint i = 0; arena->log.disconnects == 0; i++) {
    g_assert_cmpuint (i, <, 20);
    poll_server_say (arena->server, pings->str);
    fixture_wait (&arena->base,
        arena->server->held != NULL || arena->log.disconnects > 0);
  }
  g_assert_cmpstr (arena->log.lines->str, ==, "disconnect transport error 1\n");
}

/* What an application sends with each request. */
static void
test_headers (Arena *arena, gconstpointer data)
{
  g_autoptr (SoupMessageHeaders) headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);

  soup_message_headers_append (headers, "Cookie", "a=b");
  soup_message_headers_append (headers, "Host", "evil");
  g_object_set (arena->manager, "headers", headers, NULL);
  open_socket (arena);
  g_assert_true (g_str_has_prefix (arena->server->cookies->str, "a=b\na=b\n"));
  g_assert_cmpstr (arena->server->host, !=, "evil");
}

static void
test_server_closes (Arena *arena, gconstpointer data)
{
  open_socket (arena);
  poll_server_say (arena->server, "1");
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpstr (arena->log.lines->str, ==, "disconnect transport close 1\n");
}

/* A burst is no single request that some server would refuse. */
static void
test_burst (Arena *arena, gconstpointer data)
{
  open_socket (arena);
  for (guint i = 0; i < 100; i++)
    emit (arena, "[]");
  fixture_wait (&arena->base, arena->server->posts == 1 + 100 / 16 + 1);
}

static void
test_large (Arena *arena, gconstpointer data)
{
  g_autofree char *text = g_strnfill (600000, 'x');
  g_autofree char *args = g_strdup_printf ("[\"%s\"]", text);

  open_socket (arena);
  emit (arena, args);
  emit (arena, args);
  fixture_wait (&arena->base, arena->server->posts == 3);
}

static void
test_ping_timeout (Arena *arena, gconstpointer data)
{
  arena->server->handshake =
      "0{\"sid\":\"s\",\"pingInterval\":300,\"pingTimeout\":300}";
  open_socket (arena);
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpstr (arena->log.lines->str, ==, "disconnect ping timeout 1\n");
}

typedef struct {
  const char *name;
  guint status;
  const char *body;
  gsize length; /* 0 for that of a text */
} Case;

static const Case bodies[] = {
  { "noise", 200, "x", 0 },
  { "empty", 200, "", 0 },
  { "no-text", 200, "4\xff", 2 },
  { "zero", 200, "4\0", 2 },
  { "no-base64", 200, "b###", 0 },
  { "second-handshake", 200, POLL_HANDSHAKE, 0 },
  { "other-revision", 200, "3:42a", 0 },
  { "unknown-session", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}",
      0 },
  { "error", 500, "", 0 },
  { "no-content", 204, "", 0 },
  { "elsewhere", 302, "", 0 },
};

static void
test_body (Arena *arena, gconstpointer data)
{
  const Case *hostile = data;

  open_socket (arena);
  poll_server_answer (arena->server, hostile->status, hostile->body,
      hostile->length > 0 ? hostile->length : strlen (hostile->body));
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpstr (arena->log.lines->str, ==, "disconnect transport error 1\n");
  fixture_wait (&arena->base, arena->server->handshakes == 2);
}

static void
test_too_much (Arena *arena, gconstpointer data)
{
  static const struct {
    const char *limit;
    guint value;
  } cases[] = {
    { "max-body-bytes", 5000 },
    { "max-payload-packets", 10 },
    { "max-message-bytes", 5000 },
  };
  GString *many = g_string_new ("6");
  g_autofree char *large = g_strnfill (6000, 'x');

  for (guint i = 0; i < 10; i++)
    g_string_append (many,
        "\x1e"
        "6");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint usual;

    g_object_get (
        sio_manager_get_limits (arena->manager), cases[i].limit, &usual, NULL);
    g_object_set (sio_manager_get_limits (arena->manager), cases[i].limit,
        cases[i].value, NULL);
    open_socket (arena);
    poll_server_say (arena->server, i == 1 ? many->str : large);
    fixture_wait (&arena->base, arena->log.disconnects == i + 1);
    g_assert_cmpstr (
        arena->log.lines->str, ==, "disconnect transport error 1\n");
    g_object_set (
        sio_manager_get_limits (arena->manager), cases[i].limit, usual, NULL);
    sio_socket_disconnect (arena->log.socket);
  }
  g_string_free (many, TRUE);
}

static void
test_post_refused (Arena *arena, gconstpointer data)
{
  open_socket (arena);
  arena->server->post_status = 413;
  emit (arena, "[]");
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpstr (arena->log.lines->str, ==, "disconnect transport error 1\n");
}

typedef struct {
  const char *name;
  guint status;
  const char *body;
  GQuark (*domain) (void);
  int code;
  gboolean retries;
} Handshake;

static const Handshake handshakes[] = {
  { "page", 200, "<html>", sio_error_quark, SIO_ERROR_HANDSHAKE, FALSE },
  { "empty", 200, "", sio_error_quark, SIO_ERROR_HANDSHAKE, FALSE },
  { "odd-session", 200,
      "0{\"sid\":\"a/b\",\"pingInterval\":25000,\"pingTimeout\":20000}",
      sio_error_quark, SIO_ERROR_INVALID_DATA, TRUE },
  { "short-period", 200,
      "0{\"sid\":\"s\",\"pingInterval\":19,\"pingTimeout\":20000}",
      sio_error_quark, SIO_ERROR_INVALID_DATA, TRUE },
  { "long-period", 200,
      "0{\"sid\":\"s\",\"pingInterval\":25000,\"pingTimeout\":86400001}",
      sio_error_quark, SIO_ERROR_INVALID_DATA, TRUE },
  { "elsewhere", 302, "", sio_error_quark, SIO_ERROR_HTTP_STATUS, FALSE },
  { "forbidden", 403, "{\"code\":4,\"message\":\"Forbidden\"}", sio_error_quark,
      SIO_ERROR_HTTP_STATUS, FALSE },
  { "busy", 503, "", sio_error_quark, SIO_ERROR_HTTP_STATUS, TRUE },
};

static void
test_handshake (Arena *arena, gconstpointer data)
{
  const Handshake *hostile = data;

  arena->server->handshake = hostile->body;
  arena->server->handshake_status = hostile->status;
  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_error (arena->log.error, hostile->domain (), hostile->code);
  g_assert_cmpstr (arena->log.lines->str, ==,
      hostile->retries ? "connect-error 1\n" : "connect-error 0\n");
}

static void
on_attempt (SioManager *manager, guint attempt, guint delay, gpointer data)
{
  *(guint *) data = delay;
}

static void
test_retry_after (Arena *arena, gconstpointer data)
{
  guint delay = 0;

  g_signal_connect (
      arena->manager, "reconnect-attempt", G_CALLBACK (on_attempt), &delay);
  arena->server->handshake_status = 503;
  arena->server->header = "Retry-After: 7";
  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base, delay > 0);
  g_assert_cmpuint (delay, ==, 7000);
}

typedef struct {
  const char *refusal;
  gboolean websocket; /* is tried before, and does not get through */
} RevisionCase;

/* A server that speaks one revision, and refuses the other outright. */
static void
test_revision (Arena *arena, gconstpointer data)
{
  const RevisionCase *test = data;

  arena->server->refused = "4";
  arena->server->refusal = test->refusal;
  arena->server->handshake =
      "67:0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":25000,"
      "\"pingTimeout\":20000}2:40";
  if (test->websocket)
    g_object_set (arena->manager, "transports", NULL, NULL);
  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base, arena->log.connects == 1);
  g_assert_cmpuint (arena->server->refusals, ==, test->websocket ? 2 : 1);
  g_assert_cmpuint (arena->log.connect_errors, ==, 0);
}

static const RevisionCase revision_cases[] = {
  { "{\"code\":5}", FALSE },
  { "{\"code\":5}", TRUE },
  { "\"unsupported version\"", FALSE },
  { "\"unsupported version\"", TRUE },
};

/* One that refuses both is asked twice, and the first answer is told. */
static void
test_no_revision (Arena *arena, gconstpointer data)
{
  arena->server->handshake_status = 400;
  arena->server->handshake = "{\"code\":5,\"message\":\"no\"}";
  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_cmpuint (arena->server->handshakes, ==, 2);
  g_assert_error (arena->log.error, SIO_ERROR, SIO_ERROR_HTTP_STATUS);
  g_assert_cmpstr (arena->log.lines->str, ==, "connect-error 0\n");
}

/* Another code is no matter of the revision. */
static void
test_other_refusal (Arena *arena, gconstpointer data)
{
  arena->server->handshake_status = 400;
  arena->server->handshake = "{\"code\":3,\"message\":\"Bad request\"}";
  sio_socket_connect (arena->log.socket);
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_cmpuint (arena->server->handshakes, ==, 1);
}

/* A load balancer finds the session by its cookie. */
static void
test_cookies (Arena *arena, gconstpointer data)
{
  arena->server->header = "Set-Cookie: node=a; Path=/";
  open_socket (arena);
  g_assert_true (
      g_str_has_prefix (arena->server->cookies->str, "\nnode=a\nnode=a\n"));
}

/* Where no WebSocket gets through, polling does; the next time that is where it
 * begins. */
static void
test_fallback (Arena *arena, gconstpointer data)
{
  g_object_set (arena->manager, "transports", NULL, NULL);
  open_socket (arena);
  fixture_wait (&arena->base, arena->server->websockets == 2);
  g_assert_cmpuint (arena->server->handshakes, ==, 1);
  poll_server_say (arena->server, "1");
  fixture_wait (&arena->base, arena->server->handshakes == 2);
  g_assert_cmpuint (arena->server->websockets, ==, 2);
  fixture_wait (&arena->base, arena->server->websockets == 3);
}

static void
test_fallback_from_mute (Arena *arena, gconstpointer data)
{
  arena->server->mute = TRUE;
  g_object_set (arena->manager, "transports", NULL, "timeout", 1000, NULL);
  open_socket (arena);
  fixture_wait (&arena->base, arena->server->websockets == 2);
  g_assert_true (sio_socket_get_connected (arena->log.socket));
}

/* The proxy gives no tunnel to where no TLS is spoken, as usual. The server's
 * name is for it to find. */
static void
test_proxy (Arena *arena, gconstpointer data)
{
  g_autofree char *uri =
      g_strdup_printf ("http://127.0.0.1:%u", arena->server->port);
  g_autoptr (GProxyResolver) proxies = g_simple_proxy_resolver_new (uri, NULL);

  g_object_set (arena->manager, "uri", "http://server.invalid:81",
      "proxy-resolver", proxies, "transports", NULL, NULL);
  open_socket (arena);
  emit (arena, "[]");
  fixture_wait (&arena->base, arena->server->posts == 2);
  g_assert_cmpstr (arena->server->host, ==, "server.invalid:81");
}

/* An upgrade that fails is noticed by nobody. */
static void
test_no_upgrade (Arena *arena, gconstpointer data)
{
  g_object_set (arena->manager, "transports", upgrade, NULL);
  open_socket (arena);
  fixture_wait (&arena->base, arena->server->websockets == 1);
  poll_server_say (arena->server, "42[\"b\"]");
  emit (arena, "[]");
  fixture_wait (
      &arena->base, arena->log.events == 1 && arena->server->posts == 2);
  g_assert_cmpstr (arena->log.lines->str, ==, "event b []\n");
}

#define ADD(name, func) \
  g_test_add ("/polling/" name, Arena, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("both-ways", test_both_ways);
  ADD ("close", test_close);
  ADD ("close-async", test_close_async);
  ADD ("close-async-after-another", test_close_async_after_another);
  ADD ("ping-flood", test_ping_flood);
  ADD ("headers", test_headers);
  ADD ("server-closes", test_server_closes);
  ADD ("burst", test_burst);
  ADD ("large", test_large);
  ADD ("ping-timeout", test_ping_timeout);
  ADD ("too-much", test_too_much);
  ADD ("post-refused", test_post_refused);
  ADD ("retry-after", test_retry_after);
  for (guint i = 0; i < G_N_ELEMENTS (revision_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/polling/revision/%u", i);

    g_test_add (
        path, Arena, &revision_cases[i], set_up, test_revision, tear_down);
  }
  ADD ("revision/none", test_no_revision);
  ADD ("revision/other-refusal", test_other_refusal);
  ADD ("cookies", test_cookies);
  ADD ("fallback", test_fallback);
  ADD ("fallback-from-mute", test_fallback_from_mute);
  ADD ("proxy", test_proxy);
  ADD ("no-upgrade", test_no_upgrade);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autofree char *path =
        g_strconcat ("/polling/body/", bodies[i].name, NULL);

    g_test_add (path, Arena, &bodies[i], set_up, test_body, tear_down);
  }
  for (guint i = 0; i < G_N_ELEMENTS (handshakes); i++) {
    g_autofree char *path =
        g_strconcat ("/polling/handshake/", handshakes[i].name, NULL);

    g_test_add (path, Arena, &handshakes[i], set_up, test_handshake, tear_down);
  }
  return g_test_run ();
}
