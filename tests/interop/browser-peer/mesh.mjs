/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the pages of mesh applications do. */

export const withoutEnd = (send) => ({ candidate }) => {
  if (candidate)
    send(candidate);
};

/*
 * Everybody calls everybody, the one who comes offers. No button but the door.
 * `events`: what the application calls what it sends; `channels`: data channels,
 * which nothing is sent over, in an offer.
 */
export function mesh(page, {
  events = { describe: 'relaySessionDescription', candidate: 'relayICECandidate' },
  join = { channel: page.room, userdata: { name: 'npm client' } },
  channels = [],
  leave = () => page.socket.emit('part', page.room),
} = {}) {
  const { socket, seen, openMedia, connect, disconnect, addTracks } = page;
  const connections = new Map();

  function part(id) {
    if (connections.has(id))
      disconnect(connections.get(id));
    connections.delete(id);
  }

  async function describe(id, pc, description) {
    await pc.setLocalDescription(description);
    socket.emit(events.describe, { peer_id: id, session_description: description });
  }

  socket.on('connect', () => {
    socket.emit('join', join);
    seen.ready = true;
  });
  socket.on('disconnect', () => [...connections.keys()].forEach(part));
  socket.on('addPeer', async ({ peer_id: id, should_create_offer: calls, iceServers }) => {
    if (connections.has(id))
      return;
    const pc = connect(id, { iceServers });
    connections.set(id, pc);
    pc.onicecandidate = withoutEnd(({ sdpMLineIndex, candidate }) =>
      socket.emit(events.candidate, { peer_id: id, ice_candidate: { sdpMLineIndex, candidate } }));
    addTracks(pc, { calls });
    if (!calls)
      return;
    channels.forEach((label) => pc.createDataChannel(label));
    seen.offers++;
    await describe(id, pc, await pc.createOffer());
  });
  socket.on('removePeer', ({ peer_id: id }) => part(id));
  socket.on('sessionDescription', async ({ peer_id: id, session_description: description }) => {
    const pc = connections.get(id);
    await pc.setRemoteDescription(description);
    if (description.type !== 'offer')
      return;
    seen.answers++;
    await describe(id, pc, await pc.createAnswer());
  });
  socket.on('iceCandidate', ({ peer_id: id, ice_candidate: candidate }) =>
    connections.get(id).addIceCandidate(candidate));

  /* Onto the connections that there are, by a further offer. */
  async function addCamera() {
    await openMedia();
    for (const [id, pc] of connections) {
      addTracks(pc, { calls: true });
      await describe(id, pc, await pc.createOffer());
    }
  }

  async function dropCamera() {
    for (const [id, pc] of connections) {
      pc.getSenders().filter(({ track }) => track).forEach((sender) => pc.removeTrack(sender));
      await describe(id, pc, await pc.createOffer());
    }
  }

  return { hangUp: leave, addCamera, dropCamera };
}
