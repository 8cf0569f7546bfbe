/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * broadcast: bare descriptions and candidates to everybody else. Nobody joins, is
 * named or hangs up; one calls by hand, and a connection's end is the call's.
 *
 *   both offer {type, sdp}   answer {type, sdp}   candidate {candidate, ...}
 *   in   names {id: name}, of a server that tells them
 */

const PEER = 'peer';

/** See room.mjs. */
export function broadcast({ socket, hear }) {
  socket
    .on('offer', (data) => hear.described(PEER, { type: 'offer', sdp: data?.sdp }))
    .on('answer', (data) => hear.described(PEER, { type: 'answer', sdp: data?.sdp }))
    .on('candidate', (data) =>
      hear.candidate(PEER, typeof data?.candidate === 'object' ? data.candidate : data))
    .on('names', (names) => {
      const others = Object.entries(names ?? {}).filter(([id]) => id !== socket.id);
      if (others.length === 1)
        hear.named(PEER, others[0][1]);
    })
    .on('refused', (data) => hear.refused(data?.reason));

  return {
    byHand: true,
    enter() {
      hear.entered();
      hear.came({ id: PEER, name: 'The other one', weCall: null });
    },
    leave() {},
    describe(id, description) {
      socket.emit(description.type, description);
    },
    candidate(id, candidate) {
      socket.emit('candidate', candidate);
    },
    end() {},
  };
}
