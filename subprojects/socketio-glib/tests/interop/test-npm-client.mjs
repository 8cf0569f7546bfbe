/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * npm's client before this library's server: test-npm-client.mjs PROGRAM VERSION
 * TRANSPORTS, where VERSION is 2, 3 or 4 of socket.io-client, and TRANSPORTS are
 * what it is to use, with commas.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { finish, requireModule, same, watchdog } from './harness.mjs';

const [program, version, transportList] = process.argv.slice(2);
const transports = transportList.split(',');
const old = version === '2';
const module = requireModule(version === '4' ? 'socket.io-client' : `sioc${version}`);
const io = old ? module : module.io;

watchdog(120);
const server = spawn(program, [], { stdio: ['ignore', 'pipe', 'inherit'] });
process.on('exit', () => server.kill());
const departures = new Map();
const [uri] = await new Promise((resolve) => {
  createInterface({ input: server.stdout }).on('line', (line) => {
    const [, id, reason] = line.match(/^(\S+) left: (.*)$/) ?? [];

    if (id)
      departure(id).resolve(reason);
    else
      resolve([`http://127.0.0.1:${line}`]);
  });
});

/* The reason for which the server says that a client left. */
function departure(id) {
  if (!departures.has(id)) {
    const entry = {};
    entry.reason = new Promise((resolve) => { entry.resolve = resolve; });
    departures.set(id, entry);
  }
  return departures.get(id);
}
const reasonOf = async (id) => departure(id).reason;

/* Before version 3 there was the query alone. */
const errorEvent = old ? 'error' : 'connect_error';
const credentials = (auth) => (old ? { query: { room: 'a b', ...auth } }
  : { auth, query: { room: 'a b' } });
const dial = (nsp = '/', auth = { token: '1' }, options = {}) => io(uri + nsp, {
  transports, forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 100,
  ...credentials(auth), ...options,
});
const next = async (socket, event) => new Promise((resolve) => {
  socket.once(event, (...args) => resolve(args));
});
const ask = async (socket, ...args) => new Promise((resolve) => {
  socket.emit(...args, (...answer) => resolve(answer));
});
async function connect(...args) {
  const socket = dial(...args);
  await next(socket, 'connect');
  return socket;
}
const carrier = (socket) => socket.io.engine.transport.name;

const values = [1, -2.5, 1e21, null, true, 'é😀"\n\u0001', { a: [{}], b: '' }];
const socket = await connect();
const [id, auth, room] = await ask(socket, 'who');
same('it is told who it is', id, socket.id);
same('the credentials and the query arrive', [auth.token ?? '1', room], ['1', 'a b']);
same('values come back in an acknowledgement', await ask(socket, 'echo', ...values), values);
socket.emit('echo', ...values);
same('and in an event', await next(socket, 'echo'), values);
socket.emit('echo', 'x'.repeat(900000));
same('a large event', (await next(socket, 'echo'))[0].length, 900000);

socket.on('question', (...args) => args[args.length - 1]({ yes: args.slice(0, -1) }));
socket.emit('ask', 1, 'x');
same('the server asks, and gets the answer', await next(socket, 'answered'), [{ yes: [1, 'x'] }]);

const other = await connect();
await ask(other, 'join', 'r');
await ask(other, 'join', 'also');
await ask(socket, 'join', 'r');
same('the members of a room', await ask(socket, 'members', 'r'), [other.id, socket.id]);
same('the rooms of a member', await ask(other, 'rooms'), [other.id, 'r', 'also']);
const heard = next(other, 'room');
socket.once('room', () => same('a sender is left out', true, false));
socket.emit('room', 'hello');
same('a room', await heard, ['hello']);

socket.emit('echo', { a: [Buffer.from([0, 255, 123])] }, Buffer.from([1]));
same('binary data', await next(socket, 'echo'),
  [{ a: [Buffer.from([0, 255, 123])] }, Buffer.from([1])]);
same('and in an acknowledgement',
  await ask(socket, 'echo', Buffer.alloc(300000, 1)), [Buffer.alloc(300000, 1)]);
const many = [];
socket.on('count', (n) => many.push(n));
socket.emit('count', 100);
await ask(socket, 'echo');
same('many events, in order', many, [...Array(100).keys()]);

/* The server asks, or this client does, every 200 ms. */
await new Promise((resolve) => { setTimeout(resolve, 1000); });
same('after five heartbeats', [socket.connected, await ask(socket, 'echo', 2)], [true, [2]]);
same('by the transport that was asked for',
  [carrier(socket), (await ask(socket, 'transport'))[0]],
  [transports.at(-1), transports.at(-1)]);

/* Over the connection that is there. */
const custom = dial('/custom', { token: 'c' }, { forceNew: false });
const base = dial('/', { token: '1' }, { forceNew: false });
const hello = next(custom, 'hello');
await next(base, 'connect');
same('another namespace', (await hello)[0].token, 'c');
same('over the same connection', custom.io === base.io, true);
same('where it has an id of its own', (await ask(custom, 'who'))[0], custom.id);
same('binary data there', await ask(custom, 'echo', Buffer.from([7])), [Buffer.from([7])]);
const customId = custom.id;
custom.disconnect();
same('it leaves one', await reasonOf(customId), 'client namespace disconnect');
same('and stays in the other', await ask(base, 'echo', 1), [1]);
base.disconnect();

const later = await connect('/later', { token: 'right' });
same('somebody who is let in later', (await ask(later, 'echo', 3)), [3]);
later.disconnect();
const [denied] = await next(dial('/later', { token: 'wrong' }), errorEvent);
same('or refused, with data', old ? denied : [denied.message, denied.data],
  old ? { code: 7 } : ['not later', { code: 7 }]);
const dynamic = await connect('/room-7');
same('a namespace that is opened when it is asked for', await ask(dynamic, 'echo', 4), [4]);
dynamic.disconnect();
const [invalid] = await next(dial('/nowhere'), errorEvent);
same('an unknown namespace', old ? invalid : invalid.message, 'Invalid namespace');
const [refusal] = await next(dial('/', {}), errorEvent);
same('a refusal', old ? refusal : refusal.message, 'not you');

let left = next(socket, 'disconnect');
socket.emit('leave');
same('the server disconnects', (await left)[0], 'io server disconnect');
same('and knows it', await reasonOf(id), 'server namespace disconnect');
const otherId = other.id;
other.disconnect();
same('the client disconnects', await reasonOf(otherId), 'client namespace disconnect');

const engine = await connect();
const engineId = engine.id;
engine.io.engine.close();
same('the connection ends', await reasonOf(engineId), 'transport close');
await next(engine, 'connect');
same('and is made anew', await ask(engine, 'echo', 5), [5]);

/* In the midst of the change what is sent last would be lost. */
if (carrier(engine) !== transports.at(-1))
  await new Promise((resolve) => { engine.io.engine.once('upgrade', resolve); });
left = next(engine, 'disconnect');
const lastId = engine.id;
engine.io.reconnection(false);
const last = next(engine, 'last');
engine.emit('shutdown');
same('what is said before the end is heard', await last, ['words']);
same('the server shuts down', (await left)[0], 'transport close');
same('and says so', await reasonOf(lastId), 'server shutting down');
finish();
