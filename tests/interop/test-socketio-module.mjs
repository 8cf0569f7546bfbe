/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page's own Socket.IO module: its packet codec and backoff by themselves,
 * then the module against npm's socket.io, and against a server that misbehaves.
 * The browser's WebSocket is played by npm's ws.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { requireModule } from './modules.mjs';
import { backoffDelay, decodePacket, encodePacket, Socket }
  from '../../ext/socketiosignaller/server/page/socketio.mjs';
import { check, finish, watchdog } from './harness.mjs';

const { Server } = requireModule('socket.io');
const WebSocket = requireModule('ws');

watchdog(60);

/* ---- codec ---- */

const packet = (type, fields = {}) =>
  ({ type, attachments: 0, namespace: '/', id: null, data: undefined, ...fields });

const WHOLE = [
  ['0', packet(0)],
  ['0{"sid":"x"}', packet(0, { data: { sid: 'x' } })],
  ['0/adm,', packet(0, { namespace: '/adm' })],
  ['0/adm', packet(0, { namespace: '/adm' })],
  ['1', packet(1)],
  ['1/adm,', packet(1, { namespace: '/adm' })],
  ['2["a"]', packet(2, { data: ['a'] })],
  ['2["a",1,{"b":[2]}]', packet(2, { data: ['a', 1, { b: [2] }] })],
  ['2[1]', packet(2, { data: [1] })],
  ['2[""]', packet(2, { data: [''] })],
  ['212["a"]', packet(2, { id: 12, data: ['a'] })],
  ['2/adm,7["a"]', packet(2, { namespace: '/adm', id: 7, data: ['a'] })],
  ['312[]', packet(3, { id: 12, data: [] })],
  ['4"no"', packet(4, { data: 'no' })],
  ['4{"message":"no"}', packet(4, { data: { message: 'no' } })],
  ['51-["a",{"_placeholder":true,"num":0}]',
    packet(5, { attachments: 1, data: ['a', { _placeholder: true, num: 0 }] })],
  ['510-["a"]', packet(5, { attachments: 10, data: ['a'] })],
  ['61-3[]', packet(6, { attachments: 1, id: 3, data: [] })],
];
for (const [text, expected] of WHOLE)
  assert.deepEqual(decodePacket(text), expected, text);

const BROKEN = ['', '7', 'x', '0[]', '0/adm,null', '0"a"', '1{}', '2', '2[]', '2{}', '2[null]',
  '2[true]', '2[["a"]]', '2["connect"]', '2["disconnect"]', '2["a"]x', '212abc["a"]', '2 ["a"]',
  '3', '3[]', '31', '31{}', '4', '4[]', '4null', '50-["a"]', '5-["a"]', '5["a"]', '511-["a"]',
  '51.5-["a"]', '5-1-["a"]', '51e0-["a"]', '21-["a"]', '2' + '1'.repeat(16) + '["a"]',
  '2["a"', '2[\'a\']', '2["\\x"]', '2' + '['.repeat(200000)];
for (const text of BROKEN)
  assert.throws(() => decodePacket(text), undefined, text.slice(0, 40));

assert.equal(encodePacket({ type: 0 }), '40');
assert.equal(encodePacket({ type: 0, data: { token: 'a' } }), '40{"token":"a"}');
assert.equal(encodePacket({ type: 2, data: ['a', 1] }), '42["a",1]');
assert.equal(encodePacket({ type: 3, id: 0, data: [] }), '430[]');
check('codec', true, `${WHOLE.length} whole packets, ${BROKEN.length} broken ones`);

/* ---- backoff ---- */

const limits = { reconnectionDelay: 1000, reconnectionDelayMax: 5000, randomizationFactor: 0.5 };
assert.equal(backoffDelay(0, limits, 0), 1000);
assert.equal(backoffDelay(0, limits, 1), 500);
assert.equal(backoffDelay(2, limits, 0), 4000);
for (const attempt of [3, 31, 1015, 1e9]) {
  assert.equal(backoffDelay(attempt, limits, 0), 5000);
  assert.equal(backoffDelay(attempt, limits, 1), 2500);
}
check('backoff is capped, jittered below the cap, and never overflows', true);

/* ---- against socket.io ---- */

/* Client and server are one process here: where it gets no CPU for a while, both of
 * their timers come before the answer that is there. */
const PATIENCE = 2000; /* ms */
const QUICK = { reconnectionDelay: 20, reconnectionDelayMax: 50, timeout: 10000, ackTimeout: PATIENCE, WebSocket };

/** A promise of one local or server event: [its arguments]. */
const next = (socket, event) =>
  new Promise((resolve) => { socket.on(event, (...args) => resolve(args)); });

