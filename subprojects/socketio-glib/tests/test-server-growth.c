/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "host.h"

#include <malloc.h>

/* A server that has seen many clients is as large as one that has seen few. How
 * many is SIO_GROWTH_CONNECTS, for a run by hand. */

#define CONNECTS 150
/* Until every cache, pool and table has the size it keeps. */
#define WARM_UP 100
/* What malloc counts may be off by this much: a table that has grown, a string
 * that was interned. A leak of 50 bytes a connection is more in 1,000. */
#define SLACK_BYTES (48 * 1024)

typedef struct {
  guint descriptors;
  guint threads;
  gsize bytes;
} Size;

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static Size
measure (void)
{
  return (Size){
    .descriptors = count_entries ("/proc/self/fd"),
    .threads = count_entries ("/proc/self/task"),
    .bytes = mallinfo2 ().uordblks,
  };
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  sio_manager_close_finish (SIO_MANAGER (source), result);
  *(gboolean *) data = TRUE;
}

static gboolean
is_carried_by (SioManager *manager, const char *name)
{
  g_autofree char *transport = NULL;

  g_object_get (manager, "transport", &transport, NULL);
  return g_strcmp0 (transport, name) == 0;
}

/* One client comes, is answered once it has the transport it is to have, and
 * goes. */
static void
visit (Fixture *fixture, SioServer *server, const char *const *transports)
{
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  const char *last = transports[g_strv_length ((GStrv) transports) - 1];
  g_autoptr (JsonNode) args = json ("[1,{\"a\":\"b\"}]");
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean closed = FALSE;

  g_object_set (manager, "transports", transports, NULL);
  sio_socket_connect (socket);
  fixture_wait (fixture,
      sio_socket_get_connected (socket) && is_carried_by (manager, last));
  sio_socket_emit_with_ack_async (
      socket, "echo", args, 20000, NULL, on_result, &result);
  fixture_wait (fixture, result != NULL);
  answer = sio_socket_emit_with_ack_finish (socket, result, &error);
  g_assert_no_error (error);
  sio_manager_close_async (manager, on_closed, &closed);
  fixture_wait (fixture, closed);
}

static void
visit_often (
    Fixture *fixture, Host *host, const char *const *transports, guint times)
{
  for (guint i = 0; i < times; i++) {
    visit (fixture, host->server, transports);
    g_string_truncate (host->lines, 0);
  }
  /* The last is gone at the server, too. */
  while (host->socket != NULL && sio_server_socket_get_connected (host->socket))
    fixture_linger (fixture, 5);
}

static void
test_growth (Fixture *fixture, gconstpointer data)
{
  const char *wanted = g_getenv ("SIO_GROWTH_CONNECTS");
  guint times =
      wanted != NULL ? (guint) g_ascii_strtoull (wanted, NULL, 10) : CONNECTS;
  g_auto (GStrv) transports = g_strsplit (data, ",", -1);
  g_autoptr (SioServer) server = server_new ();
  Host host;
  Size before, after;

  host_watch (&host, server);
  visit_often (fixture, &host, (const char *const *) transports, WARM_UP);
  before = measure ();
  visit_often (fixture, &host, (const char *const *) transports, times);
  after = measure ();
  /* What is on its way out has its time. */
  while (after.descriptors > before.descriptors) {
    fixture_linger (fixture, 20);
    after = measure ();
  }
  g_test_message ("%s, %u connects: descriptors %u to %u, threads %u to %u, "
                  "bytes %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT,
      (const char *) data, times, before.descriptors, after.descriptors,
      before.threads, after.threads, before.bytes, after.bytes);
  g_assert_cmpuint (host.connections, ==, WARM_UP + times);
  g_assert_cmpuint (after.threads, <=, before.threads);
  /* Sanitizers have a malloc of their own, which counts nothing here. */
  g_assert_cmpuint (after.bytes, <=, before.bytes + SLACK_BYTES);
  host_clear (&host);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fixture_tear_down (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/server-growth/websocket", Fixture, "websocket", set_up,
      test_growth, tear_down);
  g_test_add ("/server-growth/polling", Fixture, "polling", set_up, test_growth,
      tear_down);
  g_test_add ("/server-growth/upgrade", Fixture, "polling,websocket", set_up,
      test_growth, tear_down);
  return g_test_run ();
}
