/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What asks at an address as if a STUN and TURN server were there. Nobody is
 * answered: it is to see who asks.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/* The one of tests/common/netns.sh: libnice does not use the loopback. */
const ADDRESS = '198.18.0.1';

/* RFC 8489, section 18.1; RFC 8656, section 17. */
const BINDING_REQUEST = 0x0001;
const ALLOCATE_REQUEST = 0x0003;

/** Resolves with {iceServers, bindings, allocations, close()}: what pages are told,
 * and how often that was used so far. */
export async function listenForStun() {
  const socket = createSocket('udp4');
  const counts = { bindings: 0, allocations: 0 };
  socket.on('message', (message) => {
    const type = message.length >= 20 ? message.readUInt16BE(0) : 0;
    if (type === BINDING_REQUEST)
      counts.bindings++;
    else if (type === ALLOCATE_REQUEST)
      counts.allocations++;
  });
  socket.bind(0, ADDRESS);
  await once(socket, 'listening');
  const { port } = socket.address();
  return {
    iceServers: [
      { urls: `stun:${ADDRESS}:${port}` },
      { urls: [`turn:${ADDRESS}:${port}`], username: '1:ada', credential: 'c%' },
    ],
    get bindings() { return counts.bindings; },
    get allocations() { return counts.allocations; },
    close: () => socket.close(),
  };
}
