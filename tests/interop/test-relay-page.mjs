/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls over Debian's coturn between the page of roomcall-server in Chromium, which
 * may use relays alone, and a pipeline. Both get the relay and a password of the
 * day from the server.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describeConnections, findPairs, launchBrowser, useRelaysOnly } from './browser.mjs';
import { startCoturn } from './coturn.mjs';
import { check, expectMediaSoon, finish, watchdog } from './harness.mjs';
import { User } from './page-user.mjs';
import { findCritical, findPair, memberOf, Pipeline, SENDING_SMALL, SMALL } from './pipeline.mjs';
import { spawnRoomServer } from './room-server.mjs';

/* Who comes calls who is there. `policy`: of the pipeline; `outdated`: the first password
 * that it is given is one of yesterday's. */
const CASES = [
  { name: 'udp, the page calls', transport: 'udp', pageCalls: true, policy: 'relay' },
  { name: 'udp, the page is called', transport: 'udp', pageCalls: false, policy: 'all' },
  { name: 'tcp, the page is called', transport: 'tcp', pageCalls: false, policy: 'relay' },
  { name: 'outdated', transport: 'udp', pageCalls: false, policy: 'relay', outdated: true },
];
const JOINED = /roomcall\/joined/;

process.setMaxListeners(0); /* one of each pipeline */
watchdog(90);
const coturn = await startCoturn();
const browser = await launchBrowser();

/* A list of ICE servers that is right from the second time on. */
async function startOutdatedList(transport) {
  let asked = 0;
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(
      coturn.iceServers(transport, asked++ === 0 ? 'yesterday' : undefined)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/* Runs in the page, which is as one on a busy machine: it answers the first offer when
 * the pipeline has long given it up. An answer does not say to which offer it is. */
function useRelaysOnlySlowly() {
  const Original = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Original {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: 'relay' });
    }

    async setLocalDescription(description) {
      if (this.signalingState === 'have-remote-offer')
        await new Promise((resolve) => setTimeout(resolve, 600));
      return super.setLocalDescription(description);
    }
  };
}

function startPipeline(name, { url }, policy, list) {
  return new Pipeline({
    name,
    bin: [`roomcallbin name=call uri=${url} dialect=mesh room=den stats-interval=250`,
      `ice-transport-policy=${policy} signaller::ice-servers-url=${list}`].join(' '),
    send: SENDING_SMALL,
    size: SMALL,
  });
}

async function run({ name, transport, pageCalls, policy, outdated }) {
  const server = await spawnRoomServer({ ownPage: true, args: coturn.serverArgs(transport) });
  const openPage = () => User.join(browser, server.url, 'Ada',
    { prepare: outdated ? useRelaysOnlySlowly : useRelaysOnly });
  const list = outdated ? await startOutdatedList(transport) : { url: '/ice-servers' };
  let pipeline;
  let user;
  try {
    if (!pageCalls)
      user = await openPage();
    pipeline = startPipeline(name, server, policy, list.url);
    await pipeline.waitFor(JOINED);
    user ??= await openPage();
    await Promise.all([
      user.expectMedia(`${name}: the page gets the pipeline`, 1),
      expectMediaSoon(`${name}: the pipeline gets the page`,
        async () => [memberOf(await pipeline.measure(), 'mix')], 1),
    ]);

    const [ofPage] = await findPairs(user.page);
    check(`${name}: the page sends over its relay`,
      ofPage.local === 'relay' && ofPage.transport === transport,
      `${ofPage.local} ${ofPage.transport}`);
    const ofPipeline = await findPair(pipeline);
    check(`${name}: the pipeline sends to it`, ofPipeline.remote === 'relay', ofPipeline.remote);
    if (policy === 'relay') {
      check(`${name}: over a relay of its own`,
        ofPipeline.local === 'relay' && ofPage.remote === 'relay',
        `${ofPipeline.local}, ${ofPage.remote} for the page`);
    }
    if (outdated) {
      check(`${name}: the refusal is told, and the call made anew`,
        /state=\(string\)reconnecting[^\n]*401/.test(pipeline.output));
    }
    check(`${name}: no error in the page`, user.log.length === 0, user.log.join('; '));

    /* A refresh with lifetime 0 for each, not only a connection that is gone. */
    await user.press('Leave room');
    const { code, signal } = await pipeline.interrupt();
    check(`${name}: Ctrl-C ends the pipeline`, code === 0, `${signal ?? code}`);
    const made = coturn.count(': new, realm=');
    const released = await coturn.waitFor('lifetime=0', made) &&
      await coturn.waitFor(': delete: realm=', made);
    check(`${name}: what the relay reserved is given back`, made > 0 && released,
      `${coturn.count('lifetime=0')} of ${made}`);
  } catch (error) {
    check(`${name}: every step`, false, error.message);
    console.log(`# ${JSON.stringify(user && await describeConnections(user.page))}`);
    console.log(pipeline?.tail().replace(/^/gm, '# '));
    pipeline?.kill();
  }
  list.close?.();
  await user?.context.close();
  await server.close();
  const critical = findCritical(pipeline?.output ?? '');
  check(`${name}: no CRITICAL in the pipeline`, critical === null, critical ?? '');
}

for (const one of CASES)
  await run(one);
await browser.close();
coturn.close();
finish();
