/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-random-id.h"

#include <errno.h>
#include <sys/random.h>

/* 128 bits from the operating system, as 22 characters of base64url, which can
 * not be guessed; NULL if there are none to be had. */
char *
sio_random_id_new (void)
{
  guchar bytes[16];
  char *text;
  ssize_t count;

  do
    count = getrandom (bytes, sizeof bytes, 0);
  while (count < 0 && errno == EINTR);
  if (count != sizeof bytes)
    return NULL;
  text = g_base64_encode (bytes, sizeof bytes);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[22] = '\0'; /* the padding */
  return text;
}
