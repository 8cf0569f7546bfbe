/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"

#include "common/testcheck.h"

/* How long what must come may take; a machine with other work to do makes a
 * call of three take 10 s to begin. */
#define PATIENCE 30

/* Loudest 100 ms of a voice, and what is left of it elsewhere. */
#define TONE_HEARD (-30.0)
#define TONE_ABSENT (-50.0)

#define BLACK 20.0

/**
 * call_check_add_mix:
 * @member: the member
 * @pad: one of its outputs, audio or video
 *
 * Returns: (transfer none): its meter, which knows the tones
 */
MediaMeter *
call_check_add_mix (CallMember *member, const char *pad)
{
  gboolean audio = g_str_has_prefix (pad, "audio");
  MediaMeter *meter = call_member_add_output (
      member, pad, audio ? CALL_CHECK_AUDIO_CAPS : CALL_CHECK_VIDEO_CAPS);

  for (guint tone = 0; audio && tone < CALL_N_TONES; tone++)
    fail_unless_equals_int (
        media_meter_add_tone (meter, 440.0 * (tone + 1)), tone);
  return meter;
}

/* Returns: (transfer full): a member with the two mixes */
CallMember *
call_check_member (const char *room, const char *properties, const char *inputs)
{
  CallMember *member = call_member_new (room, properties, inputs);

  call_check_add_mix (member, "video_mix");
  call_check_add_mix (member, "audio_mix");
  return member;
}

/**
 * call_check_add_input:
 * @member: the member
 * @pad: name of a sink pad of the roomcallbin to request
 * @description: what feeds it, as gst-launch has it
 *
 * Returns: (transfer none): the bin that feeds it, running if the member does
 */
GstElement *
call_check_add_input (
    CallMember *member, const char *pad, const char *description)
{
  g_autoptr (GError) error = NULL;
  /* Caps at the end are no element, to which a pad could belong. */
  g_autofree char *text = g_strconcat (description, " ! identity", NULL);
  GstElement *input = gst_parse_bin_from_description (text, TRUE, &error);

  g_assert_no_error (error);
  gst_bin_add (GST_BIN (call_member_get_pipeline (member)), input);
  g_assert_true (
      gst_element_link_pads (input, "src", call_member_get_call (member), pad));
  gst_element_sync_state_with_parent (input);
  return input;
}

/* Ends what feeds @pad, and gives the pad back. */
void
call_check_remove_input (CallMember *member, const char *pad, GstElement *input)
{
  GstElement *call = call_member_get_call (member);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (call, pad);

  gst_element_set_state (input, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (call_member_get_pipeline (member)), input);
  gst_element_release_request_pad (call, sink_pad);
}

static void
add_name (const GValue *item, gpointer data)
{
  GstElement *element = g_value_get_object (item);
  GstElementFactory *of = gst_element_get_factory (element);
  g_autofree char *name = gst_object_get_name (GST_OBJECT (element));
  g_autofree char *text =
      g_strdup_printf ("%s:%s", of != NULL ? GST_OBJECT_NAME (of) : "", name);

  g_strv_builder_add (data, text);
}

/**
 * call_check_list:
 * @member: the member
 *
 * Returns: (transfer full): the elements that its roomcallbin has inside, as
 *   "factory:name"
 */
GStrv
call_check_list (CallMember *member)
{
  g_autoptr (GstIterator) it =
      gst_bin_iterate_recurse (GST_BIN (call_member_get_call (member)));

  for (;;) {
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    if (gst_iterator_foreach (it, add_name, builder) != GST_ITERATOR_RESYNC)
      return g_strv_builder_end (builder);
    gst_iterator_resync (it);
  }
}

/**
 * call_check_count:
 * @member: the member
 * @factory: of the elements to count
 *
 * Returns: how many of them its roomcallbin has inside
 */
guint
call_check_count (CallMember *member, const char *factory)
{
  g_auto (GStrv) names = call_check_list (member);
  g_autofree char *prefix = g_strconcat (factory, ":", NULL);
  guint n = 0;

  for (char **name = names; *name != NULL; name++)
    n += g_str_has_prefix (*name, prefix);
  return n;
}

static void
fail_at (const char *where, MediaMeter *meter, const char *what)
{
  MediaReading reading;
  g_autofree char *text = NULL;

  media_meter_read (meter, &reading);
  text = media_reading_to_string (&reading);
  fail ("%s: %s: %s", where, what, text);
}

