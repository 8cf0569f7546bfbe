/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "turnframe.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize whole = 0, again = 0, at = 0;
  TurnFrames frames = turn_frames_check (data, size, &whole);
  TurnFrames in_pieces = TURN_FRAMES_GOOD;

  g_assert_true (whole <= size && whole % 4 == 0);
  if (frames == TURN_FRAMES_GOOD)
    g_assert_true (size - whole < TURN_FRAME_MAX);
  /* What is handed on is good by itself, and all of it. */
  g_assert_true (turn_frames_check (data, whole, &again) == TURN_FRAMES_GOOD);
  g_assert_true (again == whole);
  /* It comes in other pieces, and is the same. */
  for (gsize end = 0; end < size && in_pieces == TURN_FRAMES_GOOD;) {
    end = MIN (size, end + 1 + end % 7);
    in_pieces = turn_frames_check (data + at, end - at, &again);
    at += again;
  }
  g_assert_true (in_pieces == frames);
  g_assert_true (at == whole);
  return 0;
}
