/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/filemeter.h"

#include <gst/gst.h>
#include <stdio.h>

/* measure-file: file_meter_check() for scripts. */
int
main (int argc, char **argv)
{
  FileExpectation expectation = { .columns = 1, .rows = 1, .audio = TRUE };
  g_autofree char *grid = NULL;
  g_auto (GStrv) tones = NULL;
  g_auto (GStrv) files = NULL;
  const GOptionEntry options[] = {
    { "grid", 'g', G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, &grid,
        "Tiles that must move, each by itself (1x1)", "COLUMNSxROWS" },
    { "tone", 't', G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING_ARRAY, &tones,
        "A frequency that must be heard; up to four", "HZ" },
    { "seconds", 's', G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE,
        &expectation.seconds, "The shortest length", "S" },
    { G_OPTION_REMAINING, 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY,
        &files, NULL, "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- whether a recorded call moves and is heard");
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) report = g_string_new (NULL);
  gboolean good;

  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  if (!files || g_strv_length (files) != 1
      || (grid
          && sscanf (grid, "%ux%u", &expectation.columns, &expectation.rows)
              != 2)
      || (tones && g_strv_length (tones) > LOUDNESS_MAX_TONES)) {
    g_printerr ("One file, a grid such as 2x1, four tones at most: --help\n");
    return 2;
  }
  for (guint i = 0; tones && tones[i]; i++)
    expectation.tones[i] = g_ascii_strtod (tones[i], NULL);
  good = file_meter_check (files[0], &expectation, report);
  g_print ("%s", report->str);
  return good ? 0 : 1;
}
