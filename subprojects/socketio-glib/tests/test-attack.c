/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attacks.h"
#include "fixture.h"
#include "server-process.h"

#include <sys/resource.h>
#include <unistd.h>

/* While somebody attacks a server, what it takes of the machine stays small, and
 * an honest client of it notices nothing.
 *
 * For how long the server, or the client itself, waited for a processor that
 * others had is no fault of the server's, and does not count in a round trip. */

#define MAX_GROWTH (64 * 1024 * 1024)
#define MAX_ROUND_TRIP_US (100 * 1000)
/* Below what a client may send. */
#define PERIOD_MS 25

static const char *program; /* plain-server */

typedef struct {
  SioManager *manager;
  SioSocket *socket;
} Honest;

typedef struct {
  Fixture base;
  ServerProcess server;
  Honest honest;
  GSource *rounds;
  gint64 asked; /* 0 = not waiting; monotonic time, in us as all of them */
  gint64 server_waited; /* for a processor, up to then */
  gint64 own_waited;
  GArray *round_trips; /* of gint64 */
  gint64 longest;      /* with what was waited for a processor */

  Honest newcomer; /* who comes while it goes on */
  gint64 came;
  guint newcomers;
  gint64 slowest; /* of them, in us */

  GPtrArray *threads;
  gint running; /* attacks, atomic */
} Siege;

static void
honest_init (Honest *self, guint port)
{
  static const char *const transports[] = { "websocket", NULL };
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u", port);

  *self = (Honest){ .manager = sio_manager_new (uri) };
  g_object_set (self->manager, "transports", transports, "reconnection-delay",
      10, "reconnection-delay-max", 100, NULL);
  self->socket = g_object_ref (sio_manager_get_socket (self->manager, NULL));
  sio_socket_connect (self->socket);
}

static void
honest_clear (Honest *self)
{
  if (self->socket == NULL)
    return;
  sio_socket_disconnect (self->socket);
  g_clear_object (&self->socket);
  g_clear_object (&self->manager);
}

static const char own_thread[] = "/proc/thread-self/schedstat";

/* Both may have waited at the same time, so not for both together. */
static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Siege *siege = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
      sio_socket_emit_with_ack_finish (SIO_SOCKET (source), result, &error);
  gint64 took = g_get_monotonic_time () - siege->asked;
  gint64 server =
      server_process_get_waited (&siege->server) - siege->server_waited;
  gint64 own = scheduler_get_waited (own_thread) - siege->own_waited;
  gint64 worth = took - MAX (server, own);

  g_assert_no_error (error);
  g_assert_nonnull (answer);
  siege->longest = MAX (siege->longest, took);
  g_array_append_val (siege->round_trips, worth);
  siege->asked = 0;
}

static void
ask (Siege *siege)
{
  g_autoptr (JsonNode) args = json ("[{\"candidate\":\"udp 1 2 3\"}]");

  siege->server_waited = server_process_get_waited (&siege->server);
  siege->own_waited = scheduler_get_waited (own_thread);
  siege->asked = g_get_monotonic_time ();
  sio_socket_emit_with_ack_async (
      siege->honest.socket, "echo", args, 0, NULL, on_answer, siege);
}

static void
welcome_newcomer (Siege *siege)
{
  Honest *newcomer = &siege->newcomer;

  if (newcomer->socket != NULL && sio_socket_get_connected (newcomer->socket)) {
    siege->newcomers++;
    siege->slowest =
        MAX (siege->slowest, g_get_monotonic_time () - siege->came);
    honest_clear (newcomer);
  }
  if (newcomer->socket == NULL) {
    siege->came = g_get_monotonic_time ();
    honest_init (newcomer, siege->server.port);
  }
}

static gboolean
on_round (gpointer data)
{
  Siege *siege = data;

  welcome_newcomer (siege);
  if (siege->asked == 0)
    ask (siege);
  return G_SOURCE_CONTINUE;
}

