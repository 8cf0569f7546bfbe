/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * npm's server for interop-client, which does the checking:
 * test-npm-server.mjs PROGRAM.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { requireModule } from './harness.mjs';

const { Server } = requireModule('socket.io');
const options = { pingInterval: 200, pingTimeout: 5000, connectionStateRecovery: {} };
let http;
let io;
let port = 0;

function serve(socket) {
  socket.on('echo', (...args) => {
    const last = args.at(-1);
    if (typeof last === 'function')
      last(...args.slice(0, -1));
    else
      socket.emit('echo', ...args);
  });
  socket.on('ask', async () => {
    socket.emit('answered', await socket.timeout(10000).emitWithAck('question', 1, 'x'));
  });
  socket.on('binary', (ack) => {
    socket.emit('binary', Buffer.from([1, 2]), { more: Buffer.from([3]) });
    ack(Buffer.from([4]));
  });
  socket.on('join', (room, ack) => {
    socket.join(room);
    ack();
  });
  socket.on('room', (room, text) => io.to(room).emit('room', text));
  socket.on('large', (size) => socket.emit('large', 'x'.repeat(size)));
  socket.on('leave', () => socket.disconnect());
  socket.on('kick', () => socket.conn.close());
  socket.on('miss', () => {
    socket.join('away');
    socket.once('disconnect', () => io.to('away').emit('missed', socket.id));
    socket.conn.close();
  });
  socket.on('restart', async () => {
    await io.close();
    setTimeout(start, 300);
  });
}

async function start() {
  http = createServer();
  io = new Server(http, options);
  io.use((socket, next) => {
    if (socket.handshake.auth.token === 'right')
      return next();
    return next(Object.assign(new Error('not you'), { data: { code: 7 } }));
  });
  io.on('connection', serve);
  io.of('/custom').on('connection', (socket) => {
    socket.emit('hello', socket.handshake.auth, socket.handshake.query.room);
  });
  await new Promise((resolve) => { http.listen(port, '127.0.0.1', resolve); });
  port = http.address().port;
}

await start();
const client = spawn(process.argv[2], ['--tap'], {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, SIO_INTEROP_URI: `http://127.0.0.1:${port}` },
});
client.on('exit', (code) => process.exit(code ?? 1));
