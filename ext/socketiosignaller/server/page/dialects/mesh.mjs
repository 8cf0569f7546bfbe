/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mesh: everybody in a channel calls everybody, the one who comes offers.
 *
 *   out  join {channel, userdata: {name}}   part "channel"
 *        relaySessionDescription {peer_id, session_description}
 *        relayICECandidate {peer_id, ice_candidate: {sdpMLineIndex, candidate}}
 *   in   addPeer {peer_id, should_create_offer, userdata?}   removePeer {peer_id}
 *        sessionDescription {peer_id, session_description}
 *        iceCandidate {peer_id, ice_candidate}   refused {reason}
 */

/** What every dialect is given and gives: see room.mjs. */
export function mesh({ socket, room, name, hear }) {
  socket
    .on('addPeer', (config) => {
      const weCall = config?.should_create_offer === true;
      hear.came({ id: config?.peer_id, name: config?.userdata?.name, weCall });
      if (!weCall) /* who comes offers */
        hear.arrived(config?.peer_id);
    })
    .on('removePeer', (config) => hear.went(config?.peer_id))
    .on('sessionDescription', (config) =>
      hear.described(config?.peer_id, config?.session_description))
    .on('iceCandidate', (config) => hear.candidate(config?.peer_id, config?.ice_candidate))
    .on('refused', (config) => hear.refused(config?.reason));

  return {
    byHand: false,
    isLobby: true,
    enter() {
      socket.emit('join', { channel: room, userdata: { name } });
      hear.entered();
    },
    leave() {
      socket.emit('part', room);
    },
    describe(id, description) {
      socket.emit('relaySessionDescription', { peer_id: id, session_description: description });
    },
    candidate(id, { sdpMLineIndex, candidate }) {
      socket.emit('relayICECandidate',
        { peer_id: id, ice_candidate: { sdpMLineIndex, candidate } });
    },
    end() {}, /* no word for it */
  };
}
