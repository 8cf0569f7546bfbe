/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomevent.h"

static const char *const kind_names[] = {
  [ROOM_EVENT_ROSTER] = "roster",
  [ROOM_EVENT_PEER_JOINED] = "peer-joined",
  [ROOM_EVENT_PEER_LEFT] = "peer-left",
  [ROOM_EVENT_DESCRIPTION] = "description",
  [ROOM_EVENT_CANDIDATE] = "candidate",
  [ROOM_EVENT_CALL_ENDED] = "call-ended",
  [ROOM_EVENT_REFUSED] = "refused",
  [ROOM_EVENT_SELF_ID] = "self-id",
  [ROOM_EVENT_ENTERED] = "entered",
  [ROOM_EVENT_ICE_SERVERS] = "ice-servers",
  [ROOM_EVENT_NOTHING] = "nothing",
};

static void
room_member_free (gpointer data)
{
  RoomMember *member = data;

  g_free (member->id);
  g_free (member->name);
  g_free (member->client_id);
  g_free (member->userdata);
  g_clear_pointer (&member->ice_servers, json_node_unref);
  g_free (member);
}

/**
 * room_event_new:
 * @kind: its kind
 *
 * Returns: (transfer full): an event that says nothing more yet
 */
RoomEvent *
room_event_new (RoomEventKind kind)
{
  RoomEvent *self = g_new0 (RoomEvent, 1);

  self->kind = kind;
  self->mline = -1;
  return self;
}

/**
 * room_event_free:
 * @self: (transfer full): the event
 */
void
room_event_free (RoomEvent *self)
{
  g_clear_pointer (&self->peers, g_ptr_array_unref);
  g_clear_pointer (&self->replies, g_ptr_array_unref);
  g_clear_pointer (&self->ice_servers, json_node_unref);
  g_free (self->peer);
  g_free (self->text);
  g_free (self->mid);
  g_free (self);
}

/**
 * room_event_copy_arrival:
 * @self: an arrival of one member
 *
 * Returns: (transfer full): the same, but for what there is to say to it
 */
RoomEvent *
room_event_copy_arrival (const RoomEvent *self)
{
  RoomEvent *copy = room_event_new (self->kind);
  const RoomMember *from = g_ptr_array_index (self->peers, 0);
  RoomMember *to = room_event_add_member (copy, from->id, from->role);

  to->name = g_strdup (from->name);
  to->client_id = g_strdup (from->client_id);
  to->userdata = g_strdup (from->userdata);
  if (from->ice_servers != NULL)
    to->ice_servers = json_node_ref (from->ice_servers);
  return copy;
}

/**
 * room_event_add_member:
 * @self: the event
 * @id: the peer's id
 * @role: a ROOM_ROLE_ constant, not copied
 *
 * Returns: (transfer none): the new member, for the caller to fill in
 */
RoomMember *
room_event_add_member (RoomEvent *self, const char *id, const char *role)
{
  RoomMember *member = g_new0 (RoomMember, 1);

  member->id = g_strdup (id);
  member->role = role;
  if (self->peers == NULL)
    self->peers = g_ptr_array_new_with_free_func (room_member_free);
  g_ptr_array_add (self->peers, member);
  return member;
}

/**
 * room_event_kind_to_string:
 * @kind: a kind
 *
 * Returns: its name as dialect files have it
 */
const char *
room_event_kind_to_string (RoomEventKind kind)
{
  return kind_names[kind];
}

/**
 * room_event_list_kinds:
 *
 * Returns: (transfer full): the names of all kinds, for people
 */
char *
room_event_list_kinds (void)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kind_names); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", kind_names[i]);
  return g_string_free (text, FALSE);
}

/**
 * room_event_kind_from_string:
 * @text: a name as dialect files have it
 * @kind: (out): the kind of that name
 *
 * Returns: whether there is one
 */
gboolean
room_event_kind_from_string (const char *text, RoomEventKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kind_names); i++) {
    if (g_strcmp0 (text, kind_names[i]) == 0) {
      *kind = i;
      return TRUE;
    }
  }
  return FALSE;
}
