/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the only peer is called that there is in some dialects. */
#define DIALECT_SINGLE_PEER "peer"

/**
 * RoomEventKind:
 * @ROOM_EVENT_ROSTER: who is in the room already, ourselves left out; peers
 * @ROOM_EVENT_PEER_JOINED: one more; peers has this one
 * @ROOM_EVENT_PEER_LEFT: one less; peer, reason
 * @ROOM_EVENT_DESCRIPTION: an SDP; peer or %NULL, type, sdp
 * @ROOM_EVENT_CANDIDATE: an ICE candidate; peer or %NULL, mline, mid, candidate
 * @ROOM_EVENT_CALL_ENDED: a peer hung up but stays; peer or %NULL, reason
 * @ROOM_EVENT_REFUSED: the server does not let us in; reason
 * @ROOM_EVENT_SELF_ID: the server says who we are; text is our id; ice_servers
 * @ROOM_EVENT_ENTERED: the server says that we are in; text is our id or %NULL;
 *   ice_servers
 * @ROOM_EVENT_ICE_SERVERS: STUN and TURN servers; peer or %NULL for all calls,
 *   ice_servers or %NULL for none
 * @ROOM_EVENT_NOTHING: nothing that matters, but maybe to be answered
 *
 * What a message of a dialect means.
 */
typedef enum {
  ROOM_EVENT_ROSTER,
  ROOM_EVENT_PEER_JOINED,
  ROOM_EVENT_PEER_LEFT,
  ROOM_EVENT_DESCRIPTION,
  ROOM_EVENT_CANDIDATE,
  ROOM_EVENT_CALL_ENDED,
  ROOM_EVENT_REFUSED,
  ROOM_EVENT_SELF_ID,
  ROOM_EVENT_ENTERED,
  ROOM_EVENT_ICE_SERVERS,
  ROOM_EVENT_NOTHING,
} RoomEventKind;

/**
 * DialectMessage:
 * @event: the Socket.IO event
 * @args: its arguments, an array
 */
typedef struct {
  char *event;
  JsonNode *args;
} DialectMessage;

/**
 * RoomMember:
 * @id: the server's id of this peer
 * @role: (type utf8): a ROOM_ROLE_ constant: ours towards this peer
 * @name: (nullable): a name for people
 * @client_id: (nullable): an id that outlives the connection
 * @userdata: (nullable): the application's own data as JSON text
 * @ice_servers: (nullable): for calls with this peer, unchecked
 *
 * A peer as its arrival describes it.
 */
typedef struct {
  char *id;
  const char *role;
  char *name;
  char *client_id;
  char *userdata;
  JsonNode *ice_servers;
} RoomMember;

/**
 * RoomEvent:
 * @kind: says which of the others are set
 * @peers: (element-type RoomMember) (nullable): who came
 * @later_role: (nullable): with a roster: it comes again and again and is the whole
 *   one each time; our role towards those who are new in a later one
 * @peer: (nullable): who sent it; %NULL: the dialect does not say
 * @type: (nullable): "offer" or "answer"
 * @text: (nullable): the SDP, the candidate ("" is the end of them) or a reason
 * @mline: the candidate's m-line, from 0; -1: not told
 * @mid: (nullable): the candidate's media id
 * @is_later: with a description: by the message for later negotiations
 * @ice_servers: (nullable): STUN and TURN servers, unchecked
 * @replies: (element-type DialectMessage) (nullable): what to say to it
 * @rule: which rule of the dialect took it, from 0
 *
 * One message of a dialect, taken apart. It owns what it points to.
 */
typedef struct {
  RoomEventKind kind;
  GPtrArray *peers;
  const char *later_role;
  char *peer;
  const char *type;
  char *text;
  gint mline;
  char *mid;
  gboolean is_later;
  JsonNode *ice_servers;
  GPtrArray *replies;
  guint rule;
} RoomEvent;

RoomEvent *room_event_new (RoomEventKind kind);
void room_event_free (RoomEvent *self);
RoomEvent *room_event_copy_arrival (const RoomEvent *self);
RoomMember *room_event_add_member (
    RoomEvent *self, const char *id, const char *role);

const char *room_event_kind_to_string (RoomEventKind kind);
char *room_event_list_kinds (void);
gboolean room_event_kind_from_string (const char *text, RoomEventKind *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoomEvent, room_event_free)

G_END_DECLS
