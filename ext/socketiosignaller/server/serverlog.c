/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serverlog.h"

#include "servername.h"

static void
write_line (const ServerLog *self, char *line)
{
  if (self->write != NULL)
    self->write (line, self->data);
  else
    g_info ("%s", line);
  g_free (line);
}

/* Never the whole id: with Engine.IO 3 it is made of the session's, and who knows
 * that can take over the session. */
static char *
describe (const ServerLogClient *client)
{
  g_autofree char *name = server_name_quote (client->name);

  return g_strdup_printf (
      "id=%.*s name=%s", SERVER_NAME_ID_LENGTH, client->id, name);
}

/**
 * server_log_connect:
 * @self: the log
 * @client: who has connected
 * @transport: how
 */
void
server_log_connect (
    const ServerLog *self, const ServerLogClient *client, const char *transport)
{
  g_autofree char *who = describe (client);

  write_line (self,
      g_strdup_printf ("connect %s address=%s transport=%s", who,
          client->address, transport));
}

/**
 * server_log_room:
 * @self: the log
 * @client: who comes or goes
 * @what: `join` or `part`
 * @room: where
 * @size: how many members it has then
 */
void
server_log_room (const ServerLog *self, const ServerLogClient *client,
    const char *what, const ServerRoom *room, guint size)
{
  g_autofree char *who = describe (client);
  g_autofree char *name = server_name_quote (server_room_get_name (room));

  write_line (self,
      g_strdup_printf ("%s %s room=%s dialect=%s members=%u", what, who, name,
          server_dialect_get_name (server_room_get_dialect (room)), size));
}

/**
 * server_log_refusal:
 * @self: the log
 * @client: who is refused
 * @reason: why
 * @words: the same in words of the server's own
 */
void
server_log_refusal (const ServerLog *self, const ServerLogClient *client,
    ServerRefusal reason, const char *words)
{
  g_autofree char *who = describe (client);

  write_line (self,
      g_strdup_printf ("refusal %s address=%s reason=%s: %s", who,
          client->address, server_refusal_get_label (reason), words));
}
