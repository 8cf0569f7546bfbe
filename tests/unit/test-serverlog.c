/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/serverlog.h"

#include "common/testlog.h"

static const ServerLogClient client = {
  .id = "abcdefghijklmnop", .name = "Ada \"x\"\nconnect", .address = "192.0.2.1"
};

static void
keep (const char *line, gpointer data)
{
  g_string_assign (data, line);
}

static void
tell_nothing (ServerMember *member, const char *event, JsonNode *argument)
{
}

static void
test_lines (void)
{
  g_autoptr (GString) line = g_string_new (NULL);
  ServerLog log = { .write = keep, .data = line };
  g_autoptr (ServerRooms) rooms = server_rooms_new ();
  ServerMember member = { .id = "a", .tell = tell_nothing };

  server_log_connect (&log, &client, "polling");
  g_assert_cmpstr (line->str, ==,
      "connect id=abcdefgh name=\"Ada \\u{22}x\\u{22}\\u{a}connect\" "
      "address=192.0.2.1 transport=polling");
  server_log_refusal (&log, &client, SERVER_REFUSAL_FULL, "it is full");
  g_assert_cmpstr (line->str, ==,
      "refusal id=abcdefgh name=\"Ada \\u{22}x\\u{22}\\u{a}connect\" "
      "address=192.0.2.1 reason=full: it is full");
  g_assert_true (server_rooms_enter (
      rooms, &member, "den\r", SERVER_DIALECT_MESSAGE, NULL, NULL));
  server_log_room (&log, &client, "join", member.room, 1);
  g_assert_cmpstr (line->str, ==,
      "join id=abcdefgh name=\"Ada \\u{22}x\\u{22}\\u{a}connect\" "
      "room=\"den\\u{d}\" dialect=message members=1");
  server_rooms_remove (rooms, &member);
  server_member_clear (&member);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/serverlog/lines", test_lines);
  return g_test_run ();
}