async function listen(http, port = 0) {
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  return http.address().port;
}

async function startServer(options, port) {
  const http = createServer();
  const connections = new Set();
  http.on('connection', (connection) => connections.add(connection));
  const io = new Server(http, options);
  return {
    io,
    port: await listen(http, port),
    close: () => new Promise((resolve) => { io.close(resolve); }),
    /* As a crash looks from outside. */
    die: () => {
      connections.forEach((connection) => connection.destroy());
      http.close();
    },
  };
}

const make = (port, options) => new Socket(`http://127.0.0.1:${port}`, { ...QUICK, ...options });

{
  const server = await startServer({ pingInterval: 100, pingTimeout: PATIENCE });
  server.io.on('connection', (socket) => {
    socket.emit('hello', socket.handshake.auth);
    socket.on('echo', (...args) => socket.emit('back', ...args));
    socket.on('ask', (value, reply) => reply(value * 2, 'yes'));
    socket.on('never', () => {});
    socket.on('question', (reply) => socket.timeout(PATIENCE).emit('question', 'you?',
      (error, answer) => reply(error ? 'no answer' : answer)));
    socket.on('binary', () => { socket.emit('blob', Buffer.from([1, 2])); socket.emit('back', 'after'); });
    socket.on('kick', () => socket.disconnect());
  });
  const socket = make(server.port, { auth: { token: 't' } });
  const hello = next(socket, 'hello');
  const connected = next(socket, 'connect');
  assert.equal(socket.emit('echo', 'too early'), false);
  await assert.rejects(socket.request('ask', 1));
  socket.connect();
  await connected;
  assert.deepEqual(await hello, [{ token: 't' }]);
  assert.ok(server.io.sockets.sockets.has(socket.id));
  check('connect, auth, id', true);

  const args = ['a', 1, null, { 'ü€😀': ['\u2028', '\u0000', '"\\'] }];
  const back = next(socket, 'back');
  assert.equal(socket.emit('echo', ...args), true);
  assert.deepEqual(await back, args);
  check('emit and event', true);

  assert.deepEqual(await socket.request('ask', 21), [42, 'yes']);
  socket.on('question', (text, reply) => { reply('me'); reply('only once'); });
  assert.deepEqual(await socket.request('question'), ['me']);
  await assert.rejects(socket.request('never'), /timed out/);
  check('acknowledgements both ways, and their time limit', true);

  const after = next(socket, 'back');
  socket.emit('binary');
  assert.deepEqual(await after, ['after']);
  assert.throws(() => socket.emit('connect'), TypeError);
  socket.on('back', () => { throw new Error('a fault of the listener, which the log shows'); });
  const quiet = console.error;
  console.error = () => {};
  socket.emit('echo');
  assert.deepEqual(await socket.request('ask', 2), [4, 'yes']);
  console.error = quiet;
  check('a binary event and a faulty listener cost nothing', true);

  let fell = 0;
  socket.on('disconnect', () => fell++);
  const [transport] = server.io.sockets.sockets.values();
  const deadlines = performance.now() + 2 * (100 + PATIENCE);
  do
    await once(transport.conn, 'heartbeat');
  while (performance.now() < deadlines);
  assert.equal(fell, 0);
  check('the server\'s pings are answered, over two deadlines', socket.connected);

  const pending = socket.request('never');
  const kicked = next(socket, 'disconnect');
  socket.emit('kick');
  assert.deepEqual(await kicked, ['io server disconnect', null]);
  await assert.rejects(pending, /io server disconnect/);
  assert.equal(socket.id, null);
  const again = next(socket, 'connect');
  socket.connect();
  await again;
  const left = next(socket, 'disconnect');
  const gone = new Promise((resolve) => server.io.sockets.sockets.get(socket.id).on('disconnect', resolve));
  socket.disconnect();
  assert.deepEqual((await left)[0], 'io client disconnect');
  assert.equal(await gone, 'client namespace disconnect');
  check('disconnect by either side, each with its reason and no return', true);
  await server.close();
}

{
  let server = await startServer({});
  const { port } = server;
  const socket = make(port);
  let connected = next(socket, 'connect');
  socket.connect();
  await connected;
  const first = socket.id;
  const lost = next(socket, 'disconnect');
  const failed = next(socket, 'connect_error');
  server.die();
  const [reason, retryIn] = await lost;
  assert.match(reason, /^transport (close|error)$/);
  assert.ok(retryIn >= 10 && retryIn <= 20, `${retryIn}`);
  const [, retryAgain] = await failed;
  assert.ok(retryAgain >= 10 && retryAgain <= 50, `${retryAgain}`);
  connected = next(socket, 'connect');
  server = await startServer({}, port);
  await connected;
  check('reconnection after the server died', socket.connected && socket.id !== first);
  socket.disconnect();
  await server.close();
}

