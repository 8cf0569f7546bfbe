/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "host.h"

#include <sio/sio-ws-frame.h>

#include <string.h>

/* What goes between a client and a server of this library besides plain
 * events. */

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Both ways, in events and in acknowledgements, and before the connection. */
static void
test_binary (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  g_autofree char *large = g_strnfill (300000, 'x');
  g_autoptr (GBytes) bytes = g_bytes_new (large, 300000);
  g_autoptr (GBytes) few = g_bytes_new_static ("\0\1\2", 3);
  g_autoptr (JsonNode) args = json ("[1,{\"a\":[]},\"x\"]");
  JsonArray *array = json_node_get_array (args);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;
  g_autofree char *back = NULL;
  g_autofree char *line = NULL;
  Host host;
  Log log;

  json_array_add_element (json_object_get_array_member (
                              json_array_get_object_element (array, 1), "a"),
      sio_bytes_to_json (few));
  json_array_add_element (array, sio_bytes_to_json (bytes));
  text = json_text (args);
  line = g_strdup_printf ("event blob %s\n", text);
  host_watch (&host, server);
  log_watch (&log, socket);
  g_assert_true (sio_socket_emit (socket, "blob", args, NULL));
  sio_socket_connect (socket);
  fixture_wait (fixture, host.lines->len > 0);
  g_assert_cmpstr (host.lines->str, ==, line);

  sio_socket_emit_with_ack_async (
      socket, "ask", args, 0, NULL, keep_result, &result);
  fixture_wait (fixture, result != NULL);
  answer = sio_socket_emit_with_ack_finish (socket, result, NULL);
  back = json_text (answer);
  g_assert_cmpstr (back, ==, text);

  g_assert_true (sio_server_emit (server, NULL, NULL, "blob", args));
  fixture_wait (fixture, log.events == 1);
  g_assert_nonnull (strstr (log.lines->str, line));
  log_clear (&log);
  host_clear (&host);
}

static gboolean
set_auth (SioSocket *socket, gpointer data)
{
  guint *count = data;
  g_autofree char *text = g_strdup_printf ("{\"attempt\":%u}", ++*count);
  g_autoptr (JsonNode) auth = json (text);

  sio_socket_set_auth (socket, auth);
  return FALSE;
}

static void
assert_auth (Host *host, const char *expected)
{
  g_autofree char *text = json_text (sio_server_socket_get_auth (host->socket));

  g_assert_cmpstr (text, ==, expected);
}

static void
test_auth_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  guint asked = 0;
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, socket);
  g_signal_connect (socket, "auth-requested", G_CALLBACK (set_auth), &asked);
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connects == 1);
  assert_auth (&host, "{\"attempt\":1}");
  sio_socket_disconnect (socket);
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connects == 2);
  assert_auth (&host, "{\"attempt\":2}");
  log_clear (&log);
  host_clear (&host);
}

static gboolean
promise_auth (SioSocket *socket, gpointer data)
{
  ++*(guint *) data;
  return TRUE;
}

static void
test_auth_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  g_autoptr (JsonNode) fixed = json ("{\"fixed\":1}");
  g_autoptr (JsonNode) auth = json ("{\"token\":1}");
  guint asked = 0;
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, socket);
  sio_socket_set_auth (socket, fixed);
  g_signal_connect (
      socket, "auth-requested", G_CALLBACK (promise_auth), &asked);
  sio_socket_connect (socket);
  fixture_wait (fixture, asked == 1);
  fixture_linger (fixture, 50);
  g_assert_cmpuint (host.connections, ==, 0);
  sio_socket_provide_auth (socket, auth);
  sio_socket_provide_auth (socket, fixed);
  fixture_wait (fixture, log.connects == 1);
  assert_auth (&host, "{\"token\":1}");

  /* The connection ends before the answer, which is then nobody's. */
  sio_socket_disconnect (socket);
  sio_socket_connect (socket);
  fixture_wait (fixture, asked == 2);
  sio_socket_disconnect (socket);
  sio_socket_provide_auth (socket, auth);
  fixture_linger (fixture, 50);
  g_assert_cmpuint (host.connections, ==, 1);

  /* None comes. */
  g_object_set (manager, "timeout", 200, NULL);
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connect_errors == 1);
  g_assert_error (log.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  log_clear (&log);
  host_clear (&host);
}

