/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest that libnice 0.1.21 has room for, and does not look after itself. */
#define TURN_FRAME_MAX 65536

/**
 * TurnFrames:
 * @TURN_FRAMES_GOOD: STUN messages and ChannelData messages
 * @TURN_FRAMES_REDIRECT: one that names another server to go to
 * @TURN_FRAMES_NONSENSE: something else than TURN over TCP
 *
 * What a TURN server says over TCP or TLS. Pure; it keeps nothing.
 */
typedef enum {
  TURN_FRAMES_GOOD,
  TURN_FRAMES_REDIRECT,
  TURN_FRAMES_NONSENSE,
} TurnFrames;

TurnFrames turn_frames_check (const guint8 *bytes, gsize size, gsize *whole);

G_END_DECLS
