/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls between two pipelines in each built-in dialect, over one roomcall-server
 * for all of them: both see and hear the other, the second one leaves, and the
 * server's log, numbers and ICE servers are what they ought to be. Then the same
 * with a token, which neither the log nor anything else shows.
 *
 *   test-room-server.mjs [DIALECT...]
 */
import { once } from 'node:events';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, expectMediaSoon, finish, watchdog } from './harness.mjs';
import { requireModule } from './modules.mjs';
import { findCritical, memberOf, Pipeline } from './pipeline.mjs';
import { spawnRoomServer } from './room-server.mjs';
import { listenForStun } from './stun-listener.mjs';

const END_LIMIT = 3000; /* ms */
const JOINED = /roomcall\/joined/;
const LEFT = /roomcall\/peer-left/;
const SECRETS = ['sesame-token', 'sesame-turn'];

/* `first`, `second`: what the pipelines are told besides; `leaves`: what the one
 * that stays is told when the other one goes, where the dialect has words for it;
 * `asksForIce`: the dialect's pages fetch STUN and TURN servers. */
const CASES = [
  { name: 'mesh', leaves: LEFT },
  { name: 'rooms', leaves: LEFT },
  { name: 'message', leaves: LEFT },
  { name: 'broadcast', second: ['variables="v,role=offerer"'], asksForIce: true },
];

function startPipeline(dialect, name, url, settings) {
  return new Pipeline({
    name: `${dialect}: ${name}`,
    bin: [`roomcallbin name=call room=den-${dialect}`, `uri=${url}`, `dialect=${dialect}`,
      ...settings.map((setting) => `signaller::${setting}`)].join(' '),
  });
}

const expectPeer = (pipeline) => expectMediaSoon(`${pipeline.name} pipeline gets the other one`,
  async () => [memberOf(await pipeline.measure(), 'mix')], 1);

async function readMetrics(server) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Object.fromEntries([...text.matchAll(/^(roomcall_\S+) (\d+)$/gm)]
    .map(([, name, value]) => [name, Number(value)]));
}

/* No line of more than one event, no SDP, no secret. */
function checkLog(server, name) {
  const lines = server.log().split('\n').filter((line) => line);
  const strange = lines.filter((line) =>
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (connect|join|part|refusal|shutting down)/.test(line));
  check(`${name}: the log has one line for each event`, strange.length === 0, strange.join('; '));
  const secret = /a=ice|candidate:|v=0|m=audio/.exec(server.log())?.[0] ??
    SECRETS.find((text) => server.log().includes(text));
  check(`${name}: no SDP and no secret in the log`, secret === undefined, secret);
}

async function call(server, { name, first = [], second = [], leaves }, shared = []) {
  const pipelines = [];
  const before = await readMetrics(server);
  try {
    pipelines.push(startPipeline(name, 'first', server.url, [...first, ...shared]));
    await pipelines[0].waitFor(JOINED);
    pipelines.push(startPipeline(name, 'second', server.url, [...second, ...shared]));
    await pipelines[1].waitFor(JOINED);
    await Promise.all(pipelines.map(expectPeer));
    const during = await readMetrics(server);
    const members = `roomcall_members{dialect="${name}"}`;
    check(`${name}: two members in one room`, during[members] === 2 && during.roomcall_rooms === 1,
      `${during[members]} members, ${during.roomcall_rooms} rooms`);
    const messages = `roomcall_messages_total{dialect="${name}"}`;
    check(`${name}: what they said is counted`, during[messages] - before[messages] >= 4,
      `${during[messages] - before[messages]}`);
    const { code, signal, ms } = await pipelines[1].interrupt();
    check(`${name}: Ctrl-C ends the second pipeline`, code === 0 && ms <= END_LIMIT,
      `${signal ?? code} after ${ms} ms`);
    if (leaves)
      await pipelines[0].waitFor(leaves);
    await pipelines[0].interrupt();
  } catch (error) {
    check(`${name}: every step`, false, error.message);
    pipelines.forEach((pipeline) => console.log(pipeline.tail().replace(/^/gm, '# ')));
    console.log(server.log().replace(/^/gm, '# '));
    pipelines.forEach((pipeline) => pipeline.kill());
  }
  for (const pipeline of pipelines) {
    const critical = findCritical(pipeline.output);
    check(`${pipeline.name} pipeline: no CRITICAL`, critical === null, critical ?? '');
    const warning = /roomcall\/warning[^\n]*/.exec(pipeline.output);
    check(`${pipeline.name} pipeline: no warning`, warning === null, warning?.[0] ?? '');
  }
}

