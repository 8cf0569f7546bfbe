/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who the page's room takes people for, in Node: a server and connections that do
 * nothing stand in for the real ones, so that each event comes in the order that
 * hurts. What comes of it in browsers is test-page-use.mjs's.
 */
import { check, finish, watchdog } from './harness.mjs';

const page = (name) => import(`../../ext/socketiosignaller/server/page/${name}`);

watchdog(20);
const same = (what, got, wanted) =>
  check(what, JSON.stringify(got) === JSON.stringify(wanted), JSON.stringify(got));

const connections = [];
class FakeConnection {
  connectionState = 'new';
  signalingState = 'stable';
  currentRemoteDescription = null;
  listeners = {};
  constructor() {
    connections.push(this);
  }
  get remoteDescription() { return this.currentRemoteDescription; }
  addEventListener(event, listener) { this.listeners[event] = listener; }
  addTransceiver() {}
  close() { this.connectionState = 'closed'; }
  async setRemoteDescription(description) { this.currentRemoteDescription = description; }
  async setLocalDescription() { this.localDescription = { type: 'answer', sdp: 'v=0' }; }
  become(state) {
    this.connectionState = state;
    this.onconnectionstatechange();
  }
  /* A chat in which the other side says something. */
  hear(message) {
    this.channel ??= { label: 'chat', readyState: 'open', send() {} };
    if (!this.channel.onmessage)
      this.listeners.datachannel({ channel: this.channel });
    this.channel.onmessage({ data: JSON.stringify(message) });
  }
}
globalThis.RTCPeerConnection = FakeConnection;
globalThis.MediaStream = class {};
globalThis.location = new URL('http://127.0.0.1/');

const { Socket } = await page('socketio.mjs');
let heard;
Socket.prototype.on = function on(event, listener) {
  heard.set(event, listener);
  return this;
};
const sent = [];
Socket.prototype.emit = (...message) => sent.push(message);
Socket.prototype.disconnect = () => {};
Object.defineProperty(Socket.prototype, 'id', { get: () => 'me' });
const { Room } = await page('room.mjs');

const settle = () => new Promise((resolve) => setImmediate(resolve));
const offerOf = (fingerprint) => ({ type: 'offer', sdp: `v=0\r\na=fingerprint:sha-256 ${fingerprint}\r\n` });
const told = [];
let whenRinging = () => {};
const open = new Set(); /* rooms, which keep timers */

function enter() {
  heard = new Map();
  const on = new Proxy({}, { get: (_, what) => (...args) => {
    told.push([what, ...args]);
    if (what === 'changed' && args[0].isRinging)
      whenRinging(args[0]);
  } });
  const room = new Room({
    dialect: 'rooms', room: 'den', name: 'Ada', token: '', iceServers: () => [],
    media: { tracks: () => [], isOn: () => false }, on,
  });
  const hear = (event, ...args) => heard.get(event)(...args);
  open.add(room);
  hear('connect');
  return { room, hear, look: () => room.people.map(({ id, name, state }) => `${id} ${name} ${state}`) };
}

/* Somebody in a call that stands: "ben" of fingerprint AA. */
async function inCall(id = 'ben') {
  const world = enter();
  world.hear('user-joined', id);
  world.hear('names', { [id]: 'Guest' });
  world.hear('offer', { caller: id, sdp: offerOf('AA') });
  const [person] = world.room.people;
  world.room.accept(person);
  await settle();
  const connection = connections.at(-1);
  connection.become('connected');
  return { ...world, person, connection };
}

/* ---- a name is nobody ---- */
{
  const { room, hear, person } = await inCall();
  hear('disconnect', 'transport close', 500);
  hear('connect');
  hear('user-joined', 'mallory');
  hear('names', { mallory: 'Guest' });
  check('who takes a name after a restart is somebody else', room.people.length === 2 && person.id === 'ben');
  hear('offer', { caller: 'mallory', sdp: offerOf('BB') });
  const mallory = room.people.find(({ id }) => id === 'mallory');
  check('and is asked for', mallory.isRinging && !mallory.isCalled);
}

