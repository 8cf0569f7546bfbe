/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "servermetrics.h"

static void
begin (GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (
      text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
add (GString *text, const char *name, const char *label, const char *value,
    guint64 number)
{
  g_string_append (text, name);
  if (label != NULL)
    g_string_append_printf (text, "{%s=\"%s\"}", label, value);
  g_string_append_printf (text, " %" G_GUINT64_FORMAT "\n", number);
}

/**
 * server_metrics_print:
 * @self: the numbers
 *
 * Returns: (transfer full): them in Prometheus' text format 0.0.4
 */
char *
server_metrics_print (const ServerMetrics *self)
{
  GString *text = g_string_new (NULL);

  begin (text, "roomcall_clients", "gauge", "Clients connected now.");
  add (text, "roomcall_clients", NULL, NULL, self->clients);
  begin (text, "roomcall_rooms", "gauge", "Rooms with members now.");
  add (text, "roomcall_rooms", NULL, NULL, self->rooms);
  begin (text, "roomcall_members", "gauge", "Members of rooms now.");
  for (guint i = SERVER_DIALECT_MESH; i < SERVER_DIALECT_COUNT; i++)
    add (text, "roomcall_members", "dialect", server_dialect_get_name (i),
        self->members[i]);
  begin (text, "roomcall_connections_total", "counter",
      "Clients that have connected.");
  add (text, "roomcall_connections_total", NULL, NULL, self->connections);
  begin (text, "roomcall_messages_total", "counter",
      "Messages of members for others.");
  for (guint i = SERVER_DIALECT_MESH; i < SERVER_DIALECT_COUNT; i++)
    add (text, "roomcall_messages_total", "dialect",
        server_dialect_get_name (i), self->messages[i]);
  begin (text, "roomcall_refusals_total", "counter",
      "Connections, joins and messages that were refused.");
  for (guint i = 0; i < SERVER_REFUSAL_COUNT; i++)
    add (text, "roomcall_refusals_total", "reason",
        server_refusal_get_label (i), self->refusals[i]);
  return g_string_free (text, FALSE);
}