/* A third one is refused in words, and the two go on. */
async function third(server, { name, first = [], second = [] }) {
  const pipelines = [startPipeline(name, 'one', server.url, first)];
  try {
    await pipelines[0].waitFor(JOINED);
    pipelines.push(startPipeline(name, 'two', server.url, second));
    await pipelines[1].waitFor(JOINED);
    await Promise.all(pipelines.map(expectPeer));
    const refused = startPipeline(name, 'three', server.url, second);
    pipelines.push(refused);
    const [words] = await refused.waitFor(/[^\n]*the room is full: it has 2 members/);
    check(`${name}: a third one is told that the room is full`, true, words.trim());
    await expectPeer(pipelines[0]);
    await expectPeer(pipelines[1]);
  } catch (error) {
    check(`${name}: every step of a third`, false, error.message);
    console.log(server.log().replace(/^/gm, '# '));
  }
  await Promise.all(pipelines.map((pipeline) => pipeline.interrupt()));
}

/* Pages on npm's client bring by themselves what shows who they were: the network has
 * swallowed one's connection, which only the page has noticed, and the room has two. */
async function comesBack(server) {
  const { io } = requireModule('socket.io-client');
  const { port } = new URL(server.url);
  const swallowed = [];
  const relay = createServer((client) => {
    const toServer = connect(port, '127.0.0.1');
    client.on('data', (data) => toServer.write(data)).on('error', () => {});
    toServer.on('data', (data) => client.writable && client.write(data)).on('error', () => {});
    swallowed.push(client);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const join = async (at, options = {}) => {
    const page = io(`http://127.0.0.1:${at}`, { forceNew: true, transports: ['websocket'],
      query: { dialect: 'message', room: 'swallowed' }, reconnectionDelay: 50, ...options });
    const [refusal] = await Promise.race([
      once(page, 'client-id').then(() => []), once(page, 'connect_error')]);
    if (refusal)
      throw refusal;
    return page;
  };
  const pages = [await join(port), await join(relay.address().port)];
  const before = pages[1].id;
  const lost = once(pages[1], 'disconnect');
  swallowed.forEach((client) => client.destroy());
  await lost;
  await once(pages[1], 'client-id');
  const heard = once(pages[0], 'message');
  const refused = once(pages[1], 'refused');
  pages[1].emit('message', { type: 'ready' });
  const said = await Promise.race([heard, refused]);
  check('a page of npm\'s client has its own place again',
    said[0].clientId === pages[1].id && pages[1].id !== before, JSON.stringify(said));
  pages.forEach((page) => page.close());
  relay.close();
  while ((await readMetrics(server)).roomcall_clients > 0)
    ; /* Nothing tells of that. */
}

const wanted = process.argv.slice(2);
const cases = CASES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
process.setMaxListeners(0); /* one of each pipeline */
watchdog(60 + 60 * cases.length);

const open = await spawnRoomServer({ args: ['--metrics'] });
for (const one of cases)
  await call(open, one);
for (const one of cases.filter(({ name }) => ['message', 'broadcast'].includes(name)))
  await third(open, one);
await comesBack(open);
const left = await readMetrics(open);
check('nobody is left', left.roomcall_rooms === 0 && left.roomcall_clients === 0,
  `${left.roomcall_clients} clients, ${left.roomcall_rooms} rooms`);
check('SIGTERM ends the server', await open.close() === 0);
checkLog(open, 'open');

/* With a token, and servers that want passwords of the day. */
const folder = mkdtempSync(join(tmpdir(), 'roomcall-secrets-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const envFile = join(folder, 'env');
const stun = await listenForStun();
const [turn] = stun.iceServers.filter(({ username }) => username);
writeFileSync(envFile, [`ROOMCALL_TOKEN=${SECRETS[0]}`, `TURN_SECRET=${SECRETS[1]}`,
  `TURN_URLS=${[turn.urls].flat().join(',')}`, 'TURN_USERNAME=ada', ''].join('\n'));
const guarded = await spawnRoomServer({ args: ['--metrics', '--env-file', envFile] });
const anonymous = await fetch(`${guarded.url}/ice-servers`);
check('passwords only for who knows the token', anonymous.status === 401, `${anonymous.status}`);
const authorized = await fetch(`${guarded.url}/ice-servers`,
  { headers: { Authorization: `Bearer ${SECRETS[0]}` } });
const { iceServers: [{ username, credential }] } = await authorized.json();
check('a password of the day', /^\d{10}:ada$/.test(username) && /^[\w+/]{27}=$/.test(credential), username);

const stranger = startPipeline('mesh', 'stranger', guarded.url, []);
await stranger.waitFor(/a token is needed/);
check('who has no token is told so', true);
await stranger.interrupt();
const withToken = CASES.find(({ name, asksForIce }) => asksForIce && cases.some((one) => one.name === name));
if (withToken) {
  await call(guarded, withToken, [
    `auth="{\\"token\\":\\"${SECRETS[0]}\\"}"`,
    `headers="h,Authorization=(string)\\"Bearer\\ ${SECRETS[0]}\\""`,
  ]);
  check('the TURN server is asked with it', stun.allocations > 0, `${stun.allocations}`);
}
check('SIGTERM ends the guarded server', await guarded.close() === 0);
checkLog(guarded, 'guarded');
stun.close();
finish();
