/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is alive at the end under GST_TRACERS=leaks ends a gst-check program, as
 * the tracer's own report would, but for what is known to live on.
 */

void test_leaks_prepare (void);
void test_leaks_watch (void);
