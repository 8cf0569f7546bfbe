/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* npm's client before this library's server: test-npm-client.mjs PROGRAM. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { finish, requireModule, same, watchdog } from './harness.mjs';

const { io } = requireModule('socket.io-client');

watchdog(120);
const server = spawn(process.argv[2], [], { stdio: ['ignore', 'pipe', 'inherit'] });
process.on('exit', () => server.kill());
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const nextLine = async () => (await lines.next()).value;
const uri = `http://127.0.0.1:${await nextLine()}`;

const dial = (options) => io(uri, {
  transports: ['websocket'], forceNew: true, auth: { token: 1 }, query: { room: 'a b' },
  reconnectionDelay: 20, reconnectionDelayMax: 100, ...options,
});
const next = async (socket, event) => new Promise((resolve) => {
  socket.once(event, (...args) => resolve(args));
});
async function connect(options) {
  const socket = dial(options);
  await next(socket, 'connect');
  return socket;
}

const values = [1, -2.5, 1e21, null, true, 'é😀"\n\u0001', { a: [{}], b: '' }];
const socket = await connect();
same('it is told who it is', await socket.emitWithAck('who').then((id) => id), socket.id);
same('the auth and the query arrive',
  await new Promise((resolve) => { socket.emit('who', (...args) => resolve(args.slice(1))); }),
  [{ token: 1 }, 'a b']);
same('values come back in an acknowledgement',
  await new Promise((resolve) => { socket.emit('echo', ...values, (...args) => resolve(args)); }),
  values);
socket.emit('echo', ...values);
same('and in an event', await next(socket, 'echo'), values);
socket.emit('echo', 'x'.repeat(900000));
same('a large event', (await next(socket, 'echo'))[0].length, 900000);

socket.on('question', (...args) => args.at(-1)({ yes: args.slice(0, -1) }));
socket.emit('ask', 1, 'x');
same('the server asks, and gets the answer', await next(socket, 'answered'), [{ yes: [1, 'x'] }]);

const other = await connect();
await other.emitWithAck('join', 'r');
await socket.emitWithAck('join', 'r');
const heard = next(other, 'room');
socket.once('room', () => same('a sender is left out', true, false));
socket.emit('room', 'hello');
same('a room', await heard, ['hello']);

socket.emit('echo', { a: [Buffer.from([0, 255, 123])] }, new Uint8Array([1]));
same('binary data', await next(socket, 'echo'),
  [{ a: [Buffer.from([0, 255, 123])] }, Buffer.from([1])]);
same('and in an acknowledgement',
  await socket.emitWithAck('echo', Buffer.alloc(300000, 1)), Buffer.alloc(300000, 1));
await new Promise((resolve) => { setTimeout(resolve, 1000); });
same('after five heartbeats', [socket.connected, await socket.emitWithAck('echo', 2)], [true, 2]);

let left = next(socket, 'disconnect');
const { id } = socket;
socket.emit('leave');
same('the server disconnects', (await left)[0], 'io server disconnect');
same('and knows it', await nextLine(), `${id} left: server namespace disconnect`);
left = nextLine();
const otherId = other.id;
other.disconnect();
same('the client disconnects', await left, `${otherId} left: client namespace disconnect`);

const engine = await connect();
left = nextLine();
const engineId = engine.id;
engine.io.engine.close();
same('the connection ends', await left, `${engineId} left: transport close`);
same('and is made anew', (await next(engine, 'connect')).length, 0);
engine.disconnect();
await nextLine();

const [refusal] = await next(dial({ auth: {} }), 'connect_error');
same('a refusal', refusal.message, 'not you');
const [invalid] = await next(io(`${uri}/nowhere`, { transports: ['websocket'], forceNew: true }),
  'connect_error');
same('an unknown namespace', invalid.message, 'Invalid namespace');
const polling = dial({ transports: ['polling'], reconnection: false });
const [unknown] = await next(polling, 'connect_error');
same('polling is refused', unknown.description, 400);
const answer = await fetch(`${uri}/socket.io/?EIO=4&transport=polling`);
same('with a reason', [answer.status, await answer.json()],
  [400, { code: 0, message: 'Transport unknown: this server speaks websocket only' }]);
const upgrading = await connect({ transports: ['polling', 'websocket'], tryAllTransports: true });
same('and a client that tries them all gets through',
  await upgrading.emitWithAck('echo', 1), 1);
upgrading.disconnect();

server.kill();
await once(server, 'exit');
finish();
