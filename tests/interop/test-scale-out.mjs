/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * examples/scale-out as it is shipped: clients on two backends are in one room, a
 * backend is killed in a call, and the call goes on while its members come back
 * through the other one; who comes then gets both, and who goes is heard of. So does a
 * backend that is told to end, and a page joins. What one says harms nobody else.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';
import { check, expectMediaSoon, finish, watchdog } from './harness.mjs';
import { nodeModules, requireModule } from './modules.mjs';
import { PAGE_POLICY } from './page-server.mjs';
import { User } from './page-user.mjs';
import { findCritical, memberOf, Pipeline, SENDING_SMALL, SMALL } from './pipeline.mjs';

const { io } = requireModule('socket.io-client');
const { createClient } = requireModule('redis');
const RUN = join(dirname(fileURLToPath(import.meta.url)), '../../examples/scale-out/run.sh');
const DIALECTS = ['mesh', 'rooms'];
const MAX_GAP_MS = 1500; /* of a picture or a sound, while a backend is lost and everybody comes back */
const LEFT = /roomcall\/peer-left/;
const ANOTHER_CALL = /another\\? id|state=\(string\)(reconnecting|failed)/;

/* The example; what its processes say is a line each, with their name before it. */
class Example {
  #child = spawn('sh', [RUN, '--port', '0', '--modules', dirname(nodeModules)],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  #ended = once(this.#child, 'exit').then(([code, signal]) => code ?? signal);
  #waiting = [];
  log = '';

  constructor() {
    process.on('exit', () => this.#child.kill());
    this.#listen(this.#child);
  }

  #listen(child) {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => this.#read(text));
  }

  #read(text) {
    this.log += text;
    this.#waiting = this.#waiting.filter(({ pattern, after, resolve }) => {
      const found = pattern.exec(this.log.slice(after));
      if (found)
        resolve(found);
      return !found;
    });
  }

  /** Resolves with the match once what was said since `after` has it. */
  async waitFor(pattern, after = 0) {
    const found = pattern.exec(this.log.slice(after));
    if (found)
      return found;
    return Promise.race([
      new Promise((resolve) => this.#waiting.push({ pattern, after, resolve })),
      this.#ended.then((status) => {
        throw new Error(`the example ended (${status}) before ${pattern}:\n${this.log}`);
      }),
    ]);
  }

  /** Resolves with the name of the backend at which somebody has become a room's `count`th member. */
  async waitForMember(room, count, after) {
    const pattern = new RegExp(`^(\\S+): join .* room="${room}" .* members=${count}$`, 'm');
    return (await this.waitFor(pattern, after))[1];
  }

  processOf(name) {
    return Number(new RegExp(`^${name}: process (\\d+) listens$`, 'm').exec(this.log)[1]);
  }

  get redisSocket() {
    return /^redis: its socket is (\S+)$/m.exec(this.log)[1];
  }

  /** A backend again, as a supervisor starts it. */
  async restart(name) {
    const after = this.log.length;
    const child = spawn(process.execPath,
      ['server.mjs', '--name', name, '--listen', `${name}.sock`, '--redis', 'redis.sock'],
      { cwd: dirname(this.redisSocket), stdio: ['ignore', 'pipe', 'pipe'] });
    process.on('exit', () => child.kill('SIGKILL'));
    this.#listen(child);
    await this.waitFor(new RegExp(`^${name}: process \\d+ listens$`, 'm'), after);
    return child;
  }

  close(signal = 'SIGTERM') {
    this.#child.kill(signal);
    return this.#ended;
  }
}

const isRunning = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function waitForEnd(pids) {
  while (pids.some(isRunning))
    await setTimeout(20);
}

/* A client of npm's; `heard`: what it is told. */
async function connectTo(url, k, query) {
  const socket = io(url, { query: { k, ...query }, forceNew: true, reconnectionDelay: 100 });
  socket.heard = [];
  socket.onAny((event, data) => socket.heard.push([event, data]));
  await once(socket, 'client-id');
  return socket;
}

/* Of mesh: comes again whenever its connection does. */
async function enterMesh(url, k, channel) {
  const socket = await connectTo(url, k);
  const userdata = { name: k };
  socket.on('connect', () => socket.emit('join', { channel, userdata }));
  socket.emit('join', { channel, userdata });
  return socket;
}

