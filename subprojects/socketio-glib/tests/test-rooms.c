/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-rooms.h>

static void
test_rooms (void)
{
  g_autoptr (SioRooms) rooms = sio_rooms_new ();
  g_auto (GStrv) list = NULL;
  GPtrArray *members;
  int a, b;

  sio_rooms_join (rooms, "one", &a);
  sio_rooms_join (rooms, "one", &a);
  sio_rooms_join (rooms, "two", &a);
  sio_rooms_join (rooms, "one", &b);
  members = sio_rooms_members (rooms, "one");
  g_assert_cmpuint (members->len, ==, 2);
  g_assert_true (members->pdata[0] == &a);
  g_assert_true (members->pdata[1] == &b);
  list = sio_rooms_list (rooms, &a);
  g_assert_cmpstr (list[0], ==, "one");
  g_assert_cmpstr (list[1], ==, "two");
  g_assert_null (list[2]);

  sio_rooms_leave (rooms, "one", &a);
  sio_rooms_leave (rooms, "one", &a);
  sio_rooms_leave (rooms, "none", &a);
  g_assert_cmpuint (sio_rooms_members (rooms, "one")->len, ==, 1);
  sio_rooms_leave_all (rooms, &a);
  sio_rooms_leave_all (rooms, &a);
  g_assert_null (sio_rooms_members (rooms, "two"));
  g_assert_cmpuint (sio_rooms_count (rooms), ==, 1);
  sio_rooms_leave (rooms, "one", &b);
  g_assert_cmpuint (sio_rooms_count (rooms), ==, 0);
}

static void
test_many (void)
{
  g_autoptr (SioRooms) rooms = sio_rooms_new ();
  int members[50];

  for (int i = 0; i < 2000; i++) {
    g_autofree char *room =
        g_strdup_printf ("%d", g_test_rand_int_range (0, 30));
    gpointer member = &members[g_test_rand_int_range (0, 50)];

    if (g_test_rand_bit ())
      sio_rooms_join (rooms, room, member);
    else
      sio_rooms_leave (rooms, room, member);
  }
  for (int i = 0; i < 50; i++) {
    g_auto (GStrv) list = sio_rooms_list (rooms, &members[i]);

    g_assert_cmpuint (
        sio_rooms_count_of (rooms, &members[i]), ==, g_strv_length (list));
    for (char **room = list; *room != NULL; room++)
      g_assert_true (g_ptr_array_find (
          sio_rooms_members (rooms, *room), &members[i], NULL));
    sio_rooms_leave_all (rooms, &members[i]);
  }
  g_assert_cmpuint (sio_rooms_count (rooms), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rooms/rooms", test_rooms);
  g_test_add_func ("/rooms/many", test_many);
  return g_test_run ();
}
