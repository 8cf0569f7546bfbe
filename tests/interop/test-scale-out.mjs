/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * examples/scale-out as it is shipped: clients on two backends are in one room, a
 * backend is killed in a call, and the call goes on while its members come back
 * through the other one; who comes then gets both, and who goes is heard of.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, expectMedia, expectMediaSoon, finish, watchdog } from './harness.mjs';
import { nodeModules, requireModule } from './modules.mjs';
import { findCritical, memberOf, Pipeline, SENDING_SMALL, SMALL } from './pipeline.mjs';

const { io } = requireModule('socket.io-client');
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
    for (const stream of [this.#child.stdout, this.#child.stderr])
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

  close() {
    this.#child.kill('SIGTERM');
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

/* Clients of npm's, on two backends: what pipelines do not do in one test's time. */
async function speakAcross(example, url) {
  const sockets = [];
  const connect = async (k, query) => {
    const socket = io(url, { query: { k, ...query }, forceNew: true });
    sockets.push(socket);
    socket.ready = once(socket, 'client-id');
    await socket.ready;
    return socket;
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
  sockets.forEach((socket) => socket.close());
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

watchdog(80);
process.setMaxListeners(0); /* one of each pipeline */
const example = new Example();
const pipelines = [];
try {
  const [, url] = await example.waitFor(/^Listening: (\S+)$/m);
  const processes = ['backend-1', 'backend-2'].map((name) => example.processOf(name));
  await speakAcross(example, url);

  const calls = [];
  for (const dialect of DIALECTS) {
    calls.push(await startCall(example, url, dialect));
    pipelines.push(calls.at(-1).ada, calls.at(-1).ben);
  }
  await Promise.all(pipelines.map((pipeline) =>
    expectMediaSoon(`${pipeline.name} gets the other one`, () => measureMix(pipeline), 1)));

  pipelines.forEach((pipeline) => pipeline.take());
  const since = pipelines.map((pipeline) => pipeline.now);
  const [{ adasBackend: lost, bensBackend: living }] = calls;
  const after = example.log.length;
  const killed = performance.now();
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

  /* In `rooms` who comes back has another id, and of the one before it is told in the end. */
  await example.waitFor(/^\S+: gone id=\S+ room="den-rooms"$/m, after);
  check('mesh: who comes back is the same one', !/gone .*room="den-mesh"/.test(example.log));
  check('mesh: the call is the same one', !since.slice(0, 2).some((now, index) =>
    ANOTHER_CALL.test(pipelines[index].output.slice(now).replace(/roomcall\/connection.*/g, ''))));
  for (const pipeline of pipelines)
    checkGaps(pipeline);
  await Promise.all(pipelines.map(async (pipeline) =>
    expectMedia(`${pipeline.name} still gets the other one`, await measureMix(pipeline), 1)));

  for (const { dialect, ada, ben } of calls) {
    const before = ada.now;
    const { code, signal, ms } = await ben.interrupt();
    check(`${dialect}: Ctrl-C ends one pipeline`, code === 0, `${signal ?? code} after ${ms} ms`);
    await ada.waitFor(LEFT, { after: before });
    check(`${dialect}: the other one is told`, true);
    await ada.interrupt();
  }
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