void
call_check_connected_at (CallMember *member, guint n, const char *where)
{
  if (!call_member_wait_count (member, "roomcall/peer-state", "state",
          "connected", n, test_deadline (PATIENCE)))
    fail ("%s: %u of %u connections came about", where,
        call_member_count (member, "roomcall/peer-state", "state", "connected"),
        n);
}

static gboolean
is_moving (const MediaReading *reading, gconstpointer data)
{
  return reading->buffers >= 15 && reading->changed >= 10;
}

void
call_check_moving_at (CallMember *member, const char *pad, const char *where)
{
  MediaMeter *meter = call_member_get_meter (member, pad);

  media_meter_reset (meter);
  if (!media_meter_wait (meter, is_moving, NULL, test_deadline (PATIENCE)))
    fail_at (where, meter, "the picture does not move");
}

void
call_check_tile_at (CallMember *member, const char *pad, guint tile,
    guint n_tiles, const char *where)
{
  MediaMeter *meter = call_member_get_meter (member, pad);
  double left = (tile + 0.2) / n_tiles, right = (tile + 0.8) / n_tiles;

  media_meter_set_region (meter, left, 0.2, right, 0.8);
  call_check_moving_at (member, pad, where);
  media_meter_set_region (meter, 0, 0, 1, 1);
}

static gboolean
is_black (const MediaReading *reading, gconstpointer data)
{
  return reading->buffers >= 5 && reading->luma < BLACK;
}

void
call_check_black_at (CallMember *member, const char *pad, const char *where)
{
  MediaMeter *meter = call_member_get_meter (member, pad);

  media_meter_reset (meter);
  if (!media_meter_wait (meter, is_black, NULL, test_deadline (PATIENCE)))
    fail_at (where, meter, "the picture is not black");
}

static gboolean
is_bright (const MediaReading *reading, gconstpointer data)
{
  return reading->buffers >= 5 && reading->luma > BLACK;
}

void
call_check_bright_at (CallMember *member, const char *pad, const char *where)
{
  MediaMeter *meter = call_member_get_meter (member, pad);

  media_meter_reset (meter);
  if (!media_meter_wait (meter, is_bright, NULL, test_deadline (PATIENCE)))
    fail_at (where, meter, "the picture stays black");
}

void
call_check_voices_at (
    CallMember *member, const char *pad, guint n, const char *where)
{
  MediaMeter *meter = call_member_get_meter (member, pad);
  gint64 deadline = test_deadline (PATIENCE);

  while (call_check_count (member, "audiospectrumviz") != n) {
    media_meter_reset (meter);
    if (g_get_monotonic_time () > deadline
        || !media_meter_wait_buffers (meter, 5, deadline))
      fail_at (where, meter, "voices are shown that should not be, or none");
  }
  if (n > 0)
    call_check_bright_at (member, pad, where);
}

void
call_check_hears_at (
    CallMember *member, const char *pad, guint tones, const char *where)
{
  MediaMeter *meter = call_member_get_meter (member, pad);
  gint64 deadline = test_deadline (PATIENCE);
  const guint64 half_a_second = 50; /* buffers */
  guint heard = ~tones, blurred = 0;

  while (heard != tones || blurred != 0) {
    if (g_get_monotonic_time () > deadline)
      fail ("%s: tones %x are heard, %x a little, not %x", where, heard,
          blurred, tones);
    media_meter_reset (meter);
    if (!media_meter_wait_buffers (meter, half_a_second, deadline))
      fail ("%s: no %u buffers of sound; before, tones %x were heard, %x a "
            "little, not %x",
          where, (guint) half_a_second, heard, blurred, tones);
    heard = blurred = 0;
    for (guint tone = 0; tone < CALL_N_TONES; tone++) {
      double level = media_meter_tone (meter, tone);

      heard |= level > TONE_HEARD ? 1u << tone : 0;
      blurred |= level > TONE_ABSENT && level <= TONE_HEARD ? 1u << tone : 0;
    }
  }
}

void
call_check_pair_at (CallMember *a, CallMember *b, const char *where)
{
  call_check_hears_at (a, "audio_mix", CALL_TONE_880, where);
  call_check_hears_at (b, "audio_mix", CALL_TONE_440, where);
  call_check_moving_at (a, "video_mix", where);
  call_check_moving_at (b, "video_mix", where);
}

void
call_check_play_in_turn_at (CallMember *a, CallMember *b, const char *where)
{
  call_member_play (a);
  if (!call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)))
    fail ("%s: the first one does not join", where);
  call_member_play (b);
}
