/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turnframe.h"

/* RFC 8489, section 5. */
#define STUN_HEADER_LENGTH 20
#define STUN_COOKIE 0x2112a442u
#define STUN_CLASS_MASK 0x0110
#define STUN_CLASS_ERROR 0x0110
/* RFC 8489, section 18.3. */
#define ATTRIBUTE_ERROR_CODE 0x0009
#define ATTRIBUTE_ALTERNATE_SERVER 0x8023
#define ATTRIBUTE_HEADER_LENGTH 4
/* RFC 8656, sections 12 and 12.4: channels are 0x4000 to 0x4fff. */
#define CHANNEL_HEADER_LENGTH 4
#define CHANNEL_MASK 0xf0
#define CHANNEL_BITS 0x40

static guint
read_16 (const guint8 *bytes)
{
  return (guint) bytes[0] << 8 | bytes[1];
}

/* To the next multiple of four. */
static gsize
pad (gsize length)
{
  return (length + 3) & ~(gsize) 3;
}

/* Its length, padding included; 0: it is neither. @size: at least 4. */
static gsize
get_length (const guint8 *bytes, gsize size)
{
  const gsize length = read_16 (bytes + 2);
  guint32 cookie = STUN_COOKIE;

  if ((bytes[0] & CHANNEL_MASK) == CHANNEL_BITS)
    return pad (CHANNEL_HEADER_LENGTH + length);
  if ((bytes[0] & 0xc0) != 0 || length % 4 != 0)
    return 0;
  if (size >= 8)
    cookie = (guint32) read_16 (bytes + 4) << 16 | read_16 (bytes + 6);
  return cookie == STUN_COOKIE ? STUN_HEADER_LENGTH + length : 0;
}

/* An error response of the class 3 (RFC 8489, section 14.8: 300 Try Alternate is
 * the only one), or that has the attribute that goes with it: libnice goes by the
 * hundreds. */
static TurnFrames
check_error (const guint8 *message, gsize length)
{
  for (gsize at = STUN_HEADER_LENGTH; at < length;) {
    gsize value_length;

    if (length - at < ATTRIBUTE_HEADER_LENGTH)
      return TURN_FRAMES_NONSENSE;
    value_length = read_16 (message + at + 2);
    if (pad (value_length) > length - at - ATTRIBUTE_HEADER_LENGTH)
      return TURN_FRAMES_NONSENSE;
    switch (read_16 (message + at)) {
      case ATTRIBUTE_ALTERNATE_SERVER:
        return TURN_FRAMES_REDIRECT;
      case ATTRIBUTE_ERROR_CODE:
        if (value_length < 4)
          return TURN_FRAMES_NONSENSE;
        if ((message[at + ATTRIBUTE_HEADER_LENGTH + 2] & 0x7) == 3)
          return TURN_FRAMES_REDIRECT;
        break;
      default:
        break;
    }
    at += ATTRIBUTE_HEADER_LENGTH + pad (value_length);
  }
  return TURN_FRAMES_GOOD;
}

/**
 * turn_frames_check:
 * @bytes: (array length=size): what came, from the beginning of a message
 * @size: how much there is
 * @whole: (out): how many bytes at the beginning are whole messages, and good ones;
 *   what is behind them has to be shown again when there is more of it, which is
 *   never more than %TURN_FRAME_MAX
 *
 * Messages over TCP follow each other without anything between, and those of
 * channels are padded there (RFC 8656, section 12.5).
 *
 * Returns: what is there
 */
TurnFrames
turn_frames_check (const guint8 *bytes, gsize size, gsize *whole)
{
  *whole = 0;
  while (size - *whole >= CHANNEL_HEADER_LENGTH) {
    const guint8 *message = bytes + *whole;
    const gsize length = get_length (message, size - *whole);

    if (length == 0 || length > TURN_FRAME_MAX)
      return TURN_FRAMES_NONSENSE;
    if (length > size - *whole)
      break;
    if ((message[0] & 0xc0) == 0
        && (read_16 (message) & STUN_CLASS_MASK) == STUN_CLASS_ERROR) {
      const TurnFrames error = check_error (message, length);

      if (error != TURN_FRAMES_GOOD)
        return error;
    }
    *whole += length;
  }
  return TURN_FRAMES_GOOD;
}
