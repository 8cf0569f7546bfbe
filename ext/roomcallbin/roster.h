/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "roompeer.h"

G_BEGIN_DECLS

/**
 * Roster:
 *
 * Who else is in the room, and who has which slot. A slot is a peer's from its
 * first media on, and is kept for it for a while after it left. Used on the
 * room's thread alone; it knows nothing of the signaller.
 */
typedef struct _Roster Roster;

/**
 * RosterRemoved:
 * @peer: a peer whose call was ended, about to be freed
 * @reason: for people
 * @data: handed to roster_new()
 */
typedef void (*RosterRemoved) (
    RoomPeer *peer, const char *reason, gpointer data);

Roster *roster_new (RosterRemoved removed, gpointer data);
void roster_free (Roster *self);
void roster_configure (Roster *self, guint max_peers, guint rejoin_grace);

guint roster_count (Roster *self);
RoomPeer *roster_get (Roster *self, guint index);
RoomPeer *roster_find (Roster *self, const char *id);
RoomPeer *roster_find_only_call (Roster *self);
RoomPeer *roster_find_by_candidate (Roster *self, const char *candidate);

gboolean roster_is_full (Roster *self);
void roster_add (Roster *self, RoomPeer *peer);
void roster_remove (Roster *self, RoomPeer *peer, const char *reason);
void roster_clear (Roster *self, const char *reason);

void roster_begin_list (Roster *self);
void roster_mark_listed (Roster *self, RoomPeer *peer);
gboolean roster_end_list (Roster *self);

gboolean roster_is_listed (Roster *self, RoomPeer *peer);
RoomPeer *roster_find_unlisted (Roster *self, const char *member);
RoomPeer *roster_find_same (Roster *self, RoomPeer *peer);
guint roster_take_slot (Roster *self, RoomPeer *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Roster, roster_free)

G_END_DECLS
