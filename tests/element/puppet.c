/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "puppet.h"

#include "common/testcheck.h"

#include <glib/gstdio.h>

static void
on_event (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  Puppet *self = data;
  g_autofree char *text = sio_json_print (args, NULL, NULL);

  if (ack != NULL) {
    g_autoptr (JsonNode) answer = sio_json_parse (self->ack, -1, NULL);

    sio_ack_reply (ack, answer);
  }
  g_async_queue_push (self->heard, g_strconcat (name, text, NULL));
}

static void
on_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  Puppet *self = data;

  g_set_object (&self->socket, socket);
  g_signal_connect (socket, "event", G_CALLBACK (on_event), self);
  g_async_queue_push (self->heard, g_strdup ("connection"));
}

static gboolean
start_puppet (gpointer data)
{
  Puppet *self = data;

  self->server = sio_server_new ();
  g_signal_connect (
      self->server, "connection", G_CALLBACK (on_connection), self);
  fail_unless (sio_server_listen (self->server, "127.0.0.1", 0, NULL));
  self->uri = g_strdup_printf (
      "http://127.0.0.1:%u", sio_server_get_port (self->server));
  return G_SOURCE_REMOVE;
}

static gboolean
stop_puppet (gpointer data)
{
  Puppet *self = data;

  g_clear_object (&self->socket);
  g_clear_object (&self->server);
  return G_SOURCE_REMOVE;
}

Puppet *
puppet_new (const char *ack)
{
  Puppet *self = g_new0 (Puppet, 1);

  self->ack = g_strdup (ack);
  self->heard = g_async_queue_new_full (g_free);
  self->thread = loop_thread_new ("puppet");
  fail_unless (loop_thread_call (self->thread, start_puppet, self, -1));
  return self;
}

void
puppet_free (Puppet *self)
{
  loop_thread_call (self->thread, stop_puppet, self, -1);
  loop_thread_free (self->thread);
  g_async_queue_unref (self->heard);
  g_free (self->uri);
  g_free (self->ack);
  g_free (self);
}

typedef struct {
  Puppet *puppet;
  const char *name;
  const char *args;
} Line;

static gboolean
emit_line (gpointer data)
{
  Line *line = data;
  g_autoptr (JsonNode) args = sio_json_parse (line->args, -1, NULL);

  fail_unless (args != NULL, "%s", line->args);
  fail_unless (
      sio_server_socket_emit (line->puppet->socket, line->name, args, NULL));
  return G_SOURCE_REMOVE;
}

void
puppet_emits (Puppet *self, const char *name, const char *args)
{
  Line line = { self, name, args };

  fail_unless (loop_thread_call (self->thread, emit_line, &line, -1));
}

void
puppet_hears (Puppet *self, const char *what)
{
  g_autofree char *heard =
      g_async_queue_timeout_pop (self->heard, 20 * G_USEC_PER_SEC);

  fail_unless_equals_string (heard, what);
}

Member *
member_at (Puppet *puppet, const char *settings)
{
  g_autofree char *line =
      g_strdup_printf ("uri=%s room=lobby %s", puppet->uri, settings);

  return member_new (line);
}

Member *
member_speaking (Puppet *puppet, const char *dialect)
{
  g_autofree char *path =
      g_build_filename (g_get_tmp_dir (), "dialect-XXXXXX", NULL);
  g_autofree char *settings = NULL;
  int fd = g_mkstemp (path);
  Member *member;

  fail_unless (fd >= 0);
  g_close (fd, NULL);
  fail_unless (g_file_set_contents (path, dialect, -1, NULL));
  settings = g_strconcat ("dialect-file=", path, NULL);
  member = member_at (puppet, settings);
  /* Read twice, to READY and to PAUSED. */
  member_goes_to (member, GST_STATE_PLAYING);
  g_unlink (path);
  return member;
}
