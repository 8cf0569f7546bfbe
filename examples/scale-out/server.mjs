/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One of several processes that host the same rooms: npm's socket.io, which with
 * the official redis adapter hands what is said to whoever it is for, wherever that
 * one is connected. See docs/scale-out.md.
 *
 *   server.mjs --name NAME --listen SOCKET --redis SOCKET
 *
 * SOCKET is the path of a Unix socket; with --listen also a port of 127.0.0.1, with
 * --redis also a URL, rediss://… where it is on another machine.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { DIALECTS, findFault, guessDialect, isDeep, isText } from './dialects.mjs';
import { Roster } from './roster.mjs';

const MAX_WAITING = 1500; /* messages of one client: who enters sends over a thousand at once */
const QUIET_MS = 1000; /* between two such words */
const RECONNECT_MS = 500;
const LEAVE_MS = 2000;

const { values: options } = parseArgs({
  options: { name: { type: 'string' }, listen: { type: 'string' }, redis: { type: 'string' } },
});

const log = (...words) => console.log(`${options.name}:`, ...words);
const short = (id) => id.slice(0, 8); /* who knows all of it could pretend to be that one */

/* Who has never been reached is not there; who is lost is waited for. */
async function connectRedis() {
  let wasThere = false;
  const reconnectStrategy = () => wasThere && RECONNECT_MS;
  const client = createClient(options.redis.includes('://')
    ? { url: options.redis, socket: { reconnectStrategy } }
    : { socket: { path: options.redis, reconnectStrategy } });
  client.on('error', () => {}); /* Roster tells of it. */
  await client.connect();
  wasThere = true;
  return client;
}

const redis = await connectRedis();
const publisher = await connectRedis();
const subscriber = await connectRedis();
/* The adapter does not look at what becomes of it, and a rejection would end us. */
const publish = publisher.publish.bind(publisher);
publisher.publish = (...args) => publish(...args).catch(() => {});

/* A process that is started again under the same name is another one. */
const backend = `${options.name}.${randomBytes(4).toString('hex')}`;
const roster = new Roster(redis, backend);

const http = createServer((request, response) => response.writeHead(404).end());
const io = new Server(http, {
  adapter: createAdapter(publisher, subscriber),
  serveClient: false,
  maxHttpBufferSize: 128 * 1024,
  connectionStateRecovery: {}, /* Clients are told of their session; this adapter restores none. */
  /* A page of anywhere else has no business here; programs name no origin. */
  allowRequest: ({ headers: { origin, host } }, decide) =>
    decide(null, origin === undefined || [`http://${host}`, `https://${host}`].includes(origin)),
});
/* They try again, or nginx tries another backend. */
io.engine.use((request, response, next) => {
  if (roster.isReady) {
    next();
  } else {
    response.writeHead(503);
    response.end();
  }
});

/* Rooms of Socket.IO: a member is reached only in its own room, whoever knows its id;
 * and who is silent hears what is broadcast in the room that it named. */
const addressOf = ({ room, id }) => JSON.stringify([id, room]);
const silentOf = (room) => `silent ${room}`;

const tell = (members, [event, data]) => {
  if (members.length > 0)
    io.to(members.map(addressOf)).emit(event, data);
};

class Client {
  #socket;
  #query;
  #member; /* where it is */
  #dialect; /* what it has spoken since it first entered a room */
  #complained = 0; /* when it last did something wrong of which a word was said */
  #waiting = 0;
  #turn = Promise.resolve(); /* What it says is dealt with one after another. */

