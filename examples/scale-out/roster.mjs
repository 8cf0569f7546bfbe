/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is in which room, of all backends, in redis:
 *
 *   rooms:room:NAME     hash  id -> "ID DIALECT USERDATA"
 *   rooms:backend:NAME  set   of the members of one backend: "ID SESSION DIALECT ROOM"
 *   rooms:backends      set   of the backends that there are
 *   rooms:lost:SESSION  the member, as above, whose session it was, with a backend that
 *                       is lost
 *   rooms:met:ID        set   of those whom such a member was with
 *   rooms:farewells     sorted by time: such members, of whom it is to be told that
 *                       they are gone
 *
 * ID, SESSION and DIALECT are words of ours without spaces; ROOM and USERDATA (JSON) are
 * foreign, so they stand last, and no script looks into them.
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
const metKey = (id) => `rooms:met:${id}`;

/* A room has the dialect of its members. */
const ENTER = `
  local others = redis.call('HVALS', KEYS[1])
  local dialect = others[1] and others[1]:match('^%S+ (%S+)')
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

/* Of its time, as clocks of machines differ. Who is lost at once has met each other. A
 * member who was met has been lost itself at most one time of grace ago, and comes back
 * within the next one. */
const BURY = `
  local due = redis.call('TIME')[1] * 1000 + ARGV[2]
  local lost = {}
  for _, kept in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    local id, session, room = kept:match('^(%S+) (%S+) %S+ (.+)$')
    if id then
      table.insert(lost, {kept = kept, id = id, session = session, room = 'rooms:room:' .. room})
    end
  end
  for _, member in ipairs(lost) do
    local there = redis.call('HKEYS', member.room)
    if #there > 0 then
      redis.call('SADD', 'rooms:met:' .. member.id, unpack(there))
      redis.call('PEXPIRE', 'rooms:met:' .. member.id, 2 * ARGV[2])
    end
  end
  for _, member in ipairs(lost) do
    redis.call('HDEL', member.room, member.id)
    redis.call('SET', 'rooms:lost:' .. member.session, member.kept, 'PX', ARGV[2])
    redis.call('ZADD', KEYS[3], due, member.kept)
  end
  redis.call('DEL', KEYS[1])
  redis.call('SREM', KEYS[2], ARGV[1])
  return #lost`;

const SAY_FAREWELLS = `
  local due = redis.call('ZRANGEBYSCORE', KEYS[1], 0, redis.call('TIME')[1] * 1000)
  for _, kept in ipairs(due) do
    redis.call('ZREM', KEYS[1], kept)
  end
  return due`;

const toldOf = ({ id, dialect, userdata = {} }) => `${id} ${dialect} ${JSON.stringify(userdata)}`;
const keptOf = ({ id, session, dialect, room }) => `${id} ${session} ${dialect} ${room}`;

const parseMembers = (room, all) => all.map((told) => {
  const [, id, dialect, userdata] = /^(\S+) (\S+) (.+)$/s.exec(told);
  return { id, room, dialect, userdata: JSON.parse(userdata) };
});

function parseKept(kept) {
  const [, id, session, dialect, room] = /^(\S+) (\S+) (\S+) (.+)$/s.exec(kept);
  return { id, session, dialect, room };
}

/* Redis is there, and has not done what it was told. */
const isFault = ({ message }) => /^(ERR|WRONGTYPE) /.test(message);

/**
 * Emits 'lost' (backend, count of its members); 'gone' (member, others) when it is
 * time to tell others of it; 'forgotten': redis knows nothing of this backend's members
 * any more, who have to come again; 'away' (error): redis does not answer; and
 * 'fault' (error): it answers, but could not do something.
 */
export class Roster extends EventEmitter {
  #redis;
  #backend;
  #isKnown = false;
  #isAway = false;
  #isEnded = false;
  #timer;
  #lastFault;

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
  get isReady() { return this.#redis.isReady && !this.#isAway && !this.#isEnded; }

  /** Ends in order: members of this backend are lost at once, and can come back
   * through another one. Nobody comes and goes here any more. */
  async end() {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    await this.#bury(this.#backend);
  }

  /** Who else is there, [{id, room, userdata}]; or a refusal in words. */
  async enter(member, capacity) {
    await this.#findLost();
    if (this.#isEnded)
      throw new Error('this backend ends');
    const others = await this.#run(ENTER, [roomKey(member.room), backendKey(this.#backend)],
      [member.id, toldOf(member), keptOf(member), member.dialect, String(capacity)]);
    return Array.isArray(others) ? parseMembers(member.room, others) : others;
  }

  /** Who has that session, of a lost backend's members {id, room, dialect}; or nothing.
   * It is found once, and nobody will be told that it is gone. */
  async findAgain(session) {
    await this.#findLost();
    const member = await this.#redis.getDel(lostKey(session));
    return member && await this.#redis.zRem(FAREWELLS, member) === 1 ? parseKept(member) : undefined;
  }

  /** Which of the others a member who was found again has not been with: each of two
   * who were lost may have been so while the other one was away. */
  async findStrangers({ id }, others) {
    const met = await Promise.all(others.map((other) => Promise.all([
      this.#redis.sIsMember(metKey(id), other.id), this.#redis.sIsMember(metKey(other.id), id)])));
    return others.filter((_, index) => !met[index].some(Boolean));
  }

  /** Who is still there, as above; nobody if the member had been taken for lost. */
  async leave(member) {
    const others = await this.#run(LEAVE, [roomKey(member.room), backendKey(this.#backend)],
      [member.id, keptOf(member)]);
    return parseMembers(member.room, others);
  }

  /** Who is in a room, as above. */
  async list(room) {
    return parseMembers(room, await this.#redis.hVals(roomKey(room)));
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
    if (!this.#isEnded)
      this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }

  #lose(error) {
    if (isFault(error)) {
      /* It comes at each look. */
      if (error.message !== this.#lastFault)
        this.emit('fault', error);
      this.#lastFault = error.message;
      return;
    }
    if (!this.#isAway)
      this.emit('away', error);
    this.#isAway = true;
  }

  async #findLost() {
    const backends = await this.#redis.sMembers(BACKENDS);
    const listeners = await this.#redis.pubSubNumSub(backends.map(backendKey));
    for (const backend of backends) {
      if (backend !== this.#backend && listeners[backendKey(backend)] === 0)
        await this.#attempt(async () => this.emit('lost', backend, await this.#bury(backend)));
    }
  }

  /* Several backends may do it at once: the second finds nobody any more. */
  #bury(backend) {
    return this.#run(BURY, [backendKey(backend), BACKENDS, FAREWELLS],
      [backend, String(GRACE_MS)]);
  }

  async #sayFarewells() {
    for (const member of (await this.#run(SAY_FAREWELLS, [FAREWELLS])).map(parseKept))
      await this.#attempt(async () => this.emit('gone', member, await this.list(member.room)));
  }

  /* What goes wrong with one is not to stop the next one. */
  async #attempt(task) {
    try {
      await task();
    } catch (error) {
      this.#lose(error);
    }
  }

  #run(script, keys, values = []) {
    return this.#redis.eval(script, { keys, arguments: values });
  }
}
