/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who is in which room. A member is any pointer; a room exists while somebody is
 * in it. */
typedef struct _SioRooms SioRooms;

SioRooms *sio_rooms_new (void);
void sio_rooms_free (SioRooms *self);
void sio_rooms_join (SioRooms *self, const char *room, gpointer member);
void sio_rooms_leave (SioRooms *self, const char *room, gpointer member);
void sio_rooms_leave_all (SioRooms *self, gpointer member);
char **sio_rooms_list (SioRooms *self, gpointer member);
GPtrArray *sio_rooms_members (SioRooms *self, const char *room);
guint sio_rooms_count_of (SioRooms *self, gpointer member);
guint sio_rooms_count (SioRooms *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioRooms, sio_rooms_free)

G_END_DECLS