  constructor(socket) {
    const { dialect, room } = socket.handshake.query;
    this.#socket = socket;
    this.#query = { room: room || 'lobby' };
    socket.emit('client-id', { id: socket.id });
    socket.join(silentOf(this.#query.room));
    socket.onAny((event, argument) => this.#queue(() => this.#hear(event, argument)));
    socket.on('disconnect', () => this.#queue(() => this.#leave()));
    if (Object.hasOwn(DIALECTS, dialect)) {
      this.#dialect = dialect;
      if (!DIALECTS[dialect].enter)
        this.#queue(() => this.#tryToEnter(dialect, this.#query));
    }
  }

  #queue(task) {
    if (++this.#waiting > MAX_WAITING)
      this.#socket.disconnect(true);
    this.#turn = this.#turn.then(task)
      .catch(({ message }) => {
        if (!this.#isOften())
          log(`message id=${short(this.#socket.id)}: ${message}`);
      })
      .finally(() => this.#waiting--);
  }

  async #hear(event, argument) {
    if (isDeep(argument)) {
      this.#refuse('a message is nested too deep');
      return;
    }
    const name = this.#dialect ?? guessDialect(event, argument);
    if (!name)
      return;
    const { enter, leave, relays } = DIALECTS[name];
    if (event === enter?.event) {
      await this.#tryToEnter(name, enter.read(argument));
      return;
    }
    if (event === leave && argument === this.#member?.room) {
      const others = await this.#leave();
      others.forEach(({ id }) => this.#socket.emit(...DIALECTS[name].departure(id)));
      return;
    }
    if (!Object.hasOwn(relays, event))
      return;
    if (!this.#member && !enter)
      await this.#tryToEnter(name, this.#query);
    if (this.#member)
      await this.#relay(relays[event](this.#member.id, argument));
  }

  async #tryToEnter(dialect, entry) {
    try {
      await this.#enter(dialect, entry);
    } catch (error) {
      /* Without redis nobody is refused: who is here will be cut off and come again. */
      if (!roster.isReady)
        throw error;
      this.#refuse('the rooms are out of order', error.message);
    }
  }

  async #enter(dialect, { room, userdata }) {
    const fault = findFault({ room, userdata }) ??
      (this.#member && this.#member.room !== room && 'you are in another room: leave it first');
    if (fault)
      this.#refuse(fault);
    if (fault || this.#member || !this.#socket.connected)
      return;
    const { capacity, arrival, keepsId } = DIALECTS[dialect];
    const known = keepsId && await this.#findAgain(room);
    const member = {
      id: known?.id ?? this.#socket.id, room, dialect, userdata, session: this.#socket.pid,
    };
    /* Who finds it in the list tells it something at once. */
    this.#socket.join(addressOf(member));
    const others = await roster.enter(member, capacity);
    if (!Array.isArray(others)) {
      this.#socket.leave(addressOf(member));
      this.#refuse(others);
      if (known)
        sayGone(known, await roster.list(room));
      return;
    }
    this.#member = member;
    this.#dialect = dialect;
    this.#socket.leave(silentOf(this.#query.room));
    log(`join id=${short(member.id)} room=${JSON.stringify(room)} dialect=${dialect} ` +
      `members=${others.length + 1}`);
    const { toSelf, toOthers } = arrival?.(member, others) ?? {};
    toSelf?.forEach((message) => this.#socket.emit(...message));
    /* Who has its id knows it, and would take it for another one. */
    if (toOthers)
      tell(known ? await roster.findStrangers(member, others) : others, toOthers);
  }

  /* Whom a lost backend had: others have its id, and calls with it that go on. npm's
   * client and pipelines say with each connection which session they had before. */
  async #findAgain(room) {
    const { pid } = this.#socket.handshake.auth;
    const member = isText(pid) ? await roster.findAgain(pid) : undefined;
    if (member && member.room !== room)
      sayGone(member, await roster.list(member.room));
    return member?.room === room ? member : undefined;
  }

  /* Who is left. */
  async #leave() {
    const member = this.#member;
    if (!member)
      return [];
    this.#member = undefined;
    this.#socket.leave(addressOf(member));
    const others = await roster.leave(member);
    log(`part id=${short(member.id)} room=${JSON.stringify(member.room)} members=${others.length}`);
    sayGone(member, others);
    return others;
  }

  async #relay(message) {
    const { event, data } = message;
    const { id, room, dialect } = this.#member;
    const { capacity, hasRoomCalls, hasSilent } = DIALECTS[dialect];
    if (Object.hasOwn(message, 'to') && !(hasRoomCalls && message.to === room)) {
      tell([{ id: message.to, room }], [event, data]);
      return;
    }
    const others = (await roster.list(room)).filter((other) => other.id !== id);
    tell(others, [event, data]);
    if (hasSilent && others.length + 1 < capacity)
      io.to(silentOf(room)).emit(event, data);
  }

  #refuse(reason, cause = '') {
    if (this.#isOften())
      return;
    log(`refusal id=${short(this.#socket.id)} reason=${reason} ${cause}`.trimEnd());
    this.#socket.emit('refused', { reason });
  }

  #isOften() {
    const now = Date.now();
    if (now - this.#complained < QUIET_MS)
      return true;
    this.#complained = now;
    return false;
  }
}

function sayGone({ id, dialect }, others) {
  const { departure } = DIALECTS[dialect];
  if (departure)
    tell(others, departure(id));
}

roster.on('gone', (member, others) => {
  log(`gone id=${short(member.id)} room=${JSON.stringify(member.room)}`);
  sayGone(member, others);
});
roster.on('lost', (name, count) => log(`lost ${name} members=${count}`));
roster.on('away', ({ message }) => log(`redis is away: ${message}`));
roster.on('fault', ({ message }) => log(`redis could not: ${message}`));
/* As if the network had gone: they come again, and calls go on meanwhile. */
const cutOff = () => io.of('/').sockets.forEach(({ conn }) => conn.close(true));
roster.on('forgotten', cutOff);
io.on('connection', (socket) => new Client(socket));
await roster.start(subscriber);
const isPort = /^\d+$/.test(options.listen);
if (!isPort)
  rmSync(options.listen, { force: true }); /* of one that was killed */
http.listen(isPort ? { host: '127.0.0.1', port: Number(options.listen) } : { path: options.listen },
  () => log(`process ${process.pid} listens`));

/* Nobody comes here any more, and who is here comes back through another backend. */
process.on('SIGTERM', async () => {
  setTimeout(() => process.exit(1), LEAVE_MS); /* redis may be gone, or a client slow */
  http.close(() => process.exit(0));
  await roster.end().catch(() => {});
  cutOff();
});