/* ---- the call's word ---- */
{
  const { room, hear, person, connection } = await inCall();
  hear('disconnect', 'transport close', 500);
  hear('connect');
  connection.hear({ hello: 1, name: 'Guest' });
  connection.hear({ id: 'new' });
  told.length = 0;
  hear('users', ['me', 'new', 'eve']);
  same('who says in the call what its id is now is one with that', room.people.map(({ id }) => id), ['new', 'eve']);
  check('it is the same, and its call stands', room.called[0] === person && connection.connectionState === 'connected');
  check('and nobody is said to have left', told.every(([what, , { moved } = {}]) => what !== 'went' || moved));
  hear('names', { new: 'Carl' });
  check('it is not named anew for its word', person.name === 'Guest', person.name);
  hear('offer', { caller: 'new', sdp: offerOf('BB') });
  check('nor answered: another connection is asked for', person.offer !== null && room.called.length === 1);
  person.stopRinging();
  hear('offer', { caller: 'new', sdp: offerOf('AA') });
  await settle();
  check('the same connection is answered', person.offer === null && person.isProven && room.called.length === 1);
}
{
  const { room, hear, connection } = await inCall();
  hear('user-joined', 'eve');
  room.hangUp(room.people[0]);
  connection.hear({ id: 'eve' });
  same('whose call is over says nothing', room.people.map(({ id }) => id), ['ben', 'eve']);
}
{
  const world = enter();
  world.hear('users', ['me', 'eve', 'ben']);
  world.hear('offer', { caller: 'ben', sdp: offerOf('AA') });
  const ben = world.room.people[1];
  world.room.accept(ben);
  await settle();
  connections.at(-1).become('connected');
  connections.at(-1).hear({ id: 'eve' });
  same('nobody is one who was there before', world.look(), ['eve Guest eve here', 'ben Guest ben connected']);
}

/* ---- the call's own description ---- */
{
  const { room, hear, person } = await inCall();
  hear('offer', { caller: 'new', sdp: offerOf('AA') });
  await settle();
  check('an offer of the same connection is of the same one, and rings nobody',
    room.people.length === 1 && person.id === 'new' && person.offer === null);
  hear('offer', { caller: 'new', sdp: offerOf('BB') });
  check('another connection is asked for there too', person.offer !== null && room.called.length === 1);
}

/* ---- a short loss ---- */
{
  const { room, hear, person, connection } = await inCall();
  hear('disconnect', 'transport close', 500);
  hear('connect');
  hear('users', ['me', 'ben']);
  connection.become('failed');
  check('who is still in the room stays when its connection fails', room.people[0] === person && !person.stale);
}
{
  const { room, hear, person, connection } = await inCall();
  hear('user-left', 'ben');
  check('the server\'s word ends no call that stands', person.isConnected && room.people.length === 1);
  connection.become('disconnected');
  same('but one that is interrupted beside', room.people, []);
}
{
  const { room, hear, connection } = await inCall();
  hear('user-left', 'ben');
  connection.hear({ bye: true });
  same('and so does a goodbye', room.people, []);
}

/* ---- nobody rings again and again ---- */
{
  const { room, hear } = enter();
  hear('user-joined', 'ben');
  const [ben] = room.people;
  told.length = 0;
  for (let i = 0; i < 5; i++) {
    hear('offer', { caller: 'ben', sdp: offerOf('AA') });
    hear('end-call', { from: 'ben', to: 'me' });
  }
  hear('offer', { caller: 'ben', sdp: offerOf('AA') });
  check('who calls five times at once has rung once', !ben.isRinging && ben.offer !== null);
  await new Promise((resolve) => {
    whenRinging = (person) => {
      if (person === ben)
        resolve();
    };
  });
  check('and rings again some seconds later', ben.isRinging);
  room.call(ben);
  check('who calls it then accepts', ben.isCalled && connections.at(-1).connectionState === 'new');
}

/* ---- who is not there ---- */
{
  const { room, hear } = enter();
  hear('user-joined', 'ben');
  const [ben] = room.people;
  hear('user-left', 'ben');
  const before = connections.length;
  room.call(ben);
  check('who has left is not called', connections.length === before && !ben.isCalled);
}
{
  const { room, hear } = enter();
  told.length = 0;
  hear('users', Array.from({ length: 40 }, (_, index) => `id-${index}`));
  check('more than 32 people are told of, once', room.people.length === 32 &&
    told.filter(([what]) => what === 'full').length === 1);
}
open.forEach((room) => room.leave());
finish();
