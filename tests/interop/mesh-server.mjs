/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A room server of the mesh dialect on the real npm socket.io, which serves the
 * pages under test, too.
 *
 *   mesh-server.mjs [--host 127.0.0.1] [--port 0] [--userdata]
 *
 * prints one line of JSON, {"port", "url"}, when it listens, and runs until it
 * gets SIGTERM. --userdata passes a member's userdata on in addPeer, as the
 * embedded server does; without it addPeer is the bare message that the public
 * applications of this family send.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { announce, spawnServer, startServer } from './page-server.mjs';

/* The mesh dialect, as docs of the family have it: the newcomer offers, who is
 * in a channel already, or is not in it, is passed over in silence. */
export function speakMesh(io, { userdata = false } = {}) {
  io.on('connection', (socket) => {
    const joined = new Map(); /* channel -> userdata */
    socket.data.joined = joined;

    const introduce = (to, other, data, offer) => to.emit('addPeer', {
      peer_id: other.id,
      should_create_offer: offer,
      ...(userdata ? { userdata: data } : {}),
    });

    const part = (channel) => {
      if (!joined.delete(channel))
        return;
      socket.leave(channel);
      for (const id of io.sockets.adapter.rooms.get(channel) ?? []) {
        io.to(id).emit('removePeer', { peer_id: socket.id });
        socket.emit('removePeer', { peer_id: id });
      }
    };

    socket.on('join', ({ channel, userdata: data = {} }) => {
      if (joined.has(channel))
        return;
      for (const id of io.sockets.adapter.rooms.get(channel) ?? []) {
        const other = io.sockets.sockets.get(id);
        introduce(other, socket, data, false);
        introduce(socket, other, other.data.joined.get(channel), true);
      }
      joined.set(channel, data);
      socket.join(channel);
    });
    socket.on('part', part);
    socket.on('disconnecting', () => [...joined.keys()].forEach(part));
    socket.on('relaySessionDescription', ({ peer_id, session_description }) =>
      io.to(peer_id).emit('sessionDescription', { peer_id: socket.id, session_description }));
    socket.on('relayICECandidate', ({ peer_id, ice_candidate }) =>
      io.to(peer_id).emit('iceCandidate', { peer_id: socket.id, ice_candidate }));
  });
}

/**
 * Starts a server; resolves with {port, url, io, close()}.
 * @param {{host?: string, port?: number, userdata?: boolean, options?: object}} settings
 */
export const startMeshServer = ({ userdata = false, ...settings } = {}) =>
  startServer((io) => speakMesh(io, { userdata }), settings);

/** The same as a process of its own; resolves with {port, url, kill()}. */
export const spawnMeshServer = ({ port = 0, userdata = false } = {}) =>
  spawnServer(fileURLToPath(import.meta.url),
    ['--port', String(port), ...(userdata ? ['--userdata'] : [])]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      userdata: { type: 'boolean', default: false },
    },
  });
  announce(await startMeshServer({ ...values, port: Number(values.port) }));
}
