/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/serverroom.h"

#include "common/testlog.h"

#include <sio/sio.h>

/* A member that is only told, and what it was told, one text each. */
typedef struct {
  ServerMember member;
  GString *heard;
} Puppet;

static void
tell (ServerMember *member, const char *event, JsonNode *argument)
{
  Puppet *self = member->data;
  g_autofree char *text = sio_json_print (argument, NULL, NULL);

  g_string_append_printf (self->heard, "%s%s;", event, text);
}

static Puppet *
puppet_new (const char *id)
{
  Puppet *self = g_new0 (Puppet, 1);

  self->member.id = id;
  self->member.tell = tell;
  self->member.data = self;
  self->heard = g_string_new (NULL);
  return self;
}

static void
puppet_free (Puppet *self)
{
  server_member_clear (&self->member);
  g_string_free (self->heard, TRUE);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Puppet, puppet_free)

static void
heard (Puppet *self, const char *expected)
{
  g_assert_cmpstr (self->heard->str, ==, expected);
  g_string_truncate (self->heard, 0);
}

static void
enter (
    ServerRooms *rooms, Puppet *self, const char *name, ServerDialect dialect)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      server_rooms_enter (rooms, &self->member, name, dialect, NULL, &error));
  g_assert_no_error (error);
}

static void
is_refused (ServerRooms *rooms, Puppet *self, const char *name,
    ServerDialect dialect, ServerRefusal reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      server_rooms_enter (rooms, &self->member, name, dialect, NULL, &error));
  g_assert_error (error, SERVER_REFUSAL, (int) reason);
}

static guint
say (ServerRooms *rooms, Puppet *self, const char *event, const char *text)
{
  const ServerRelay *relay = server_dialect_find_relay (
      server_room_get_dialect (self->member.room), event);
  g_autoptr (JsonNode) argument = sio_json_parse (text, -1, NULL);

  return server_rooms_relay (rooms, &self->member, relay, argument);
}

static void
test_coming_and_going (void)
{
  g_autoptr (ServerRooms) rooms = server_rooms_new ();
  g_autoptr (Puppet) a = puppet_new ("a");
  g_autoptr (Puppet) b = puppet_new ("b");

  enter (rooms, a, "r", SERVER_DIALECT_MESH);
  enter (rooms, a, "r", SERVER_DIALECT_MESH);
  g_assert_cmpuint (server_room_get_size (a->member.room), ==, 1);
  enter (rooms, b, "r", SERVER_DIALECT_MESH);
  heard (a, "addPeer{\"peer_id\":\"b\",\"should_create_offer\":false};");
  heard (b, "addPeer{\"peer_id\":\"a\",\"should_create_offer\":true};");
  g_assert_cmpuint (
      server_rooms_count_members (rooms, SERVER_DIALECT_MESH), ==, 2);
  server_rooms_leave (rooms, &b->member, TRUE);
  heard (a, "removePeer{\"peer_id\":\"b\"};");
  heard (b, "removePeer{\"peer_id\":\"a\"};");
  g_assert_cmpuint (server_rooms_count (rooms), ==, 1);
  server_rooms_remove (rooms, &a->member);
  g_assert_cmpuint (server_rooms_count (rooms), ==, 0);
  g_assert_cmpuint (
      server_rooms_count_members (rooms, SERVER_DIALECT_MESH), ==, 0);

  /* The name is free for another dialect. */
  enter (rooms, b, "r", SERVER_DIALECT_ROOMS);
  heard (b, "users[\"b\"];");
  server_rooms_remove (rooms, &b->member);
}

static void
test_refusals (void)
{
  g_autoptr (ServerRooms) rooms = server_rooms_new ();
  g_autoptr (Puppet) a = puppet_new ("a");
  g_autoptr (Puppet) b = puppet_new ("b");
  g_autoptr (Puppet) c = puppet_new ("c");
  g_autofree char *name = g_strnfill (SERVER_ROOM_MAX_NAME + 1, 'r');
  g_autofree char *data = g_strnfill (SERVER_ROOM_MAX_USERDATA, 'u');
  g_autoptr (JsonNode) userdata =
      json_node_init_string (json_node_alloc (), data);
  g_autoptr (GError) error = NULL;

  is_refused (rooms, a, NULL, SERVER_DIALECT_MESH, SERVER_REFUSAL_NAME);
  is_refused (rooms, a, "", SERVER_DIALECT_MESH, SERVER_REFUSAL_NAME);
  is_refused (rooms, a, name, SERVER_DIALECT_MESH, SERVER_REFUSAL_NAME);
  g_assert_false (server_rooms_enter (
      rooms, &a->member, "r", SERVER_DIALECT_MESH, userdata, &error));
  g_assert_error (error, SERVER_REFUSAL, SERVER_REFUSAL_USERDATA);
  g_assert_cmpuint (server_rooms_count (rooms), ==, 0);

  enter (rooms, a, "r", SERVER_DIALECT_MESSAGE);
  is_refused (rooms, a, "s", SERVER_DIALECT_MESSAGE, SERVER_REFUSAL_ELSEWHERE);
  is_refused (rooms, b, "r", SERVER_DIALECT_MESH, SERVER_REFUSAL_DIALECT);
  enter (rooms, b, "r", SERVER_DIALECT_MESSAGE);
  is_refused (rooms, c, "r", SERVER_DIALECT_MESSAGE, SERVER_REFUSAL_FULL);
  server_rooms_leave (rooms, &a->member, TRUE);
  enter (rooms, c, "r", SERVER_DIALECT_MESSAGE);
  server_rooms_remove (rooms, &b->member);
  server_rooms_remove (rooms, &c->member);
}