{
  const server = await startServer({ connectionStateRecovery: {} });
  const auths = [];
  server.io.on('connection', (socket) => auths.push(socket.handshake.auth));
  const socket = make(server.port, { auth: { token: 't' } });
  const enter = async () => {
    const connected = next(socket, 'connect');
    socket.connect();
    await connected;
  };
  await enter();
  const again = next(socket, 'connect');
  [...server.io.sockets.sockets.values()].forEach((one) => one.conn.close());
  await again;
  socket.disconnect();
  await enter();
  socket.disconnect();
  const [first, second, third] = auths;
  assert.deepEqual(first, { token: 't' });
  assert.deepEqual(third, { token: 't' });
  assert.deepEqual({ ...second, pid: '' }, { token: 't', pid: '' });
  check('who comes back brings what the server told it', /^[\w-]{16,}$/.test(second.pid), second.pid);
  await server.close();
}

{
  const server = await startServer({});
  server.io.use((socket, done) => done(new Error('not you')));
  const socket = make(server.port);
  const refused = next(socket, 'connect_error');
  socket.connect();
  const [error, retryIn] = await refused;
  check('a refusal has the server\'s words and is final', error.message === 'not you' && retryIn === null);
  await server.close();
}

/* ---- against a server that misbehaves: each ends with a reason, none throws ---- */

const shake = (pingInterval, pingTimeout) =>
  `0{"sid":"s","upgrades":[],"pingInterval":${pingInterval},"pingTimeout":${pingTimeout},"maxPayload":1000000}`;
const HANDSHAKE = shake(25000, 20000);
const CONNECTED = '40{"sid":"id"}';

/** The first local "connect_error" or "disconnect" against a server that sends `messages`. */
async function against(messages, { options = {} } = {}) {
  const http = createServer();
  const wss = new WebSocket.WebSocketServer({ server: http });
  wss.on('connection', (ws) => messages.forEach((message) => ws.send(message)));
  const port = await listen(http);
  const socket = make(port, { reconnection: false, ...options });
  const end = Promise.race([
    next(socket, 'disconnect').then(([reason]) => reason),
    next(socket, 'connect_error').then(([error]) => error.name === 'Error' ? error.message : 'parse error'),
  ]);
  socket.connect();
  const reason = await end;
  wss.clients.forEach((ws) => ws.terminate());
  wss.close();
  http.close();
  return reason;
}

for (const [what, messages, reason] of [
  ['no handshake', ['40'], 'parse error'],
  ['a broken handshake', ['0{'], 'parse error'],
  ['a ping every 0 ms', ['0{"sid":"s","pingInterval":0,"pingTimeout":0}'], 'parse error'],
  ['an EIO3 server', [HANDSHAKE, '40'], 'parse error'],
  ['42 with nothing', [HANDSHAKE, CONNECTED, '42'], 'parse error'],
  ['44 with nothing', [HANDSHAKE, '44'], 'parse error'],
  ['a reserved event', [HANDSHAKE, CONNECTED, '42["disconnect"]'], 'parse error'],
  ['an unknown type', [HANDSHAKE, CONNECTED, '9'], 'parse error'],
  ['an empty message', [HANDSHAKE, CONNECTED, ''], 'parse error'],
  ['a stray binary message', [HANDSHAKE, CONNECTED, Buffer.from([1])], 'parse error'],
  ['text among attachments', [HANDSHAKE, CONNECTED, '451-["a"]', '42["b"]'], 'parse error'],
  ['a huge message', [HANDSHAKE, CONNECTED, '42["' + 'a'.repeat(1e6) + '"]'], 'parse error'],
  ['events without CONNECT', [HANDSHAKE, ...Array(300).fill('42["a"]')], 'parse error'],
  ['an Engine.IO close', [HANDSHAKE, CONNECTED, '1'], 'transport close'],
  ['silence after CONNECT', [shake(300, 200), CONNECTED], 'ping timeout'],
]) {
  const got = await against(messages);
  check(what, got === reason, got);
}
check('silence before the handshake', await against([], { options: { timeout: 200 } }) === 'timeout');
check('silence before CONNECT', await against([HANDSHAKE], { options: { timeout: 200 } }) === 'timeout');
check('pings do not stand in for CONNECT',
  await against([HANDSHAKE, '2', '2'], { options: { timeout: 200 } }) === 'timeout');

finish();
