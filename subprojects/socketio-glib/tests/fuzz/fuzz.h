/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* One input; called by libFuzzer, and by fuzz-replay.c for a corpus. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
