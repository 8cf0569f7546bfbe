/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * examples/sio-chat with npm's server and client, which say what those of
 * Socket.IO's example chat do: test-chat.mjs PROGRAM.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { finish, requireModule, same, watchdog } from './harness.mjs';

const { Server } = requireModule('socket.io');
const { io: dial } = requireModule('socket.io-client');

watchdog(60);
const http = createServer();
const io = new Server(http);
let numUsers = 0;
io.on('connection', (socket) => {
  let username;
  const tell = (event, more) => socket.broadcast.emit(event, { username, ...more });

  socket.on('add user', (name) => {
    if (username)
      return;
    username = name;
    numUsers++;
    socket.emit('login', { numUsers });
    tell('user joined', { numUsers });
  });
  socket.on('new message', (message) => tell('new message', { message }));
  socket.on('typing', () => tell('typing'));
  socket.on('stop typing', () => tell('stop typing'));
  socket.on('disconnect', () => {
    if (!username)
      return;
    numUsers--;
    tell('user left', { numUsers });
  });
});
await new Promise((resolve) => { http.listen(0, '127.0.0.1', resolve); });
const uri = `http://127.0.0.1:${http.address().port}`;

const browser = dial(uri, { forceNew: true });
const next = (event) => new Promise((resolve) => { browser.once(event, resolve); });
browser.emit('add user', 'bea');
await next('login');

const joined = next('user joined');
const chat = spawn(process.argv[2], ['ann', uri], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: chat.stdout })[Symbol.asyncIterator]();
const nextLine = async () => (await lines.next()).value;
same('it logs in', await nextLine(), '2 in the chat');
same('and is announced', await joined, { username: 'ann', numUsers: 2 });

const heard = next('new message');
chat.stdin.write('hello é😀\n');
same('it speaks', await heard, { username: 'ann', message: 'hello é😀' });
browser.emit('typing');
same('it sees typing', await nextLine(), 'typing: bea');
browser.emit('stop typing');
same('and its end', await nextLine(), 'stop typing: bea');
browser.emit('new message', 'hi');
same('it hears', await nextLine(), 'bea: hi');

const third = dial(uri, { forceNew: true });
third.emit('add user', 'cy');
same('somebody comes', await nextLine(), 'user joined: cy');
const gone = next('user left');
third.disconnect();
same('and goes', await nextLine(), 'user left: cy');
await gone;

const left = next('user left');
chat.stdin.end('bye\n');
same('the last line is said', (await next('new message')).message, 'bye');
same('then it leaves', (await left).username, 'ann');
const [code] = await once(chat, 'exit');
same('in peace', code, 0);
browser.disconnect();
io.close();
finish();
