/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A call between two pipelines in each dialect, over a server on npm's socket.io
 * that does what the application's does: the first one waits, the second one
 * comes, both see and hear the other, and the second one leaves.
 *
 *   test-dialects.mjs [DIALECT...]
 */
import { startDialectServer } from './dialect-servers.mjs';
import { check, expectMediaSoon, finish, watchdog } from './harness.mjs';
import { findCritical, memberOf, Pipeline, speak } from './pipeline.mjs';
import { listenForStun } from './stun-listener.mjs';

/* What the pipelines of a dialect are told besides; `leaves`: what the one that
 * stays is told when the other one goes, where the dialect has words for it;
 * `handsOut`: the application has STUN and TURN servers. */
const CASES = [
  { name: 'message', leaves: /roomcall\/peer-left/ },
  { name: 'broadcast', second: ['variables="v,role=offerer"'], handsOut: true },
  { name: 'rooms', leaves: /roomcall\/peer-left/ },
  {
    name: 'mirotalk',
    first: ['variables="v,password=sesame"'],
    second: ['variables="v,password=sesame"'],
    leaves: /roomcall\/peer-left/,
    handsOut: true,
  },
  { name: 'codelab', leaves: /roomcall\/peer-left/ },
  {
    name: 'call-user',
    second: (selfId) => [`variables="v,role=offerer,call=(string)${selfId}"`],
    leaves: /roomcall\/call-ended/,
  },
  { name: 'group-signal' },
  { name: 'room-join' },
  { name: 'signalmaster', leaves: /roomcall\/peer-left/, handsOut: true },
  { name: 'start-call' },
  { name: 'new-user', first: ['namespace=/stream'], second: ['namespace=/stream'] },
  { name: 'broadcaster', secondDialect: 'watcher', leaves: /roomcall\/peer-left/ },
];

function startPipeline(dialect, name, url, settings = []) {
  return new Pipeline({
    name: `${dialect}: ${name}`,
    bin: ['roomcallbin name=call room=den', `uri=${url}`, speak(dialect),
      ...settings.map((setting) => `signaller::${setting}`)].join(' '),
  });
}

const expectPeer = (pipeline) => expectMediaSoon(`${pipeline.name} pipeline gets the other one`,
  async () => [memberOf(await pipeline.measure(), 'mix')], 1);

async function call({
  name, first: firstSettings, second: secondSettings, secondDialect = name, leaves, handsOut,
}) {
  const stun = await listenForStun();
  const server = await startDialectServer(name, stun);
  const pipelines = [];
  try {
    const first = startPipeline(name, 'first', server.url, firstSettings);
    pipelines.push(first);
    const [, selfId] = /roomcall\/joined.*?self-id=\(string\)"?([^",;]*)/.exec(
      (await first.waitFor(/roomcall\/joined[^\n]*/))[0]) ?? [];
    const second = startPipeline(secondDialect, 'second', server.url,
      typeof secondSettings === 'function' ? secondSettings(selfId) : secondSettings);
    pipelines.push(second);
    await second.waitFor(/roomcall\/joined/);
    await Promise.all([expectPeer(first), expectPeer(second)]);
    for (const kind of ['bindings', 'allocations'])
      check(`${name}: STUN ${kind} are asked for where the application has servers`,
        (stun[kind] > 0) === (handsOut === true), `${stun[kind]}`);
    const { code, signal, ms } = await second.interrupt();
    check(`${name}: Ctrl-C ends the second pipeline`, code === 0, `${signal ?? code} after ${ms} ms`);
    if (leaves)
      await first.waitFor(leaves);
    await first.interrupt();
  } catch (error) {
    check(`${name}: every step`, false, error.message);
    pipelines.forEach((pipeline) => console.log(pipeline.tail().replace(/^/gm, '# ')));
    pipelines.forEach((pipeline) => pipeline.kill());
  }
  for (const pipeline of pipelines) {
    const critical = findCritical(pipeline.output);
    check(`${pipeline.name} pipeline: no CRITICAL`, critical === null, critical ?? '');
    const warning = /roomcall\/warning[^\n]*/.exec(pipeline.output);
    check(`${pipeline.name} pipeline: no warning`, warning === null, warning?.[0] ?? '');
  }
  await server.close();
  stun.close();
}

const wanted = process.argv.slice(2);
const cases = CASES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
process.setMaxListeners(0); /* one of each pipeline */
watchdog(30 + 45 * cases.length);
for (const one of cases)
  await call(one);
finish();