static void
test_volatile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  g_autoptr (GError) error = NULL;
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, socket);
  g_assert_true (sio_socket_emit_volatile (socket, "offline", NULL, NULL));
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connects == 1);
  g_assert_true (sio_socket_emit_volatile (socket, "online", NULL, NULL));
  fixture_wait (fixture, host.lines->len > 0);
  g_assert_cmpstr (host.lines->str, ==, "event online []\n");
  g_assert_false (
      sio_socket_emit_volatile (socket, "disconnect", NULL, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT);
  log_clear (&log);
  host_clear (&host);
}

/* While what was sent before waits to be taken, volatile events are dropped. */
static void
test_volatile_when_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  g_autofree char *large = g_strnfill (900000, 'x');
  g_autofree char *text = g_strdup_printf ("[\"%s\"]", large);
  g_autoptr (JsonNode) args = json (text);
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, socket);
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connects == 1);
  /* More than the kernel takes while nobody reads. */
  for (int i = 0; i < 8; i++) {
    g_assert_true (sio_socket_emit (socket, "large", args, NULL));
    g_assert_true (sio_socket_emit_volatile (socket, "busy", NULL, NULL));
  }
  g_assert_true (sio_socket_emit (socket, "last", NULL, NULL));
  fixture_wait (fixture, g_str_has_suffix (host.lines->str, "last []\n"));
  g_assert_false (
      g_str_has_suffix (host.lines->str, "busy []\nevent last []\n"));
  log_clear (&log);
  host_clear (&host);
}

static void
ignore_event (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
}

static GLogWriterOutput
count_infos (
    GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
  GString *lines = data;

  for (gsize i = 0; i < count; i++) {
    const char *value = fields[i].value;

    if (strcmp (fields[i].key, "MESSAGE") == 0
        && g_str_has_prefix (value, "nobody handles"))
      g_string_append_printf (lines, "%d %s\n", level, value);
  }
  return G_LOG_WRITER_HANDLED;
}

static void
test_unhandled_in_process (void)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  Fixture fixture;
  g_autoptr (SioServer) server = NULL;
  g_autoptr (SioManager) manager = NULL;
  SioSocket *socket;
  Log log;

  fixture_set_up (&fixture);
  server = server_new ();
  manager = manager_for (server);
  socket = sio_manager_get_socket (manager, NULL);
  log_watch (&log, socket);
  g_signal_handlers_disconnect_by_data (socket, &log);
  g_signal_connect (socket, "event::last", G_CALLBACK (ignore_event), NULL);
  sio_socket_connect (socket);
  fixture_wait (&fixture, sio_socket_get_connected (socket));
  g_log_set_writer_func (count_infos, lines, NULL);
  for (int i = 0; i < 3; i++)
    sio_server_emit (server, NULL, NULL, "line\nbreak", NULL);
  sio_server_emit (server, NULL, NULL, "last", NULL);
  sio_server_emit (server, NULL, NULL, "other", NULL);
  fixture_wait (&fixture, strstr (lines->str, "other") != NULL);
  g_assert_cmpstr (lines->str, ==,
      "64 nobody handles the event \"line\\nbreak\" of /\n"
      "64 nobody handles the event \"other\" of /\n");
  log_clear (&log);
  g_clear_object (&manager);
  g_clear_object (&server);
  fixture_tear_down (&fixture);
}

/* In a process of its own, since how a process logs can be set but once. */
static void
test_unhandled (Fixture *fixture, gconstpointer data)
{
  g_test_trap_subprocess ("/exchange/unhandled/subprocess", 0, 0);
  g_test_trap_assert_passed ();
}

