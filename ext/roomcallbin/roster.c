/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roster.h"

#include "icecandidate.h"

typedef struct {
  RoomPeer *peer;
  gboolean listed; /* by the server, since we joined last */
} Entry;

typedef struct {
  RoomPeer *peer; /* NULL: free, or kept for member */
  char *member;   /* nullable: whom it is kept for */
  gint64 free_at; /* monotonic, us */
} Slot;

struct _Roster {
  RosterRemoved removed;
  gpointer data;
  GPtrArray *entries;
  GArray *slots;
  guint rejoin_grace; /* ms */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  room_peer_free (entry->peer);
  g_free (entry);
}

static void
slot_clear (gpointer data)
{
  g_free (((Slot *) data)->member);
}

static Entry *
get_entry (Roster *self, guint index)
{
  return g_ptr_array_index (self->entries, index);
}

static Entry *
find_entry (Roster *self, RoomPeer *peer)
{
  for (guint i = 0; i < self->entries->len; i++) {
    if (get_entry (self, i)->peer == peer)
      return get_entry (self, i);
  }
  return NULL;
}

/**
 * roster_new:
 * @removed: called for each peer that goes
 * @data: handed to @removed
 *
 * Returns: (transfer full): with nobody and no slot
 */
Roster *
roster_new (RosterRemoved removed, gpointer data)
{
  Roster *self = g_new0 (Roster, 1);

  self->removed = removed;
  self->data = data;
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->slots = g_array_new (FALSE, TRUE, sizeof (Slot));
  g_array_set_clear_func (self->slots, slot_clear);
  return self;
}

/**
 * roster_free:
 * @self: (transfer full): an empty roster
 */
void
roster_free (Roster *self)
{
  g_ptr_array_unref (self->entries);
  g_array_unref (self->slots);
  g_free (self);
}

/**
 * roster_configure:
 * @self: an empty roster
 * @max_peers: how many peers, and slots, there may be
 * @rejoin_grace: how long a slot is kept for a peer that left, in milliseconds
 *
 * Forgets whom slots were kept for.
 */
void
roster_configure (Roster *self, guint max_peers, guint rejoin_grace)
{
  self->rejoin_grace = rejoin_grace;
  g_array_set_size (self->slots, 0);
  g_array_set_size (self->slots, max_peers);
}

/**
 * roster_count:
 * @self: the roster
 *
 * Returns: how many peers there are
 */
guint
roster_count (Roster *self)
{
  return self->entries->len;
}

/**
 * roster_get:
 * @self: the roster
 * @index: less than roster_count()
 *
 * Returns: (transfer none): a peer
 */
RoomPeer *
roster_get (Roster *self, guint index)
{
  return get_entry (self, index)->peer;
}

/**
 * roster_find:
 * @self: the roster
 * @id: (nullable): what the signaller calls the peer
 *
 * Returns: (transfer none) (nullable): the peer
 */
RoomPeer *
roster_find (Roster *self, const char *id)
{
  for (guint i = 0; i < self->entries->len; i++) {
    RoomPeer *peer = roster_get (self, i);

    if (g_strcmp0 (room_peer_get_id (peer), id) == 0)
      return peer;
  }
  return NULL;
}

/**
 * roster_find_only_call:
 * @self: the roster
 *
 * Returns: (transfer none) (nullable): whose message it is that names no
 *   sender: the peer of the one call there is, or else the one peer there is
 */
RoomPeer *
roster_find_only_call (Roster *self)
{
  RoomPeer *only = NULL;

  for (guint i = 0; i < self->entries->len; i++) {
    RoomPeer *peer = roster_get (self, i);

    if (!room_peer_has_call (peer) && !room_peer_is_ringing (peer))
      continue;
    if (only != NULL)
      return NULL;
    only = peer;
  }
  return only == NULL && self->entries->len == 1 ? roster_get (self, 0) : only;
}

/**
 * roster_find_by_candidate:
 * @self: the roster
 * @candidate: an ICE candidate that names no sender, unchecked
 *
 * Returns: (transfer none) (nullable): the peer whose user fragment it carries,
 *   else as roster_find_only_call()
 */
RoomPeer *
roster_find_by_candidate (Roster *self, const char *candidate)
{
  g_autoptr (IceCandidate) parsed = ice_candidate_parse (candidate, NULL);

  for (guint i = 0; parsed != NULL && i < self->entries->len; i++) {
    if (room_peer_has_ufrag (roster_get (self, i), parsed->ufrag))
      return roster_get (self, i);
  }
  return roster_find_only_call (self);
}

/**
 * roster_find_same:
 * @self: the roster
 * @peer: a peer of it
 *
 * Only somebody who is not in the server's list any more can come back: every
 * peer knows the others' member digits, and could claim to be one.
 *
 * Returns: (transfer none) (nullable): the same program under the id that it had
 *   before a reconnection of the signalling
 */
RoomPeer *
roster_find_same (Roster *self, RoomPeer *peer)
{
  const char *member = room_peer_get_member (peer);
  RoomPeer *same = member != NULL ? roster_find_unlisted (self, member) : NULL;

  return same != peer ? same : NULL;
}

/**
 * roster_is_full:
 * @self: the roster
 *
 * Those who are not in the server's list any more do not count: they have come
 * back under another id, or are about to be removed.
 *
 * Returns: whether there is no slot for one more peer
 */
gboolean
roster_is_full (Roster *self)
{
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++)
    n += get_entry (self, i)->listed;
  return n >= self->slots->len;
}

/**
 * roster_is_listed:
 * @self: the roster
 * @peer: a peer of it
 *
 * Returns: whether the server lists it, since we joined last
 */
