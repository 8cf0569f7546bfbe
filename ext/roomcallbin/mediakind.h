/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MediaKind:
 * @MEDIA_AUDIO: m=audio over RTP
 * @MEDIA_VIDEO: m=video over RTP
 * @MEDIA_APPLICATION: the data channel
 * @MEDIA_OTHER: an m-line that is never negotiated, only counted
 *
 * What an m-line, a track or a branch carries.
 */
typedef enum {
  MEDIA_AUDIO,
  MEDIA_VIDEO,
  MEDIA_APPLICATION,
  MEDIA_OTHER,
} MediaKind;

/**
 * media_kind_to_string:
 * @kind: a #MediaKind
 *
 * Returns: (transfer none): the word that SDP and caps use for @kind
 *
 * Since: 0.1
 */
static inline const char *
media_kind_to_string (MediaKind kind)
{
  static const char *const names[] = { "audio", "video", "application",
    "other" };

  return (guint) kind < G_N_ELEMENTS (names) ? names[kind] : "other";
}

G_END_DECLS