/* What the client said last, after Engine.IO's type. */
static char *
last_text (RawServer *raw)
{
  g_autoptr (SioWsDecoder) decoder = sio_ws_decoder_new (TRUE, 100000);
  SioWsMessage message;
  char *text = NULL;

  raw_read (raw->guest);
  if (raw->guest->received->len == 0)
    return NULL;
  sio_ws_decoder_push (
      decoder, raw->guest->received->data, raw->guest->received->len);
  while (sio_ws_decoder_next (decoder, &message, NULL) == SIO_WS_MESSAGE) {
    g_free (text);
    text = g_strndup (message.data + 1, message.length - 1);
  }
  return text;
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Up to the client's CONNECT, which is returned. */
static char *
take_connect (Fixture *fixture, RawServer *raw)
{
  g_autofree char *text = NULL;

  fixture_wait (fixture, raw_server_serve (raw));
  raw_send_frame (raw->guest, FALSE, RAW_HANDSHAKE);
  while (text == NULL) {
    g_main_context_iteration (fixture->context, TRUE);
    text = last_text (raw);
  }
  return g_steal_pointer (&text);
}

static void
test_recovery (Fixture *fixture, gconstpointer data)
{
  RawServer *raw = raw_server_new ();
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u", raw->port);
  g_autoptr (SioManager) manager = sio_manager_new (uri);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  g_autoptr (GSource) ticks = g_timeout_source_new (5);
  g_autoptr (JsonNode) auth = json ("{\"token\":1}");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  Log log;

  g_source_set_callback (ticks, tick, NULL, NULL);
  g_source_attach (ticks, fixture->context);
  log_watch (&log, socket);
  g_object_set (manager, "reconnection-delay", 10, NULL);
  sio_socket_set_auth (socket, auth);
  sio_socket_connect (socket);
  first = take_connect (fixture, raw);
  g_assert_cmpstr (first, ==, "0{\"token\":1}");
  raw_send_frame (raw->guest, FALSE, "40{\"sid\":\"a\",\"pid\":\"p\"}");
  raw_send_frame (raw->guest, FALSE, "42[\"e\",1,\"o1\"]");
  fixture_wait (fixture, log.events == 1);
  g_assert_false (sio_socket_get_recovered (socket));

  g_clear_pointer (&raw->guest, raw_free);
  fixture_wait (fixture, log.disconnects == 1);
  second = take_connect (fixture, raw);
  g_assert_cmpstr (
      second, ==, "0{\"pid\":\"p\",\"offset\":\"o1\",\"token\":1}");
  raw_send_frame (raw->guest, FALSE, "40{\"sid\":\"a\",\"pid\":\"p\"}");
  raw_send_frame (raw->guest, FALSE, "42[\"missed\",\"o2\"]");
  fixture_wait (fixture, log.events == 2);
  g_assert_true (sio_socket_get_recovered (socket));
  g_assert_nonnull (strstr (log.lines->str, "event missed [\"o2\"]\n"));

  /* Whoever leaves has nothing to come back to. */
  sio_socket_disconnect (socket);
  g_clear_pointer (&raw->guest, raw_free);
  sio_socket_connect (socket);
  third = take_connect (fixture, raw);
  g_assert_cmpstr (third, ==, "0{\"token\":1}");
  log_clear (&log);
  g_clear_object (&manager);
  raw_server_free (raw);
  g_source_destroy (ticks);
}

#define ADD(name, func)                                                 \
  g_test_add ("/exchange/" name, Fixture, NULL, (gpointer) setup, func, \
      (gpointer) teardown)

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  fixture_tear_down (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("binary", test_binary);
  ADD ("auth-at-once", test_auth_at_once);
  ADD ("auth-later", test_auth_later);
  ADD ("volatile", test_volatile);
  ADD ("volatile-when-busy", test_volatile_when_busy);
  ADD ("unhandled", test_unhandled);
  ADD ("recovery", test_recovery);
  g_test_add_func ("/exchange/unhandled/subprocess", test_unhandled_in_process);
  return g_test_run ();
}
