/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-ack-table.h>
#include <sio/sio-error.h>
#include <sio/sio-json-reader.h>

typedef struct {
  guint done;
  GError *error;
  JsonNode *answer;
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->done++;
  outcome->answer = g_task_propagate_pointer (G_TASK (result), &outcome->error);
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_error (&outcome->error);
  g_clear_pointer (&outcome->answer, json_node_unref);
  outcome->done = 0;
}

static guint64
add (SioAckTable *table, GCancellable *cancellable, guint timeout,
    Outcome *outcome)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, on_done, outcome);
  guint64 id;

  g_assert_true (sio_ack_table_add (table, task, timeout, 4096, &id, NULL));
  return id;
}

static void
run_until_done (Outcome *outcome)
{
  while (outcome->done == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_answers (void)
{
  g_autoptr (SioAckTable) table = sio_ack_table_new (g_main_context_default ());
  g_autoptr (JsonNode) answer = sio_json_parse ("[1]", -1, NULL);
  Outcome outcome = { 0 };
  guint64 id = add (table, NULL, 0, &outcome);

  g_assert_true (sio_ack_table_contains (table, id));
  sio_ack_table_resolve (table, id + 1, answer);
  sio_ack_table_resolve (table, id, answer);
  sio_ack_table_resolve (table, id, answer);
  run_until_done (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.answer == answer);
  g_assert_false (sio_ack_table_contains (table, id));
  outcome_clear (&outcome);
}

static void
test_timeout (void)
{
  g_autoptr (SioAckTable) table = sio_ack_table_new (g_main_context_default ());
  Outcome outcome = { 0 };

  add (table, NULL, 1, &outcome);
  run_until_done (&outcome);
  g_assert_error (outcome.error, SIO_ERROR, SIO_ERROR_TIMED_OUT);
  outcome_clear (&outcome);
}

static void
test_cancelled (void)
{
  g_autoptr (SioAckTable) table = sio_ack_table_new (g_main_context_default ());
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { 0 };
  guint64 id = add (table, cancellable, 0, &outcome);

  g_cancellable_cancel (cancellable);
  run_until_done (&outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (sio_ack_table_contains (table, id));
  outcome_clear (&outcome);
}

static void
test_packets (void)
{
  g_autoptr (SioAckTable) table = sio_ack_table_new (g_main_context_default ());
  g_autoptr (JsonNode) answer = sio_json_parse ("[1]", -1, NULL);
  SioPacket packet = { .type = SIO_PACKET_ACK, .payload = answer };
  Outcome first = { 0 };
  Outcome second = { 0 };

  packet.id = SIO_PACKET_NO_ID;
  sio_ack_table_handle (table, &packet);
  packet.id = add (table, NULL, 0, &first);
  sio_ack_table_handle (table, &packet);
  run_until_done (&first);
  g_assert_no_error (first.error);
  g_assert_cmpint (
      json_array_get_length (json_node_get_array (first.answer)), ==, 1);
  packet.id = add (table, NULL, 0, &second);
  packet.type = SIO_PACKET_BINARY_ACK;
  packet.attachments = 1;
  sio_ack_table_handle (table, &packet);
  run_until_done (&second);
  g_assert_no_error (second.error);
  outcome_clear (&first);
  outcome_clear (&second);
}

static void
test_fail_lost (void)
{
  g_autoptr (SioAckTable) table = sio_ack_table_new (g_main_context_default ());
  Outcome sent = { 0 };
  Outcome unsent = { 0 };
  guint64 id = add (table, NULL, 0, &sent);

  add (table, NULL, 0, &unsent);
  sio_ack_table_mark_sent (table, id);
  sio_ack_table_fail_lost (table, TRUE);
  run_until_done (&sent);
  g_assert_error (sent.error, SIO_ERROR, SIO_ERROR_DISCONNECTED);
  g_assert_cmpuint (unsent.done, ==, 0);
  sio_ack_table_fail_lost (table, FALSE);
  run_until_done (&unsent);
  g_assert_error (unsent.error, SIO_ERROR, SIO_ERROR_DISCONNECTED);
  outcome_clear (&sent);
  outcome_clear (&unsent);
}

static void
test_limit (void)
{
  g_autoptr (SioAckTable) table = sio_ack_table_new (g_main_context_default ());
  g_autoptr (GError) gone =
      g_error_new_literal (SIO_ERROR, SIO_ERROR_DISCONNECTED, "gone");
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint64 id;
  guint count = 0;

  while (sio_ack_table_add (table, task, 0, 4096, &id, &error))
    count++;
  g_assert_error (error, SIO_ERROR, SIO_ERROR_QUEUE_FULL);
  g_assert_cmpuint (count, ==, 4096);
  sio_ack_table_free (g_steal_pointer (&table));
  g_task_return_error (task, g_steal_pointer (&gone));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ack-table/answers", test_answers);
  g_test_add_func ("/ack-table/timeout", test_timeout);
  g_test_add_func ("/ack-table/cancelled", test_cancelled);
  g_test_add_func ("/ack-table/packets", test_packets);
  g_test_add_func ("/ack-table/fail-lost", test_fail_lost);
  g_test_add_func ("/ack-table/limit", test_limit);
  return g_test_run ();
}
