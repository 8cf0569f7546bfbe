/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/gst.h>

/* Looks at every plugin once and writes GST_REGISTRY, so that tests need not,
 * each of them and all at once. gst-inspect-1.0 could not load plugins that are
 * built with sanitizers. */
int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return 0;
}
