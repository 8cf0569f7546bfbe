/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is said in rooms, in the four dialects of docs/dialects.md: who becomes a
 * member by which event, what others hear of that, and what becomes of a message.
 * Pure: nothing here knows how anybody is connected, or to which process.
 *
 *   capacity         how many members a room can have
 *   enter            by an event that says which room; else by whatever is said
 *   keepsId          members have ids that only the server says, and who comes back through
 *                    another process can be the same one
 *   arrival          what a newcomer hears: toSelf; and what the others hear: toOthers
 *   departure        what the others hear when a member has gone
 *   relays           event -> what is told: {event, data}, to everybody else; with {to},
 *                    to that member, or where it hasRoomCalls to a room
 */

const addPeer = ({ id, userdata = {} }, offers) =>
  ['addPeer', { peer_id: id, should_create_offer: offers, userdata }];

const callTo = (event) => (from, { target, sdp }) =>
  ({ to: target, event, data: { target, caller: from, sdp } });

const toEverybody = (event) => (from, data) => ({ event, data });

const isObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value) => typeof value === 'string';

export const DIALECTS = {
  mesh: {
    capacity: 64,
    enter: {
      event: 'join',
      read: (argument) => ({ room: argument?.channel, userdata: argument?.userdata }),
    },
    leave: 'part',
    keepsId: true,
    /* The one who comes calls. */
    arrival: (self, others) => ({
      toSelf: others.map((other) => addPeer(other, true)),
      toOthers: addPeer(self, false),
    }),
    departure: (id) => ['removePeer', { peer_id: id }],
    relays: {
      relaySessionDescription: (from, { peer_id, session_description }) => ({
        to: peer_id, event: 'sessionDescription', data: { peer_id: from, session_description },
      }),
      relayICECandidate: (from, { peer_id, ice_candidate }) => ({
        to: peer_id, event: 'iceCandidate', data: { peer_id: from, ice_candidate },
      }),
    },
  },
  rooms: {
    capacity: 64,
    hasRoomCalls: true,
    enter: { event: 'join-room', read: (room) => ({ room }) },
    arrival: (self, others) => ({
      toSelf: [['users', [...others, self].map(({ id }) => id)]],
      toOthers: ['user-joined', self.id],
    }),
    departure: (id) => ['user-left', id],
    relays: {
      offer: callTo('offer'),
      answer: callTo('answer'),
      'ice-candidate': (from, { target, candidate }) =>
        ({ to: target, event: 'ice-candidate', data: candidate }),
      'end-call': (from, { to }) => ({ to, event: 'end-call', data: { to, from } }),
    },
  },
  /* In these two it is for the members to say that they come and go. */
  message: {
    capacity: 2,
    relays: {
      message: (from, message) => ({
        event: 'message', data: isObject(message) ? { ...message, clientId: from } : message,
      }),
    },
  },
  broadcast: {
    capacity: 2,
    hasSilent: true, /* who waits to be called says nothing until then */
    relays: {
      offer: toEverybody('offer'),
      answer: toEverybody('answer'),
      candidate: toEverybody('candidate'),
    },
  },
};

/** Which dialect it is that a client of whom nothing is known speaks, by its name; or nothing. */
export function guessDialect(event, argument) {
  switch (event) {
    case 'join': return 'mesh';
    case 'join-room': return 'rooms';
    case 'message': return 'message';
    case 'candidate': return 'broadcast';
    case 'offer':
    case 'answer': return isText(argument?.type) ? 'broadcast' : undefined;
    default: return undefined;
  }
}

const MAX_DEPTH = 32; /* of which a message of the dialects needs 3 */

/** Whether a message is nested so deep that who reads it could run out of stack. */
export function isDeep(value, depth = MAX_DEPTH) {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) &&
    (depth === 0 || Object.values(value).some((part) => isDeep(part, depth - 1)));
}

/* JSON escapes half of a surrogate pair, which UTF-8 does not have, and no other of them. */
const isWellFormed = (value) => !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));

/** Why nobody can be a member with that, in words; or nothing. */
export function findFault({ room, userdata = {} }) {
  if (!isText(room) || room === '')
    return 'the name of the room is missing';
  if (Buffer.byteLength(room) > 128)
    return 'the name of the room is longer than 128 bytes';
  if (!isWellFormed(room) || !isWellFormed(userdata))
    return 'the name of the room or userdata is not Unicode';
  if (Buffer.byteLength(JSON.stringify(userdata)) > 8192)
    return 'userdata is longer than 8192 bytes';
  return undefined;
}
