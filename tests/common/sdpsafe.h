/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpgate.h"

/* Asserts all that webrtcbin relies on without looking. Written against
 * webrtcbin's source, not against the gate's. */
void test_sdp_assert_safe (const SdpDescription *description);

/* Changes a few bytes, words or lines of @text at random. The same @rand gives
 * the same text again. The result may be no UTF-8. */
char *test_sdp_mutate (GRand *rand, const char *text);

/* Reads tests/data/sdp/@path. */
char *test_sdp_read (const char *path);

/* Asks the gate, and asserts that it says what it must: @verdict is an SdpGateError,
 * or TEST_SDP_OK, after which the description is safe. */
#define TEST_SDP_OK (-1)
SdpDescription *test_sdp_check (SdpType type, const char *text,
    const SdpDescription *reference, int verdict);