static void
set_up (Siege *siege, gconstpointer data)
{
  g_autofree char *timeout =
      g_strdup_printf ("request-timeout=%d", ATTACKED_REQUEST_TIMEOUT);
  const char *const properties[] = { timeout, NULL };

  fixture_set_up (&siege->base);
  server_process_start (&siege->server, program, properties);
  honest_init (&siege->honest, siege->server.port);
  fixture_wait (&siege->base, sio_socket_get_connected (siege->honest.socket));
  siege->round_trips = g_array_new (FALSE, FALSE, sizeof (gint64));
  siege->threads =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_thread_join);
  siege->rounds = g_timeout_source_new (PERIOD_MS);
  g_source_set_callback (siege->rounds, on_round, siege, NULL);
  g_source_attach (siege->rounds, siege->base.context);
  /* What the first of everything takes is taken. */
  fixture_wait (&siege->base, siege->round_trips->len >= 10);
  g_array_set_size (siege->round_trips, 0);
  siege->longest = 0;
  server_process_forget_peak (&siege->server);
}

static void
tear_down (Siege *siege, gconstpointer data)
{
  g_source_destroy (siege->rounds);
  g_source_unref (siege->rounds);
  /* The honest one was never away. */
  g_assert_true (sio_socket_get_connected (siege->honest.socket));
  fixture_wait (&siege->base, siege->asked == 0);
  honest_clear (&siege->newcomer);
  honest_clear (&siege->honest);
  g_ptr_array_unref (siege->threads);
  server_process_stop (&siege->server);
  g_array_unref (siege->round_trips);
  fixture_tear_down (&siege->base);
}

typedef struct {
  Siege *siege;
  const Attack *attack;
} Soldier;

static gpointer
run_attack (gpointer data)
{
  g_autofree Soldier *soldier = data;
  Siege *siege = soldier->siege;

  /* An army has machines of its own, and does not take the server's. */
  if (siege->threads->len > 1)
    setpriority (PRIO_PROCESS, (id_t) gettid (), 19);
  soldier->attack->run (siege->server.port);
  g_atomic_int_add (&siege->running, -1);
  g_main_context_wakeup (siege->base.context);
  return NULL;
}

static void
begin_attack (Siege *siege, const Attack *attack)
{
  Soldier *soldier = g_new (Soldier, 1);

  *soldier = (Soldier){ siege, attack };
  g_atomic_int_inc (&siege->running);
  g_ptr_array_add (
      siege->threads, g_thread_new (attack->name, run_attack, soldier));
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/* Until the attacks are over, and a few round trips more. */
static void
sit_out (Siege *siege)
{
  gsize before = server_process_measure (&siege->server).peak;
  gsize growth;
  guint enough;
  gint64 *sorted;

  fixture_wait (&siege->base, g_atomic_int_get (&siege->running) == 0);
  enough = siege->round_trips->len + 4;
  fixture_wait (&siege->base, siege->round_trips->len >= enough);
  growth = server_process_measure (&siege->server).peak - before;
  g_array_sort (siege->round_trips, compare);
  sorted = (gint64 *) siege->round_trips->data;
  g_test_message (
      "memory +%.1f MiB; round trip %.2f ms, at worst %.2f ms of %u "
      "(%.2f ms with what others took); %u newcomers, %.1f ms",
      (double) growth / (1024 * 1024),
      (double) sorted[siege->round_trips->len / 2] / 1000,
      (double) sorted[siege->round_trips->len - 1] / 1000,
      siege->round_trips->len, (double) siege->longest / 1000, siege->newcomers,
      (double) siege->slowest / 1000);
  /* A server with a sanitizer in it is forty times slower, and keeps what was
   * freed for a while. */
  if (FIXTURE_SANITIZED)
    return;
  g_assert_cmpint (sorted[siege->round_trips->len - 1], <,
      MAX_ROUND_TRIP_US * fixture_time_factor ());
  g_assert_cmpuint (growth, <, MAX_GROWTH);
}

static void
test_attack (Siege *siege, gconstpointer data)
{
  begin_attack (siege, data);
  sit_out (siege);
  g_assert_cmpuint (siege->newcomers, >, 0);
}

/* All at a time, which takes all the places that its address has. */
static void
test_together (Siege *siege, gconstpointer data)
{
  for (const Attack *attack = attacks; attack->name != NULL; attack++)
    begin_attack (siege, attack);
  sit_out (siege);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  for (const Attack *attack = attacks; attack->name != NULL; attack++) {
    g_autofree char *path = g_strconcat ("/attack/", attack->name, NULL);

    g_test_add (path, Siege, attack, set_up, test_attack, tear_down);
  }
  g_test_add (
      "/attack/together", Siege, NULL, set_up, test_together, tear_down);
  return g_test_run ();
}
