/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "blunt.h"
#include "fixture.h"
#include "server-process.h"

#include <string.h>
#include <unistd.h>

/* A server that has had thousands of visitors is as large as one that has had
 * hundreds, seen from outside: its file descriptors, its threads, its memory.
 * Every other visitor leaves without a word. test-server-growth.c asks the same
 * of the library's own client and of malloc, to the byte and of few.
 *
 * How many come is SIO_GROWTH_CONNECTS, for a run by hand. */

#define VISITORS (FIXTURE_SANITIZED ? 500 : 5000)
#define WARM_UP (FIXTURE_SANITIZED ? 100 : 500)
/* Memory comes in pages, and malloc does not use all of a page at once. A leak
 * of 52 bytes a visitor is as much. */
#define SLACK_BYTES (256 * 1024)
#define WATCHDOG_S 150
#define SETTLED_S 10

static const char *program; /* plain-server */

/* The answer to a request by a connection of its own. */
static char *
ask (guint port, const char *method, const char *sid, const char *body)
{
  g_autofree char *request = g_strdup_printf (
      "%s " BLUNT_ENGINE ("polling") "&sid=%s HTTP/1.1\r\nHost: localhost\r\n"
                                     "Content-Length: %" G_GSIZE_FORMAT
                                     "\r\n\r\n%s",
      method, sid, strlen (body), body);
  int fd = blunt_dial (port);
  char *answer;

  blunt_put_text (fd, request);
  answer = blunt_take (fd, NULL);
  close (fd);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200"));
  return answer;
}

static void
post (guint port, const char *sid, const char *body)
{
  g_free (ask (port, "POST", sid, body));
}

static void
poll_for (guint port, const char *sid, const char *text)
{
  g_autofree char *answer = ask (port, "GET", sid, "");

  g_assert_nonnull (strstr (answer, text));
}

static void
await (int fd, const char *text)
{
  g_autofree char *got = blunt_take (fd, text);

  g_assert_true (text == NULL || strstr (got, text) != NULL);
}

/* Asks something over a WebSocket, and leaves. */
static void
finish_websocket (int fd, gboolean polite)
{
  blunt_put_frame (fd, SIO_WS_TEXT, "420[\"a\",{\"b\":1}]");
  await (fd, "430[");
  if (polite) {
    blunt_put_frame (fd, SIO_WS_TEXT, "41");
    blunt_put_frame (fd, SIO_WS_CLOSE, "");
    await (fd, NULL);
  }
  close (fd);
}

static void
visit_by_websocket (guint port, gboolean polite)
{
  int fd = blunt_become_client (port);

  g_assert_cmpint (fd, >=, 0);
  finish_websocket (fd, polite);
}

static void
visit_by_polling (guint port, gboolean polite)
{
  g_autofree char *sid = blunt_open_session (port);
  g_autofree char *request = NULL;
  int fd;

  g_assert_nonnull (sid);
  post (port, sid, "40");
  poll_for (port, sid, "40{\"sid\":");
  post (port, sid, "420[\"a\",{\"b\":1}]");
  poll_for (port, sid, "430[");
  request = g_strdup_printf (
      BLUNT_HEAD ("GET", BLUNT_ENGINE ("polling") "&sid=%s") "\r\n", sid);
  fd = blunt_dial (port);
  blunt_put_text (fd, request);
  /* Else it gives up a poll that is held. */
  if (polite) {
    post (port, sid, "1");
    await (fd, NULL);
  }
  close (fd);
}

static void
visit_by_upgrade (guint port, gboolean polite)
{
  g_autofree char *sid = blunt_open_session (port);
  g_autofree char *request = NULL;
  int fd;

  g_assert_nonnull (sid);
  post (port, sid, "40");
  poll_for (port, sid, "40{\"sid\":");
  request =
      g_strdup_printf (BLUNT_HEAD ("GET", BLUNT_ENGINE ("websocket") "&sid=%s")
                           BLUNT_WEBSOCKET "\r\n",
          sid);
  fd = blunt_dial (port);
  blunt_put_text (fd, request);
  await (fd, "\r\n\r\n");
  blunt_put_frame (fd, SIO_WS_TEXT, "2probe");
  await (fd, "3probe");
  blunt_put_frame (fd, SIO_WS_TEXT, "5");
  finish_websocket (fd, polite);
}

typedef struct {
  const char *name;
  void (*visit) (guint port, gboolean polite);
} Way;

static const Way ways[] = {
  { "websocket", visit_by_websocket },
  { "polling", visit_by_polling },
  { "upgrade", visit_by_upgrade },
};

static guint
count_visitors (void)
{
  const char *wanted = g_getenv ("SIO_GROWTH_CONNECTS");

  return wanted != NULL ? (guint) g_ascii_strtoull (wanted, NULL, 10)
                        : VISITORS;
}

/* Once the last are gone. */
static ServerSize
measure (ServerProcess *server, guint descriptors)
{
  gint64 deadline = g_get_monotonic_time () + SETTLED_S * G_USEC_PER_SEC;
  ServerSize size = server_process_measure (server);

  while (size.descriptors > descriptors && g_get_monotonic_time () < deadline) {
    g_usleep (10 * 1000);
    size = server_process_measure (server);
  }
  return size;
}

static void
test_growth (gconstpointer data)
{
  const Way *way = data;
  guint count = count_visitors ();
  gint64 began = g_get_monotonic_time ();
  ServerProcess server;
  ServerSize none, before, after;

  alarm (WATCHDOG_S * fixture_time_factor ());
  server_process_start (&server, program, NULL);
  none = server_process_measure (&server);
  for (guint i = 0; i < WARM_UP; i++)
    way->visit (server.port, i % 2 == 0);
  before = measure (&server, none.descriptors);
  for (guint i = 0; i < count; i++)
    way->visit (server.port, i % 2 == 0);
  after = measure (&server, none.descriptors);
  alarm (0);
  g_test_message ("%s, %u visitors in %.1f s: descriptors %u to %u, threads %u "
                  "to %u, memory %.2f to %.2f MiB",
      way->name, count,
      (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC,
      before.descriptors, after.descriptors, before.threads, after.threads,
      (double) before.bytes / (1024 * 1024),
      (double) after.bytes / (1024 * 1024));
  g_assert_cmpuint (before.descriptors, ==, none.descriptors);
  g_assert_cmpuint (after.descriptors, ==, none.descriptors);
  g_assert_cmpuint (after.threads, <=, before.threads);
  /* Under a sanitizer what was freed is kept for a while. */
  if (!FIXTURE_SANITIZED)
    g_assert_cmpuint (after.bytes, <=, before.bytes + SLACK_BYTES);
  server_process_stop (&server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autofree char *path = g_strconcat ("/visitors/", ways[i].name, NULL);

    g_test_add_data_func (path, &ways[i], test_growth);
  }
  return g_test_run ();
}
