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
 * backends at once would both be told so before either of them is there. Scripts run
 * inside redis, one at a time.
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

/* Who was taken for lost is nobody's any more, or another backend's. */
const LEAVE = `
  if redis.call('SREM', KEYS[2], ARGV[2]) == 0 then
    return {}
  end
  redis.call('HDEL', KEYS[1], ARGV[1])
  return redis.call('HVALS', KEYS[1])`;

/* Of its time, as clocks of machines differ. */
const BURY = `
  local members = redis.call('SMEMBERS', KEYS[1])
  local due = redis.call('TIME')[1] * 1000 + ARGV[2]
  for _, kept in ipairs(members) do
    local member = cjson.decode(kept)
    redis.call('HDEL', 'rooms:room:' .. member.room, member.id)
    redis.call('SET', 'rooms:lost:' .. member.session, kept, 'PX', ARGV[2])
    redis.call('ZADD', KEYS[3], due, kept)
  end
  redis.call('DEL', KEYS[1])
  redis.call('SREM', KEYS[2], ARGV[1])
  return #members`;

const SAY_FAREWELLS = `
  local due = redis.call('ZRANGEBYSCORE', KEYS[1], 0, redis.call('TIME')[1] * 1000)
  for _, kept in ipairs(due) do
    redis.call('ZREM', KEYS[1], kept)
  end
  return due`;

const parse = (text) => JSON.parse(text);
const toldOf = ({ id, room, dialect, userdata }) =>
  JSON.stringify({ id, room, dialect, userdata });
const keptOf = ({ id, room, dialect, session }) =>
  JSON.stringify({ id, room, dialect, session });

/**
 * Emits 'lost' (backend, count of its members); 'gone' (member, others) when it is
 * time to tell others of it; 'forgotten': redis knows nothing of this backend's members
 * any more, who have to come again; and 'away' (error): redis does not answer.
 */
export class Roster extends EventEmitter {
  #redis;
  #backend;
  #isKnown = false;
  #isAway = false;

  /** @param redis - a connected client; @param backend - a name that no other process has */
  constructor(redis, backend) {
    super();
    this.#redis = redis;
    this.#backend = backend;
    redis.on('error', (error) => this.#lose(error));
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
    const others = await this.#run(ENTER, [roomKey(member.room), backendKey(this.#backend)],
      [member.id, toldOf(member), keptOf(member), member.dialect, String(capacity)]);
    return Array.isArray(others) ? others.map(parse) : others;
  }

  /** Who has that session, of a lost backend's members {id, room, dialect}; or nothing.
   * It is found once, and nobody will be told that it is gone. */
  async findAgain(session) {
    await this.#findLost();
    const member = await this.#redis.getDel(lostKey(session));
    return member && await this.#redis.zRem(FAREWELLS, member) === 1 ? parse(member) : undefined;
  }

  /** Who is still there, as above; nobody if the member had been taken for lost. */
  async leave(member) {
    const others = await this.#run(LEAVE, [roomKey(member.room), backendKey(this.#backend)],
      [member.id, keptOf(member)]);
    return others.map(parse);
  }

  /** Who is in a room, as above. */
  async list(room) {
    return (await this.#redis.hVals(roomKey(room))).map(parse);
  }

  /* Once a second, by each backend. */
  async #look() {
    try {
      if (this.#isAway && this.#redis.isReady) {
        /* Who went meanwhile is still there. */
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
      this.#lose(error);
    }
    setTimeout(() => this.#look(), LOOK_MS);
  }

  #lose(error) {
    if (!this.#isAway)
      this.emit('away', error);
    this.#isAway = true;
  }

  async #findLost() {
    const backends = await this.#redis.sMembers(BACKENDS);
    const listeners = await this.#redis.pubSubNumSub(backends.map(backendKey));
    for (const backend of backends) {
      if (backend !== this.#backend && listeners[backendKey(backend)] === 0)
        this.emit('lost', backend, await this.#bury(backend));
    }
  }

  /* Several backends may do it at once: the second finds nobody any more. */
  #bury(backend) {
    return this.#run(BURY, [backendKey(backend), BACKENDS, FAREWELLS],
      [backend, String(GRACE_MS)]);
  }

  async #sayFarewells() {
    for (const member of (await this.#run(SAY_FAREWELLS, [FAREWELLS])).map(parse))
      this.emit('gone', member, await this.list(member.room));
  }

  #run(script, keys, values = []) {
    return this.#redis.eval(script, { keys, arguments: values });
  }
}
