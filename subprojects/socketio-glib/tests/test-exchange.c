/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "host.h"

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
  return g_test_run ();
}
