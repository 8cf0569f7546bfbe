/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * npm's server for interop-client, which does the checking:
 * test-npm-server.mjs PROGRAM VERSION TRANSPORTS, where VERSION is 2, 3 or 4 of
 * socket.io, and TRANSPORTS are what the client is to use, with commas.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { requireModule } from './harness.mjs';

const [program, version, transports] = process.argv.slice(2);
const module = requireModule(version === '4' ? 'socket.io' : `sio${version}`);
const options = {
  pingInterval: 200,
  pingTimeout: 3000,
  maxHttpBufferSize: 1e6,
  ...version === '4' && { connectionStateRecovery: {} },
};
let http;
let io;
let port = 0;

/* Before version 3 there was the query alone. */
const auth = ({ handshake }) => handshake.auth ?? handshake.query;

const flaky = new Set();

let slow = 0; /* sockets that had to wait at the door */

function serve(socket) {
  if (socket.handshake.query.wait !== undefined)
    slow++;
  socket.on('slow', (ack) => ack(slow));
  socket.on('echo', (...args) => {
    const last = args.at(-1);
    if (typeof last === 'function')
      last(...args.slice(0, -1));
    else
      socket.emit('echo', ...args);
  });
  socket.on('ask', () => {
    socket.emit('question', 1, 'x', (...answer) => socket.emit('answered', ...answer));
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
  socket.on('flaky', (key, ack) => {
    if (flaky.has(key))
      return ack('twice');
    flaky.add(key);
    return socket.conn.close();
  });
  socket.on('kick', () => socket.conn.close());
  socket.on('miss', () => {
    socket.join('away');
    socket.once('disconnect', () => io.to('away').emit('missed', socket.id));
    socket.conn.close();
  });
  socket.on('restart', () => {
    io.close();
    setTimeout(start, 300);
  });
}

async function start() {
  http = createServer();
  io = version === '2' ? module(http, options) : new module.Server(http, options);
  io.use((socket, next) => {
    if (auth(socket).token === 'right')
      return setTimeout(next, Number(socket.handshake.query.wait ?? 0));
    return next(Object.assign(new Error('not you'), { data: { code: 7 } }));
  });
  io.on('connection', serve);
  io.of('/custom').on('connection', (socket) => {
    socket.emit('hello', auth(socket).who, socket.handshake.query.room);
  });
  await new Promise((resolve) => { http.listen(port, '127.0.0.1', resolve); });
  port = http.address().port;
}

await start();
const client = spawn(program, ['--tap'], {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: {
    ...process.env,
    SIO_INTEROP_URI: `http://127.0.0.1:${port}`,
    SIO_INTEROP_VERSION: version,
    SIO_INTEROP_TRANSPORTS: transports,
  },
});
client.on('exit', (code) => process.exit(code ?? 1));