/* By id or, in `rooms`, by the room; never oneself, nor another room. */
static void
test_targets (void)
{
  g_autoptr (ServerRooms) rooms = server_rooms_new ();
  Puppet *puppets[4];
  static const char *const ids[] = { "a", "b", "c", "d" };

  for (guint i = 0; i < 4; i++) {
    puppets[i] = puppet_new (ids[i]);
    enter (rooms, puppets[i], i < 3 ? "r" : "s", SERVER_DIALECT_ROOMS);
  }
  for (guint i = 0; i < 4; i++)
    g_string_truncate (puppets[i]->heard, 0);
  g_assert_cmpuint (
      say (rooms, puppets[0], "end-call", "{\"to\":\"b\"}"), ==, 1);
  heard (puppets[1], "end-call{\"from\":\"a\",\"to\":\"b\"};");
  g_assert_cmpuint (
      say (rooms, puppets[0], "end-call", "{\"to\":\"r\"}"), ==, 2);
  heard (puppets[1], "end-call{\"from\":\"a\",\"to\":\"r\"};");
  heard (puppets[2], "end-call{\"from\":\"a\",\"to\":\"r\"};");
  g_assert_cmpuint (
      say (rooms, puppets[0], "end-call", "{\"to\":\"a\"}"), ==, 0);
  g_assert_cmpuint (
      say (rooms, puppets[0], "end-call", "{\"to\":\"d\"}"), ==, 0);
  g_assert_cmpuint (
      say (rooms, puppets[0], "end-call", "{\"to\":\"s\"}"), ==, 0);
  g_assert_cmpuint (say (rooms, puppets[0], "end-call", "{}"), ==, 0);
  heard (puppets[0], "");
  heard (puppets[3], "");
  for (guint i = 0; i < 4; i++) {
    server_rooms_remove (rooms, &puppets[i]->member);
    puppet_free (puppets[i]);
  }
}

/* They hear while there is a place, and nothing once they have spoken. */
static void
test_silent (void)
{
  g_autoptr (ServerRooms) rooms = server_rooms_new ();
  g_autoptr (Puppet) a = puppet_new ("a");
  g_autoptr (Puppet) b = puppet_new ("b");
  g_autoptr (Puppet) c = puppet_new ("c");
  g_autoptr (Puppet) d = puppet_new ("d");

  server_rooms_add_silent (rooms, &b->member, "r");
  server_rooms_add_silent (rooms, &c->member, "r");
  server_rooms_add_silent (rooms, &d->member, "another");
  enter (rooms, a, "r", SERVER_DIALECT_BROADCAST);
  g_assert_cmpuint (say (rooms, a, "candidate", "1"), ==, 2);
  heard (b, "candidate1;");
  heard (c, "candidate1;");
  enter (rooms, b, "r", SERVER_DIALECT_BROADCAST);
  g_assert_cmpuint (say (rooms, a, "candidate", "2"), ==, 1);
  heard (b, "candidate2;");
  heard (c, "");
  server_rooms_remove (rooms, &b->member);
  g_assert_cmpuint (say (rooms, a, "candidate", "3"), ==, 1);
  heard (c, "candidate3;");
  server_rooms_remove (rooms, &c->member);
  g_assert_cmpuint (say (rooms, a, "candidate", "4"), ==, 0);
  server_rooms_remove (rooms, &a->member);
  server_rooms_remove (rooms, &d->member);
  heard (a, "");
  heard (d, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/serverroom/coming-and-going", test_coming_and_going);
  g_test_add_func ("/serverroom/refusals", test_refusals);
  g_test_add_func ("/serverroom/targets", test_targets);
  g_test_add_func ("/serverroom/silent", test_silent);
  return g_test_run ();
}