const introductions = ({ heard }) => heard.filter(([event]) => event === 'addPeer')
  .map(([, { peer_id, should_create_offer }]) => `${peer_id} ${should_create_offer}`);

const hears = (socket, introduction) => new Promise((resolve) => {
  const look = () => introductions(socket).includes(introduction) && resolve();
  socket.onAny(look);
  look();
});

/* Clients of npm's, on two backends: what pipelines do not do in one test's time. */
async function speakAcross(example, url) {
  const sockets = [];
  const connect = async (...args) => {
    sockets.push(await connectTo(url, ...args));
    return sockets.at(-1);
  };
  const [ada, ben, cleo] = [
    await connect('ada', { room: 'pair' }), await connect('ben', { room: 'pair' }),
    await connect('ada', { room: 'pair' })];
  ada.emit('message', { type: 'ready' });
  await example.waitForMember('pair', 1);
  const refused = once(cleo, 'refused');
  const heard = once(ada, 'message');
  ben.emit('message', { type: 'ready', clientId: 'somebody else' });
  const [ready] = await heard;
  check('message: said on one backend, heard on the other, with the sender\'s id',
    ready.type === 'ready' && ready.clientId === ben.id, JSON.stringify(ready));
  cleo.emit('message', { type: 'ready' });
  const [{ reason }] = await refused;
  check('message: a third one is refused, whoever is on which backend',
    reason === 'the room is full: it has 2 members', reason);

  const [silent, caller] = [
    await connect('ada', { room: 'open' }), await connect('ben', { room: 'open' })];
  const events = [];
  silent.onAny((event) => events.push(event));
  const last = once(silent, 'candidate');
  caller.emit('offer', { type: 'offer', sdp: 'v=0' });
  caller.emit('candidate', { candidate: '' });
  await last;
  check('broadcast: who is silent hears what is said on the other backend, in order',
    events.join() === 'offer,candidate', events.join());
  const clumsy = await connect('ben');
  const told = once(clumsy, 'refused');
  for (const argument of [null, undefined, 'den'])
    clumsy.emit('join', argument);
  check('what makes no sense costs its sender a refusal',
    (await told)[0].reason === 'the name of the room is missing');

  const deep = JSON.parse(`${'['.repeat(1100)}${']'.repeat(1100)}`);
  for (const [what, message] of Object.entries({
    'a room that is no Unicode': { channel: '\ud800' },
    'userdata that is no Unicode': { channel: 'yard', userdata: { name: 'a\udfff' } },
    'userdata too deep': { channel: 'yard', userdata: { deep } },
  })) {
    const evil = await connect('ada');
    const word = once(evil, 'refused');
    evil.emit('join', message);
    check(`${what} is refused`, typeof (await word)[0].reason === 'string');
  }
  const emoji = await connect('ben');
  const room = '\u{1f3e1} "\\ud800"';
  const met = once(emoji, 'addPeer');
  emoji.emit('join', { channel: room, userdata: { name: '\u{1f600}' } });
  await example.waitFor(/join .* members=1$/m, example.log.length);
  (await connect('ada')).emit('join', { channel: room, userdata: {} });
  check('what is Unicode is not', (await met)[1] === undefined);

  /* An id and a room that are another id and another room, where they are put together. */
  const [inside, friend, outside] = [await connect('ada'), await connect('ben'), await connect('ben')];
  inside.emit('join-room', 'team lobby');
  await once(inside, 'users');
  friend.emit('join-room', 'team lobby');
  outside.emit('join-room', 'lobby');
  await Promise.all([once(friend, 'users'), once(outside, 'users')]);
  outside.emit('offer', { target: `${inside.id} team`, sdp: 'evil' });
  outside.emit('offer', { target: outside.id });
  await once(outside, 'offer');
  friend.emit('offer', { target: inside.id, sdp: 'good' });
  await once(inside, 'offer');
  const offers = inside.heard.filter(([event]) => event === 'offer').map(([, { sdp }]) => sdp);
  check('a member is reached only in its own room', offers.join() === 'good', offers.join());
  sockets.forEach((socket) => socket.close());
}