gboolean
roster_is_listed (Roster *self, RoomPeer *peer)
{
  return find_entry (self, peer)->listed;
}

/**
 * roster_find_unlisted:
 * @self: the roster
 * @member: who says so, hex
 *
 * Returns: (transfer none) (nullable): the connection that this program had under
 *   the id from before, if that is not in the server's list any more
 */
RoomPeer *
roster_find_unlisted (Roster *self, const char *member)
{
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = get_entry (self, i);

    if (!entry->listed && !room_peer_is_superseded (entry->peer)
        && g_strcmp0 (room_peer_get_member (entry->peer), member) == 0)
      return entry->peer;
  }
  return NULL;
}

/**
 * roster_add:
 * @self: a roster that is not full
 * @peer: (transfer full): a new peer
 */
void
roster_add (Roster *self, RoomPeer *peer)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->peer = peer;
  entry->listed = TRUE;
  g_ptr_array_add (self->entries, entry);
}

static void
free_slot (Roster *self, RoomPeer *peer)
{
  int index = room_peer_get_slot (peer);
  Slot *slot;

  if (index < 0)
    return;
  slot = &g_array_index (self->slots, Slot, index);
  if (slot->peer != peer)
    return;
  slot->peer = NULL;
  g_free (slot->member);
  slot->member = g_strdup (room_peer_get_member (peer));
  slot->free_at = 0;
  if (slot->member != NULL)
    slot->free_at =
        g_get_monotonic_time () + self->rejoin_grace * G_TIME_SPAN_MILLISECOND;
}

/**
 * roster_remove:
 * @self: the roster
 * @peer: a peer of it, freed by this
 * @reason: for people
 */
void
roster_remove (Roster *self, RoomPeer *peer, const char *reason)
{
  Entry *entry = find_entry (self, peer);

  room_peer_end_call (peer, ROOM_PEER_CLOSED, reason);
  free_slot (self, peer);
  self->removed (peer, reason, self->data);
  g_ptr_array_remove (self->entries, entry);
}

/**
 * roster_clear:
 * @self: the roster
 * @reason: for people
 *
 * Removes everyone. No slot is kept from somebody else: who comes next is in
 * another room.
 */
void
roster_clear (Roster *self, const char *reason)
{
  while (self->entries->len > 0)
    roster_remove (self, roster_get (self, 0), reason);
  for (guint i = 0; i < self->slots->len; i++)
    g_array_index (self->slots, Slot, i).free_at = 0;
}

/**
 * roster_begin_list:
 * @self: the roster
 *
 * We have joined, again maybe: the server begins to list who is there.
 */
void
roster_begin_list (Roster *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    get_entry (self, i)->listed = FALSE;
}

/**
 * roster_mark_listed:
 * @self: the roster
 * @peer: a peer of it that is in the room
 */
void
roster_mark_listed (Roster *self, RoomPeer *peer)
{
  find_entry (self, peer)->listed = TRUE;
}

/* A program of ours whose call goes on is in the list under another id, or will
 * be: it is shown by this connection until there is another. A page makes an end
 * of its own. */
static gboolean
may_come_back (const Entry *entry)
{
  return room_peer_get_member (entry->peer) != NULL
      && room_peer_get_state (entry->peer) == ROOM_PEER_CONNECTED;
}

/**
 * roster_end_list:
 * @self: the roster
 *
 * Removes who was not listed, but for those whose call goes on.
 *
 * Returns: whether there are such
 */
gboolean
roster_end_list (Roster *self)
{
  gboolean kept = FALSE;

  for (guint i = self->entries->len; i > 0; i--) {
    Entry *entry = get_entry (self, i - 1);

    if (entry->listed)
      continue;
    if (may_come_back (entry))
      kept = TRUE;
    else
      roster_remove (self, entry->peer, "The peer is not in the room any more");
  }
  return kept;
}

/* The slots may all be those of members that have gone unnoticed. */
static void
make_room (Roster *self)
{
  for (guint i = 0; i < self->slots->len; i++) {
    if (g_array_index (self->slots, Slot, i).peer == NULL)
      return;
  }
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = get_entry (self, i);

    if (entry->listed || room_peer_get_slot (entry->peer) < 0)
      continue;
    roster_remove (self, entry->peer, "The peer is not in the room any more");
    return;
  }
}

/**
 * roster_take_slot:
 * @self: the roster
 * @peer: a peer without a slot, whose first media have come
 *
 * The lowest free slot, or the one that is kept for this peer. The old
 * connection of a program that came back under another id is shown until now,
 * and ended: make before break.
 *
 * Returns: the slot
 */
guint
roster_take_slot (Roster *self, RoomPeer *peer)
{
  const char *member = room_peer_get_member (peer);
  gint64 now = g_get_monotonic_time ();
  RoomPeer *same = roster_find_same (self, peer);
  gint64 best_time = G_MAXINT64;
  guint best = 0;

  if (same != NULL) {
    free_slot (self, same);
    room_peer_supersede (same);
  }
  make_room (self);
  for (guint i = 0; i < self->slots->len; i++) {
    const Slot *slot = &g_array_index (self->slots, Slot, i);
    gint64 time = slot->free_at <= now ? 0 : slot->free_at;

    if (slot->peer != NULL)
      continue;
    if (member != NULL && g_strcmp0 (slot->member, member) == 0) {
      best = i;
      break;
    }
    /* Those that are kept for somebody come last, the longest kept first. */
    if (time < best_time) {
      best = i;
      best_time = time;
    }
  }
  g_array_index (self->slots, Slot, best).peer = peer;
  return best;
}
