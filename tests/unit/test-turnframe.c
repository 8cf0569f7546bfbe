/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turnframe.h"

#include "common/testlog.h"

#include <string.h>

#define COOKIE "\x21\x12\xa4\x42"
#define ID "twelve bytes"
#define REALM        \
  "\x00\x14\x00\x05" \
  "north"            \
  "\0\0\0"
#define ERROR_401 "\x00\x09\x00\x04\x00\x00\x04\x01"
#define ERROR_300 "\x00\x09\x00\x04\x00\x00\x03\x00"
#define ALTERNATE "\x80\x23\x00\x08\x00\x01\x0d\x96\xc6\x12\x00\x01"

#define GRANTED "\x01\x03\x00\x00" COOKIE ID
#define UNAUTHORIZED "\x01\x13\x00\x14" COOKIE ID ERROR_401 REALM
#define INDICATION "\x00\x17\x00\x0c" COOKIE ID "\x00\x13\x00\x07media 1\0"
#define CHANNEL "\x40\x00\x00\x05media\0\0\0"
#define CHANNEL_END "\x4f\xff\x00\x00"

typedef struct {
  const char *bytes;
  gsize size;
  TurnFrames frames;
  gsize whole;
} Case;

#define CASE(bytes, frames, whole)           \
  {                                          \
    bytes, sizeof (bytes) - 1, frames, whole \
  }
#define GOOD(bytes) CASE (bytes, TURN_FRAMES_GOOD, sizeof (bytes) - 1)
#define PART(bytes, whole) CASE (bytes, TURN_FRAMES_GOOD, whole)
#define REDIRECT(bytes, whole) CASE (bytes, TURN_FRAMES_REDIRECT, whole)
#define NONSENSE(bytes, whole) CASE (bytes, TURN_FRAMES_NONSENSE, whole)

static const Case cases[] = {
  GOOD (""),
  GOOD (GRANTED),
  GOOD (UNAUTHORIZED),
  GOOD (INDICATION),
  GOOD (CHANNEL),
  GOOD (CHANNEL CHANNEL_END CHANNEL GRANTED UNAUTHORIZED CHANNEL),
  /* The padding is part of it, and what is after it is not yet one. */
  PART ("\x40\x00\x00\x05media\0\0", 0),
  PART (CHANNEL "\x40\x00\x00", 12),
  PART (GRANTED "\x01\x03\x00\x00\x21\x12", 20),
  PART ("\x40\x00\xff\xfcmedia", 0),
  /* An error of another method, and one without its code. */
  REDIRECT ("\x01\x14\x00\x14" COOKIE ID ERROR_300 ALTERNATE, 0),
  REDIRECT ("\x01\x13\x00\x14" COOKIE ID ERROR_300 ALTERNATE CHANNEL, 0),
  REDIRECT (CHANNEL "\x01\x13\x00\x08" COOKIE ID ERROR_300, 12),
  REDIRECT (
      "\x01\x13\x00\x14" COOKIE ID REALM "\x00\x09\x00\x04\0\0\x03\x63", 0),
  REDIRECT ("\x01\x13\x00\x14" COOKIE ID ERROR_401 ALTERNATE, 0),
  REDIRECT ("\x01\x13\x00\x0c" COOKIE ID ALTERNATE, 0),
  /* Reserved bits are not looked at (RFC 8489, section 14.8). */
  REDIRECT ("\x01\x13\x00\x08" COOKIE ID "\x00\x09\x00\x04\xff\xff\xfb\x00", 0),
  /* What is no error may have the attribute, and a peer may say anything. */
  GOOD ("\x01\x03\x00\x0c" COOKIE ID ALTERNATE),
  GOOD ("\x40\x00\x00\x1c\x01\x13\x00\x08" COOKIE ID ERROR_300),
  NONSENSE ("SSH-2.0-OpenSSH", 0),
  NONSENSE ("220 mail.example.org", 0),
  /* That would be a long message on channel 0x4854, and is waited for. */
  PART ("HTTP/1.1 400 Bad Request", 0),
  NONSENSE ("\x01\x03\x00\x02" COOKIE ID "\0\0", 0),
  NONSENSE ("\x01\x03\x00\x00\x21\x12\xa4\x43", 0),
  NONSENSE (CHANNEL "\x50\x00\x00\x00", 12),
  NONSENSE (CHANNEL "\x80\x00\x00\x00", 12),
  NONSENSE (CHANNEL "\xc0\x00\x00\x00", 12),
  /* More than there is room for at libnice's. */
  NONSENSE ("\x40\x00\xff\xff", 0),
  NONSENSE ("\x01\x03\xff\xfc", 0),
  /* Attributes that end behind the message. */
  NONSENSE ("\x01\x13\x00\x08" COOKIE ID "\x00\x09\x00\x05\x00\x00\x04\x01", 0),
  NONSENSE ("\x01\x13\x00\x04" COOKIE ID "\x00\x09\x00\x00", 0),
  NONSENSE ("\x01\x13\x00\x08" COOKIE ID "\x80\x22\xff\xff\0\0\0\0", 0),
};

/* As long as there is: what is read behind it is found by the instruments. */
static TurnFrames
check (const char *bytes, gsize size, gsize *whole)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, size);

  return turn_frames_check (copy, size, whole);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize whole = 1;

    g_test_message ("case %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (
        check (cases[i].bytes, cases[i].size, &whole), ==, cases[i].frames);
    g_assert_cmpuint (whole, ==, cases[i].whole);
  }
}

/* The same is found wherever it is cut: never less care, and nothing of a message
 * that is not to be handed on. */
static void
test_pieces (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    TurnFrames frames = TURN_FRAMES_GOOD;
    gsize at = 0;

    for (gsize size = 0; size <= cases[i].size && frames == TURN_FRAMES_GOOD;
         size++) {
      gsize whole = 0;

      frames = check (cases[i].bytes + at, size - at, &whole);
      at += whole;
      g_assert_cmpuint (at, <=, size);
    }
    g_assert_cmpint (frames, ==, cases[i].frames);
    g_assert_cmpuint (at, ==, cases[i].whole);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/turnframe/cases", test_cases);
  g_test_add_func ("/turnframe/pieces", test_pieces);
  return g_test_run ();
}