const fetchFrom = (url, host) => new Promise((resolve, reject) => {
  get(url, host ? { headers: { host } } : {}, (response) => resolve(response.resume())).on('error', reject);
});

async function checkDoor(url) {
  const { headers } = await fetchFrom(url);
  check('the page has the headers of the embedded one',
    headers['content-security-policy'] === PAGE_POLICY &&
    headers['permissions-policy'] === 'camera=(self), microphone=(self), display-capture=(self)' &&
    headers['referrer-policy'] === 'no-referrer' && headers['x-content-type-options'] === 'nosniff');
  const hosts = ['localhost', '[::1]:8080', 'evil.example', '127.0.0.1.evil.example'];
  const codes = await Promise.all(hosts.map(async (host) => (await fetchFrom(url, host)).statusCode));
  check('it may be asked by its addresses and as localhost, and by no other name',
    codes.join() === '200,200,403,403', codes.join());
}

/* Who comes while a member of a lost backend is away; with an entry of that backend that
 * nobody can read. */
async function prepareAbsence(example, url, backend) {
  const [away, witness] = [
    await enterMesh(url, 'ada', 'late'), await enterMesh(url, 'ben', 'late')];
  await example.waitForMember('late', 2);
  const redis = createClient({ socket: { path: example.redisSocket } });
  await redis.connect();
  const name = (await redis.sMembers('rooms:backends')).find((one) => one.startsWith(`${backend}.`));
  await redis.sAdd(`rooms:backend:${name}`, 'nonsense');
  redis.destroy();
  away.io.reconnection(false);
  const left = once(away, 'disconnect');
  const { id } = away;
  return async (after) => {
    await Promise.all([left, example.waitFor(/: lost backend/, after)]);
    witness.heard.length = 0;
    const newcomer = await enterMesh(url, 'ben', 'late');
    await example.waitForMember('late', 2, after);
    away.connect();
    await hears(newcomer, `${id} false`);
    check('mesh: who came meanwhile is told of the one who comes back', true);
    check('mesh: and nobody else', !introductions(witness).includes(`${id} false`));
    [away, witness, newcomer].forEach((socket) => socket.close());
  };
}

/* A backend that is told to end, for example to be renewed. */
async function checkLeaving(example, url, leaving, other) {
  await example.restart(other);
  const [ada, ben] = [await enterMesh(url, 'ada', 'last'), await enterMesh(url, 'ben', 'last')];
  const { id } = ben;
  await hears(ada, `${id} false`);
  const after = example.log.length;
  ada.heard.length = 0;
  process.kill(example.processOf(leaving), 'SIGTERM');
  await waitForEnd([example.processOf(leaving)]);
  check('a backend ends when it is told so', true);
  const backend = await example.waitForMember('last', 2, after);
  check('its members come back through the other one', backend === other, backend);
  check('and nobody was told that they went', !ada.heard.some(([event]) => event === 'removePeer'));
  [ada, ben].forEach((socket) => socket.close());
}

/** Who is where after the start of a call between the keys `ada` and `ben`. */
async function startCall(example, url, dialect) {
  const start = (k, listen) => new Pipeline({
    name: `${dialect}: ${k}`, send: SENDING_SMALL, size: SMALL, listen,
    bin: `roomcallbin name=call room=den-${dialect} dialect=${dialect} uri=${url}/?k=${k} ` +
      'signaller::reconnection-delay=250',
  });
  const ada = start('ada');
  const adasBackend = await example.waitForMember(`den-${dialect}`, 1);
  const ben = start('ben');
  const bensBackend = await example.waitForMember(`den-${dialect}`, 2);
  check(`${dialect}: they are on different backends`, adasBackend !== bensBackend,
    `${adasBackend} and ${bensBackend}`);
  return { dialect, start, ada, ben, adasBackend, bensBackend };
}

const measureMix = async (pipeline) => [memberOf(await pipeline.measure(), 'mix')];

function checkGaps(pipeline) {
  const { video_mix: { stillMs }, audio_mix: { silentMs } } = pipeline.take();
  check(`${pipeline.name}: picture and sound go on`, Math.max(stillMs, silentMs) <= MAX_GAP_MS,
    `the picture stood for ${stillMs} ms at most, the sound was away for ${silentMs} ms`);
}

