/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/testlog.h"

#include <gst/check/gstcheck.h>

/* gst-check programs: GST_CHECK_MAIN() with the rules of testlog.h. */

void test_check_init (int *argc, char ***argv);

/* Runs the suite that `name`_suite() returns. */
#define TEST_CHECK_MAIN(name)                                      \
  int main (int argc, char **argv)                                 \
  {                                                                \
    test_check_init (&argc, &argv);                                \
    return gst_check_run_suite (name##_suite (), #name, __FILE__); \
  }
