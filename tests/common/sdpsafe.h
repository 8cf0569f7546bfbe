/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpdescription.h"

/* Asserts all that webrtcbin relies on without looking. Written against
 * webrtcbin's source, not against the gate's. */
void test_sdp_assert_safe (const SdpDescription *description);

/* Changes a few bytes, words or lines of @text at random. The same @rand gives
 * the same text again. The result may be no UTF-8. */
char *test_sdp_mutate (GRand *rand, const char *text);

/* Reads tests/data/sdp/@path. */
char *test_sdp_read (const char *path);