watchdog(110);
process.setMaxListeners(0); /* one of each pipeline */
const example = new Example();
const pipelines = [];
try {
  const [, url] = await example.waitFor(/^Listening: (\S+)$/m);
  const processes = ['backend-1', 'backend-2'].map((name) => example.processOf(name));
  await speakAcross(example, url);
  await checkDoor(url);

  const calls = [];
  for (const dialect of DIALECTS) {
    calls.push(await startCall(example, url, dialect));
    pipelines.push(calls.at(-1).ada, calls.at(-1).ben);
  }
  await Promise.all(pipelines.map((pipeline) =>
    expectMediaSoon(`${pipeline.name} gets the other one`, () => measureMix(pipeline), 1)));

  const checkAbsence = await prepareAbsence(example, url, calls[0].adasBackend);
  pipelines.forEach((pipeline) => pipeline.take());
  const since = pipelines.map((pipeline) => pipeline.now);
  const [{ adasBackend: lost, bensBackend: living }] = calls;
  const after = example.log.length;
  const killed = performance.now();
  const absence = checkAbsence(after);
  process.kill(example.processOf(lost), 'SIGKILL');
  for (const { dialect } of calls) {
    const backend = await example.waitForMember(`den-${dialect}`, 2, after);
    check(`${dialect}: who was on the lost backend is in the room again`, backend === living,
      `at ${backend} after ${Math.round(performance.now() - killed)} ms, as one of 2 members`);
  }

  /* Who comes now. Its key is the dead backend's. */
  const cleo = calls[0].start('ada', ['video_src_0', 'audio_src_0', 'video_src_1', 'audio_src_1']);
  await example.waitForMember('den-mesh', 3, after);
  const figures = async () => {
    const taken = await cleo.measure();
    return ['src_0', 'src_1'].map((pad) => memberOf(taken, pad));
  };
  await expectMediaSoon('mesh: a newcomer gets both', figures, 2);
  await cleo.interrupt();

  await absence;

  /* In `rooms` who comes back has another id, and of the one before it is told in the end. */
  await example.waitFor(/^\S+: gone id=\S+ room="den-rooms"$/m, after);
  check('mesh: who comes back is the same one', !/gone .*room="den-mesh"/.test(example.log));
  check('mesh: the call is the same one', !since.slice(0, 2).some((now, index) =>
    ANOTHER_CALL.test(pipelines[index].output.slice(now).replace(/roomcall\/connection.*/g, ''))));
  for (const pipeline of pipelines)
    checkGaps(pipeline);
  await Promise.all(pipelines.map((pipeline) =>
    expectMediaSoon(`${pipeline.name} still gets the other one`, () => measureMix(pipeline), 1)));

  const browser = await launchBrowser();
  const kim = await User.join(browser, url, 'Kim', { room: 'den-mesh', voice: true });
  await kim.expectMedia('mesh: a page gets both', 2);
  await kim.expectNoBreach();
  const { now } = calls[0].ada;
  await browser.close();
  await calls[0].ada.waitFor(LEFT, { after: now }); /* of her, and not of who goes next */

  for (const { dialect, ada, ben } of calls) {
    const before = ada.now;
    const { code, signal, ms } = await ben.interrupt();
    check(`${dialect}: Ctrl-C ends one pipeline`, code === 0, `${signal ?? code} after ${ms} ms`);
    await ada.waitFor(LEFT, { after: before });
    check(`${dialect}: the other one is told`, true);
    await ada.interrupt();
  }
  await checkLeaving(example, url, living, lost);

  const status = await example.close();
  check('SIGTERM ends the example, and each of its processes',
    status === 143 && !processes.some(isRunning), `${status}`);
} catch (error) {
  check('every step', false, error.message);
  pipelines.forEach((pipeline) => console.log(pipeline.tail().replace(/^/gm, '# ')));
  console.log(example.log.replace(/^/gm, '# '));
}
for (const pipeline of pipelines) {
  const critical = findCritical(pipeline.output);
  check(`${pipeline.name}: no CRITICAL`, critical === null, critical ?? '');
  pipeline.kill();
}
finish();
