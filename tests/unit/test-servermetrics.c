/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/servermetrics.h"

#include "common/testlog.h"

#include <string.h>

static void
test_print (void)
{
  ServerMetrics metrics = { .clients = 3, .rooms = 2, .connections = 7 };
  static const char *const lines[] = {
    "# HELP roomcall_clients Clients connected now.\n",
    "\n# TYPE roomcall_clients gauge\n",
    "\nroomcall_clients 3\n",
    "\nroomcall_rooms 2\n",
    "\nroomcall_members{dialect=\"mesh\"} 0\n",
    "\nroomcall_members{dialect=\"broadcast\"} 2\n",
    "\n# TYPE roomcall_connections_total counter\n",
    "\nroomcall_connections_total 7\n",
    "\nroomcall_messages_total{dialect=\"message\"} 18446744073709551615\n",
    "\nroomcall_refusals_total{reason=\"full\"} 4\n",
    "\nroomcall_refusals_total{reason=\"rate\"} 0\n",
  };
  g_autofree char *text = NULL;

  metrics.members[SERVER_DIALECT_BROADCAST] = 2;
  metrics.messages[SERVER_DIALECT_MESSAGE] = G_MAXUINT64;
  metrics.refusals[SERVER_REFUSAL_FULL] = 4;
  text = server_metrics_print (&metrics);
  g_test_message ("%s", text);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_nonnull (strstr (text, lines[i]));
  g_assert_true (g_str_has_suffix (text, "\n"));
}

/* Each line is a comment, or a name, maybe one label, and a number. */
static void
test_format (void)
{
  ServerMetrics metrics = { 0 };
  g_autofree char *text = server_metrics_print (&metrics);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GRegex) regex =
      g_regex_new ("^(# (HELP|TYPE) roomcall_[a-z_]+ .+|"
                   "roomcall_[a-z_]+(\\{[a-z]+=\"[a-z-]+\"\\})? [0-9]+|)$",
          0, 0, NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_true (g_regex_match (regex, lines[i], 0, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/servermetrics/print", test_print);
  g_test_add_func ("/servermetrics/format", test_format);
  return g_test_run ();
}
