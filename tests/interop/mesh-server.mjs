/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A room server of the mesh dialect on the real npm socket.io, and a static
 * server for the pages under test.
 *
 *   mesh-server.mjs [--host 127.0.0.1] [--port 0] [--userdata]
 *
 * prints one line of JSON, {"port", "url"}, when it listens, and runs until it
 * gets SIGTERM. --userdata passes a member's userdata on in addPeer, as the
 * embedded server does; without it addPeer is the bare message that the public
 * applications of this family send.
 *
 * Served: / the embedded page, /peer/ the test page on npm's socket.io-client.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeModules, requireModule } from './modules.mjs';

const { Server } = requireModule('socket.io');

const here = dirname(fileURLToPath(import.meta.url));
const pageDir = join(here, '../../ext/socketiosignaller/server/page');
const peerDir = join(here, 'browser-peer');
const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const JS = 'text/javascript; charset=utf-8';

const FILES = new Map([
  ['/', [join(pageDir, 'index.html'), HTML]],
  ['/style.css', [join(pageDir, 'style.css'), CSS]],
  ['/call.mjs', [join(pageDir, 'call.mjs'), JS]],
  ['/socketio.mjs', [join(pageDir, 'socketio.mjs'), JS]],
  ['/icon.svg', [join(pageDir, 'icon.svg'), 'image/svg+xml']],
  ['/peer/', [join(peerDir, 'index.html'), HTML]],
  ['/peer/peer.mjs', [join(peerDir, 'peer.mjs'), JS]],
  ['/peer/socket.io.esm.min.js',
    [join(nodeModules, 'socket.io-client/dist/socket.io.esm.min.js'), JS]],
]);

function serve(request, response) {
  const file = FILES.get(request.url.split('?', 1)[0]);
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'Content-Type': file[1],
    'Content-Security-Policy': "default-src 'self'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  }).end(readFileSync(file[0]));
}

/* The mesh dialect, as docs of the family have it: the newcomer offers, who is
 * in a channel already, or is not in it, is passed over in silence. */
function speakMesh(io, { userdata }) {
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
export async function startMeshServer({ host = '127.0.0.1', port = 0, userdata = false,
  options = {} } = {}) {
  const http = createServer(serve);
  const io = new Server(http, options);
  speakMesh(io, { userdata });
  await new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
  const address = http.address();
  return {
    port: address.port,
    url: `http://${host}:${address.port}`,
    io,
    close: () => new Promise((resolve) => {
      io.close(() => resolve());
      http.closeAllConnections();
    }),
  };
}

/**
 * The same as a process of its own, to be killed without a goodbye; resolves
 * with {port, url, kill()}.
 */
export async function spawnMeshServer({ port = 0, userdata = false } = {}) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--port', String(port),
    ...(userdata ? ['--userdata'] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('the room server did not start')));
  });
  return { ...JSON.parse(line), kill };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      userdata: { type: 'boolean', default: false },
    },
  });
  const { port, url } = await startMeshServer({ ...values, port: Number(values.port) });
  console.log(JSON.stringify({ port, url }));
  process.on('SIGTERM', () => process.exit(0));
}
