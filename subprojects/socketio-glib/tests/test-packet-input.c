/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-packet-input.h>

#include <string.h>

typedef struct {
  SioPacketInput *input;
  guint packets;
  GError *error;
} Sink;

static void
on_packet (gpointer data, SioPacket *packet)
{
  Sink *sink = data;

  sink->packets++;
}

static void
on_broken (gpointer data, const GError *error)
{
  Sink *sink = data;

  g_assert_no_error (sink->error);
  sink->error = g_error_copy (error);
}

static const SioPacketInputHandler handler = {
  .packet = on_packet,
  .broken = on_broken,
};

static void
sink_init (Sink *sink, SioLimits *limits, gboolean strict)
{
  *sink = (Sink){ NULL };
  sink->input = sio_packet_input_new (
      g_main_context_default (), limits, strict, &handler, sink);
}

static void
sink_clear (Sink *sink)
{
  sio_packet_input_free (sink->input);
  g_clear_error (&sink->error);
}

static void
feed (Sink *sink, const char *text)
{
  sio_packet_input_text (sink->input, text, strlen (text));
}

static void
test_attachments_in_time (void)
{
  g_autoptr (SioLimits) limits = sio_limits_new ();
  Sink sink;

  sink_init (&sink, limits, FALSE);
  feed (&sink, "51-[\"a\"]");
  g_assert_cmpuint (sink.packets, ==, 0);
  sio_packet_input_binary (sink.input, "x", 1);
  g_assert_cmpuint (sink.packets, ==, 1);
  /* Nothing waits any more. */
  g_assert_false (g_main_context_pending (NULL));
  sink_clear (&sink);
}

static void
test_attachments_overdue (void)
{
  g_autoptr (SioLimits) limits = sio_limits_new ();
  Sink sink;

  g_object_set (limits, "attachment-timeout", 30, NULL);
  sink_init (&sink, limits, FALSE);
  feed (&sink, "52-[\"a\"]");
  sio_packet_input_binary (sink.input, "x", 1);
  while (sink.error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (sink.error, SIO_ERROR, SIO_ERROR_TIMED_OUT);
  g_assert_cmpuint (sink.packets, ==, 0);
  sink_clear (&sink);
}

/* A client loses such a packet alone, a server its client. */
static void
test_too_large (gconstpointer data)
{
  gboolean strict = GPOINTER_TO_INT (data);
  g_autoptr (SioLimits) limits = sio_limits_new ();
  Sink sink;

  g_object_set (limits, "max-json-depth", 2, NULL);
  sink_init (&sink, limits, strict);
  if (!strict)
    g_test_expect_message (
        "sio", G_LOG_LEVEL_MESSAGE, "a packet was not delivered*");
  feed (&sink, "2[\"a\",[[]]]");
  if (strict) {
    g_assert_error (sink.error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
  } else {
    g_test_assert_expected_messages ();
    g_assert_no_error (sink.error);
    feed (&sink, "2[\"a\",[]]");
    g_assert_cmpuint (sink.packets, ==, 1);
  }
  sink_clear (&sink);
}

static void
test_broken (void)
{
  g_autoptr (SioLimits) limits = sio_limits_new ();
  Sink sink;

  sink_init (&sink, limits, FALSE);
  feed (&sink, "9");
  g_assert_error (sink.error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  sink_clear (&sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/packet-input/attachments-in-time", test_attachments_in_time);
  g_test_add_func (
      "/packet-input/attachments-overdue", test_attachments_overdue);
  g_test_add_data_func (
      "/packet-input/too-large", GINT_TO_POINTER (FALSE), test_too_large);
  g_test_add_data_func (
      "/packet-input/too-large-strict", GINT_TO_POINTER (TRUE), test_too_large);
  g_test_add_func ("/packet-input/broken", test_broken);
  return g_test_run ();
}
