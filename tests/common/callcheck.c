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
      fail_at (where, meter, "there is no sound at all");
    heard = blurred = 0;
    for (guint tone = 0; tone < CALL_N_TONES; tone++) {
      double level = media_meter_tone (meter, tone);

      heard |= level > TONE_HEARD ? 1u << tone : 0;
      blurred |= level > TONE_ABSENT && level <= TONE_HEARD ? 1u << tone : 0;
    }
  }
}
