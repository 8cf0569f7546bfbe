/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is in which room, of all backends, in redis:
 *
 *   rooms:room:NAME     hash  id -> {id, room, dialect, userdata}
 *   rooms:backend:NAME  set   of the members of one backend: {id, room, dialect, session}
 *   rooms:backends      set   of the backends that there are
 *   rooms:lost:SESSION  the member who had this session with a backend that is lost
 *   rooms:farewells     sorted by time: such members, of whom it is to be told that
 *                       they are gone
 *
 * The adapter's fetchSockets() would say who is there, but two who come to two
 * backends at once would both be told so before either of them is there. A script
 * in redis is done with the first of them before it begins with the second.
 *
 * A backend that is killed says no goodbye. Each listens at a channel of its own,
 * and redis, which has its connection, knows at once when nobody is there.
 */
import { EventEmitter } from 'node:events';

const LOOK_MS = 1000;
/* Members of a lost backend come back through another one, and their calls go on if
 * nobody has been told meanwhile that they left. */
const GRACE_MS = 10000;

const BACKENDS = 'rooms:backends';
const FAREWELLS = 'rooms:farewells';
const roomKey = (room) => `rooms:room:${room}`;
const backendKey = (backend) => `rooms:backend:${backend}`;
const lostKey = (session) => `rooms:lost:${session}`;

/* A room has the dialect of its members. */
const ENTER = `
  local others = redis.call('HVALS', KEYS[1])
  local dialect = others[1] and cjson.decode(others[1]).dialect
  if dialect and dialect ~= ARGV[4] then
    return 'this room speaks the dialect ' .. dialect .. ', and you speak ' .. ARGV[4]
  end
  if #others >= tonumber(ARGV[5]) then
    return 'the room is full: it has ' .. #others .. ' members'
  end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('SADD', KEYS[2], ARGV[3])
  return others`;

const toldOf = ({ id, room, dialect, userdata }) =>
  JSON.stringify({ id, room, dialect, userdata });
const keptOf = ({ id, room, dialect, session }) =>
  JSON.stringify({ id, room, dialect, session });

/**
 * Emits 'lost' (backend, count of its members); 'gone' (member) when it is time to
 * tell of it; 'forgotten': redis knows nothing of this backend's members any more,
 * who have to come again; and 'away' (error): redis does not answer.
 */
export class Roster extends EventEmitter {
  #redis;
  #backend;
  #timer;
  #isKnown = false;
  #isAway = false;

  /** @param redis - a connected client; @param backend - a name that no other process has */
  constructor(redis, backend) {
    super();
    this.#redis = redis;
    this.#backend = backend;
    redis.on('error', () => this.#isAway = true);
  }

  /** @param subscriber - a connected client in subscribed state */
  async start(subscriber) {
    await subscriber.subscribe(backendKey(this.#backend), () => {});
    await this.#look();
  }

  /** Whether anybody can come and go now. */
  get isReady() { return this.#redis.isReady && !this.#isAway; }

  /** Who else is there, [{id, userdata}]; or a refusal in words. */
  async enter(member, capacity) {
    await this.#findLost();
    const others = await this.#redis.eval(ENTER, {
      keys: [roomKey(member.room), backendKey(this.#backend)],
      arguments: [member.id, toldOf(member), keptOf(member), member.dialect,
        String(capacity)],
    });
    return Array.isArray(others) ? others.map((other) => JSON.parse(other)) : others;
  }

  /** Who has that session, of a lost backend's members {id, room, dialect}; or nothing.
   * It is found once, and nobody will be told that it is gone. */
  async findAgain(session) {
    await this.#findLost();
    const member = await this.#redis.getDel(lostKey(session));
    return member && await this.#redis.zRem(FAREWELLS, member) === 1 ? JSON.parse(member) : undefined;
  }

  /** Who is still there, as above; nobody if the member had been taken for lost. */
  async leave(member) {
    const [count, , others] = await this.#redis.multi()
      .hDel(roomKey(member.room), member.id)
      .sRem(backendKey(this.#backend), keptOf(member))
      .hVals(roomKey(member.room))
      .exec();
    return count === 1 ? others.map((other) => JSON.parse(other)) : [];
  }

  /** Who is in a room, as above. */
  async list(room) {
    return (await this.#redis.hVals(roomKey(room))).map((member) => JSON.parse(member));
  }

  /* Once a second, by each backend. */
  async #look() {
    try {
      if (this.#isAway && this.#redis.isReady) {
        await this.#bury(this.#backend);
        this.#isAway = false;
      }
      const isNews = await this.#redis.sAdd(BACKENDS, this.#backend) === 1;
      if (isNews && this.#isKnown)
        this.emit('forgotten');
      this.#isKnown = true;
      await this.#findLost();
      await this.#sayFarewells();
    } catch (error) {
      this.#isAway = true;
      this.emit('away', error);
    }
    this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }

  async #findLost() {
    const backends = await this.#redis.sMembers(BACKENDS);
    const listeners = await this.#redis.pubSubNumSub(backends.map(backendKey));
    for (const backend of backends) {
      if (backend !== this.#backend && listeners[backendKey(backend)] === 0)
        this.emit('lost', backend, await this.#bury(backend));
    }
  }

  /* Two backends may do it at once: each step can be done twice. */
  async #bury(backend) {
    const members = await this.#redis.sMembers(backendKey(backend));
    const due = (await this.#now()) + GRACE_MS;
    const burial = this.#redis.multi();
    for (const member of members) {
      const { id, room, session } = JSON.parse(member);
      burial.hDel(roomKey(room), id);
      burial.set(lostKey(session), member, { PX: GRACE_MS });
      burial.zAdd(FAREWELLS, { score: due, value: member }, { condition: 'NX' });
    }
    await burial.del(backendKey(backend)).sRem(BACKENDS, backend).exec();
    return members.length;
  }

  async #sayFarewells() {
    for (const value of await this.#redis.zRangeByScore(FAREWELLS, 0, await this.#now())) {
      if (await this.#redis.zRem(FAREWELLS, value) === 1)
        this.emit('gone', JSON.parse(value));
    }
  }

  /* Of redis: clocks of machines differ. */
  async #now() {
    const [seconds] = await this.#redis.sendCommand(['TIME']);
    return 1000 * Number(seconds);
  }
}
