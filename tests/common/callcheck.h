/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/callmember.h"

/*
 * What call tests say of members again and again. A check that fails ends the
 * test at the line that made it.
 */

/* Wide, so that tiles are side by side: n of them in n columns, up to 4. */
#define CALL_CHECK_VIDEO_CAPS \
  "video/x-raw,format=I420,width=480,height=120,framerate=15/1"
#define CALL_CHECK_AUDIO_CAPS "audio/x-raw,format=S16LE,rate=48000,channels=2"

/* The tones that the checks tell apart: the members' voices. */
typedef enum {
  CALL_TONE_NONE = 0,
  CALL_TONE_440 = 1 << 0,
  CALL_TONE_880 = 1 << 1,
  CALL_TONE_1320 = 1 << 2,
  CALL_N_TONES = 3,
} CallTones;

MediaMeter *call_check_add_mix (CallMember *member, const char *pad);
CallMember *call_check_member (
    const char *room, const char *properties, const char *inputs);

/* @b comes second, so the roles that its signaller was given count. */
#define call_check_play_in_turn(a, b) \
  call_check_play_in_turn_at (a, b, G_STRLOC)

GstElement *call_check_add_input (
    CallMember *member, const char *pad, const char *description);
void call_check_remove_input (
    CallMember *member, const char *pad, GstElement *input);
GStrv call_check_list (CallMember *member);
guint call_check_count (CallMember *member, const char *factory);

/* @n: that many legs have reported "connected" so far. */
#define call_check_connected(member, n) \
  call_check_connected_at (member, n, G_STRLOC)
/* The picture moves: 10 of 15 frames differ. */
#define call_check_moving(member, pad) \
  call_check_moving_at (member, pad, G_STRLOC)
/* One of @n tiles side by side moves. */
#define call_check_tile(member, pad, tile, n) \
  call_check_tile_at (member, pad, tile, n, G_STRLOC)
/* The picture is black, or soon will be. */
#define call_check_black(member, pad) \
  call_check_black_at (member, pad, G_STRLOC)
/* The picture is not black, or soon will not be. */
#define call_check_bright(member, pad) \
  call_check_bright_at (member, pad, G_STRLOC)
/* @n voices are shown as pictures, or soon will be. */
#define call_check_voices(member, pad, n) \
  call_check_voices_at (member, pad, n, G_STRLOC)
/* What is heard is these tones and no other, or soon will be. */
#define call_check_hears(member, pad, tones) \
  call_check_hears_at (member, pad, tones, G_STRLOC)
/* Two are in a call: @a with the voice of 440 Hz, @b with that of 880 Hz, and both
 * with a picture. */
#define call_check_pair(a, b) call_check_pair_at (a, b, G_STRLOC)

void call_check_connected_at (CallMember *member, guint n, const char *where);
void call_check_moving_at (
    CallMember *member, const char *pad, const char *where);
void call_check_tile_at (CallMember *member, const char *pad, guint tile,
    guint n_tiles, const char *where);
void call_check_black_at (
    CallMember *member, const char *pad, const char *where);
void call_check_bright_at (
    CallMember *member, const char *pad, const char *where);
void call_check_voices_at (
    CallMember *member, const char *pad, guint n, const char *where);
void call_check_hears_at (
    CallMember *member, const char *pad, guint tones, const char *where);
void call_check_pair_at (CallMember *a, CallMember *b, const char *where);
void call_check_play_in_turn_at (
    CallMember *a, CallMember *b, const char *where);
