/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls with a page of each dialect that somebody has a say in: accepted, rejected
 * and hung up by the pipeline, microphone and camera off, and both calling at once
 * (docs/calls.md). The pipelines are run by call-control, which takes orders.
 *
 *   test-page-calls.mjs [--case NAME]... [DIALECT...]
 */
import { measure } from './browser.mjs';
import { takeUntil } from './harness.mjs';
import { ENDED, look, peersAfter, press, runCases, see } from './page-world.mjs';

const INCOMING = /roomcall\/incoming-call[^\n]*audio=\(boolean\)true[^\n]*video=\(boolean\)true/;
const RINGING = /roomcall\/peer-state[^\n]*state=\(string\)ringing/;
const JOINED = /roomcall\/peer-joined/;
const MANUAL = { controlled: true, settings: 'call-policy=manual' };

/* How a page shows that its call was ended from the other side, where it is told. */
const ENDS = {
  rooms: (page) => see(page, 'left'),
  message: ({ page }) => page.waitForFunction(() => !document.querySelector('video[data-peer]')),
};

/* A page calls, and the call waits. */
async function ring(world) {
  const { page, pipeline } = await world.callPipeline({}, MANUAL);
  await pipeline.waitFor(INCOMING);
  await pipeline.waitFor(RINGING);
  world.check('the call waits', true);
  return { page, pipeline };
}

/* The pipeline ends it in the word that it is ordered. */
async function end(world, page, pipeline, order) {
  const { now } = pipeline;
  await pipeline.order(order);
  await pipeline.waitFor(ENDED, { after: now });
  await ENDS[world.name]?.(page);
  world.check(`${order}: the call is over for both`, true);
  await world.expectRunning(order, pipeline);
}

async function accepted(world) {
  const { page, pipeline } = await ring(world);
  const { moving, rmsDb } = await world.measurePipeline(pipeline);
  world.check('nothing is shown before', moving === 0 && rmsDb < -60, `${moving} moving, ${rmsDb} dBFS`);
  await pipeline.order('accept');
  await world.expectBoth('accepted', page, pipeline);
  await end(world, page, pipeline, 'hangup');
}

/* Afterwards the pipeline calls the next page, which nothing but an order does. */
async function rejected(world) {
  const { page, pipeline } = await ring(world);
  await end(world, page, pipeline, 'reject');
  if (world.name === 'mesh')
    return; /* Its pages call whoever is there. */
  await page.context.close();
  const { now } = pipeline;
  const next = await world.open();
  if (world.name !== 'broadcast')
    await pipeline.waitFor(JOINED, { after: now });
  await pipeline.order('call');
  await world.accept(next);
  await world.expectBoth('called by order', next, pipeline);
  const { offers, answers } = await look(next);
  world.check('the pipeline made the call', offers === 0 && answers === 1, `${offers} offers, ${answers} answers`);
}

async function muted(world) {
  const { page, pipeline } = await world.callPipeline({}, { controlled: true });
  await world.expectBoth('before', page, pipeline);
  await pipeline.order('mute video_0');
  await pipeline.order('mute audio_0');
  const isMuted = ([{ moving, rmsDb }]) => moving <= 2 && rmsDb < -60;
  const [{ moving, rmsDb }] = await takeUntil(() => measure(page.page), isMuted);
  world.check('camera and microphone off', isMuted([{ moving, rmsDb }]), `${moving} moving, ${rmsDb} dBFS`);
  await pipeline.order('unmute video_0');
  await pipeline.order('unmute audio_0');
  await world.expectBoth('on again', page, pipeline);
}

/*
 * Has the server keep what makes the two call each other, and their offers, until
 * it has one of each: so neither has heard the other's when it speaks.
 */
function crossOver(world) {
  const held = { ready: [], offer: [] };
  world.server.io.on('connection', (socket) => socket.use(([event, data], next) => {
    const waiting = held[event === 'message' ? data.type : event];
    if (!waiting) {
      next();
      return;
    }
    waiting.push(next);
    if (waiting.length >= 2)
      waiting.splice(0).forEach((release) => release());
  }));
}

async function crossing(world) {
  crossOver(world);
  const page = await world.open();
  const byOrder = world.dialect.byHand;
  const pipeline = await world.join('crossing', byOrder ? MANUAL : { controlled: true });
  if (byOrder) {
    await pipeline.waitFor(JOINED);
    if (world.name === 'rooms')
      await page.page.waitForFunction(() => globalThis.seen.users.length > 0);
    await Promise.all([press(page, 'call'), pipeline.order('call')]);
  }
  await world.expectBoth('crossing', page, pipeline);
  const peers = await peersAfter(pipeline, 1000);
  world.check('crossing: one peer', peers === 1, `${peers}`);
  const connected = await page.page.evaluate(() => globalThis.testConnections
    .filter((pc) => pc.connectionState === 'connected').length);
  world.check('crossing: one connection', connected === 1, `${connected}`);
}

await runCases([
  { name: 'accepted', run: accepted },
  { name: 'rejected', run: rejected },
  { name: 'muted', run: muted, dialects: ['mesh'] },
  /* Only a server in this process can be made to wait. */
  {
    name: 'crossing', run: crossing, dialects: ['rooms', 'message', 'broadcast'],
    except: { roomcall: ['rooms', 'message', 'broadcast'] },
  },
]);
