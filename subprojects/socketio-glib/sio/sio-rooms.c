/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-rooms.h"

struct _SioRooms {
  GHashTable *rooms;   /* name -> array of members, in the order they came */
  GHashTable *members; /* member -> array of names, likewise */
};

SioRooms *
sio_rooms_new (void)
{
  SioRooms *self = g_new0 (SioRooms, 1);

  self->rooms = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->members = g_hash_table_new_full (
      NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  return self;
}

void
sio_rooms_free (SioRooms *self)
{
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->members);
  g_free (self);
}

void
sio_rooms_join (SioRooms *self, const char *room, gpointer member)
{
  GPtrArray *members = g_hash_table_lookup (self->rooms, room);
  GPtrArray *names = g_hash_table_lookup (self->members, member);

  if (members == NULL) {
    members = g_ptr_array_new ();
    g_hash_table_insert (self->rooms, g_strdup (room), members);
  }
  if (g_ptr_array_find (members, member, NULL))
    return;
  if (names == NULL) {
    names = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (self->members, member, names);
  }
  g_ptr_array_add (members, member);
  g_ptr_array_add (names, g_strdup (room));
}

static void
remove_member (SioRooms *self, const char *room, gpointer member)
{
  GPtrArray *members = g_hash_table_lookup (self->rooms, room);

  g_ptr_array_remove (members, member);
  if (members->len == 0)
    g_hash_table_remove (self->rooms, room);
}

void
sio_rooms_leave (SioRooms *self, const char *room, gpointer member)
{
  GPtrArray *names = g_hash_table_lookup (self->members, member);
  guint index;

  if (names == NULL
      || !g_ptr_array_find_with_equal_func (names, room, g_str_equal, &index))
    return;
  remove_member (self, room, member);
  g_ptr_array_remove_index (names, index);
  if (names->len == 0)
    g_hash_table_remove (self->members, member);
}

void
sio_rooms_leave_all (SioRooms *self, gpointer member)
{
  GPtrArray *names = g_hash_table_lookup (self->members, member);

  for (guint i = 0; names != NULL && i < names->len; i++)
    remove_member (self, names->pdata[i], member);
  g_hash_table_remove (self->members, member);
}

/* The rooms of a member, in the order it joined them. */
char **
sio_rooms_list (SioRooms *self, gpointer member)
{
  GPtrArray *names = g_hash_table_lookup (self->members, member);
  GStrvBuilder *builder = g_strv_builder_new ();
  char **list;

  for (guint i = 0; names != NULL && i < names->len; i++)
    g_strv_builder_add (builder, names->pdata[i]);
  list = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return list;
}

/* The members of a room, in the order they joined; NULL if nobody is in it. */
GPtrArray *
sio_rooms_members (SioRooms *self, const char *room)
{
  return g_hash_table_lookup (self->rooms, room);
}

/* How many rooms a member is in. */
guint
sio_rooms_count_of (SioRooms *self, gpointer member)
{
  GPtrArray *names = g_hash_table_lookup (self->members, member);

  return names != NULL ? names->len : 0;
}

guint
sio_rooms_count (SioRooms *self)
{
  return g_hash_table_size (self->rooms);
}
