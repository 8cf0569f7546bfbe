/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "common/sdpsafe.h"
#include "sdpgate.h"
#include "sdpmunge.h"

/* An input may hold a second description behind this line: an answer to the
 * first, or a later offer on the same connection. */
#define SEPARATOR "\n====\n"

static SdpDescription *
check (SdpType type, const char *text, const SdpDescription *reference)
{
  g_autoptr (GError) error = NULL;
  SdpDescription *description = sdp_gate_check (type, text, reference, &error);

  g_assert_true ((description == NULL) == (error != NULL));
  if (description != NULL)
    test_sdp_assert_safe (description);
  return description;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (SdpDescription) offer = NULL;
  g_autoptr (SdpDescription) answer = NULL;
  g_autoptr (SdpDescription) again = NULL;
  g_autofree char *sent = NULL;
  char *second = strstr (text, SEPARATOR);

  if (second != NULL) {
    *second = '\0';
    second += strlen (SEPARATOR);
  } else {
    second = text;
  }
  offer = check (SDP_OFFER, text, NULL);
  answer = check (SDP_ANSWER, second, offer);
  again = check (SDP_OFFER, second, offer);
  if (offer == NULL)
    return 0;
  sdp_prepare_answer (offer->message, offer, NULL);
  sent = sdp_from_webrtcbin (offer->message, offer, "00112233", NULL);
  for (guint i = 0; i < offer->media->len; i++) {
    if (sdp_gate_reject (offer, i, NULL))
      test_sdp_assert_safe (offer);
  }
  return 0;
}
