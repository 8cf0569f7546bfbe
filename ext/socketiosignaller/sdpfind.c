/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpfind.h"

#include <string.h>

#define FINGERPRINT_LINE "a=fingerprint:"
#define UFRAG_LINE "a=ice-ufrag:"
#define UFRAG_WORD " ufrag "
/* With BUNDLE all m-lines have the same one. */
#define MAX_UFRAGS 64

static char *
copy_word (const char *start, const char *end_marks)
{
  return g_strndup (start, strcspn (start, end_marks));
}

/**
 * sdp_find_fingerprint:
 * @sdp: an SDP
 *
 * Returns: (transfer full) (nullable): that of the certificate of its first m-line
 *   that has one (RFC 8122 section 5), which is its program's or connection's own.
 *   The o= line is no such sign: webrtcbin copies the offer's into its answer.
 */
char *
sdp_find_fingerprint (const char *sdp)
{
  const char *start = strstr (sdp, FINGERPRINT_LINE);

  return start == NULL ? NULL
                       : copy_word (start + strlen (FINGERPRINT_LINE), "\r\n");
}

/**
 * sdp_find_ufrags:
 * @sdp: an SDP
 *
 * Returns: (transfer full) (nullable): its ICE user name fragments
 */
char **
sdp_find_ufrags (const char *sdp)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

  for (const char *at = strstr (sdp, UFRAG_LINE);
       at != NULL && found->len < MAX_UFRAGS; at = strstr (at, UFRAG_LINE)) {
    at += strlen (UFRAG_LINE);
    g_ptr_array_add (found, copy_word (at, " \r\n"));
  }
  if (found->len == 0)
    return NULL;
  g_ptr_array_add (found, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&found), FALSE);
}

/**
 * sdp_find_ufrag:
 * @candidate: an ICE candidate
 *
 * Returns: (transfer full) (nullable): the user name fragment that it ends with
 */
char *
sdp_find_ufrag (const char *candidate)
{
  const char *start = strstr (candidate, UFRAG_WORD);

  return start == NULL ? NULL
                       : copy_word (start + strlen (UFRAG_WORD), " \r\n");
}
