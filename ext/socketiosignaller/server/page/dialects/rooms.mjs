/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rooms: who is in a room is listed, and called by hand.
 *
 *   out  join-room "room"   end-call {from, to}
 *        offer, answer {target, caller, sdp: {type, sdp}}
 *        ice-candidate {target, candidate}
 *   in   users [id, ...]   user-joined "id"   user-left "id"   names {id: name}
 *        offer, answer {target, caller, sdp}   end-call {from?, to}
 *        ice-candidate candidate, of nobody: it belongs to the call whose
 *        description has its user name fragment   refused {reason}
 */

/** See room.mjs. */
export function rooms({ socket, room, hear }) {
  const mine = () => socket.id;
  const come = (id) => {
    if (id !== mine())
      hear.came({ id, weCall: null });
  };
  const heard = (data) => {
    /* A server that relays to the room brings our own back. */
    if (data?.caller !== mine())
      hear.described(data?.caller, data?.sdp);
  };

  socket
    .on('users', (ids) => {
      if (Array.isArray(ids))
        ids.forEach(come);
    })
    .on('user-joined', (id) => {
      come(id);
      hear.arrived(id);
    })
    .on('user-left', (id) => hear.went(id))
    .on('names', (names) => Object.entries(names ?? {})
      .filter(([id]) => id !== mine()).forEach(([id, name]) => hear.named(id, name)))
    .on('offer', heard)
    .on('answer', heard)
    .on('ice-candidate', (data) => {
      const whole = typeof data?.candidate === 'object' ? data.candidate : data;
      hear.candidate(null, whole);
    })
    .on('end-call', (data) => {
      if (data?.from !== mine())
        hear.ended(data?.from ?? null);
    })
    .on('refused', (data) => hear.refused(data?.reason));

  return {
    byHand: true,
    self: mine,
    enter() {
      socket.emit('join-room', room);
      hear.entered();
    },
    leave() {}, /* by disconnecting */
    describe(id, sdp) {
      socket.emit(sdp.type, { target: id, caller: mine(), sdp });
    },
    candidate(id, candidate) {
      socket.emit('ice-candidate', { target: id, candidate });
    },
    end(id) {
      socket.emit('end-call', { from: mine(), to: id });
    },
  };
}
