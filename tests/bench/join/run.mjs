/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long somebody who joins a call waits for the first picture of who is there:
 * a pipeline, and the page of roomcall-server in Chromium, in turns, over the same
 * roomcall-server and the same coturn, by relays alone and then without any.
 * run.mjs BENCH-JOIN RAW-FILE ROUNDS
 *
 * Both are up before, with nothing but the camera open: the page after "Check camera
 * and microphone", the pipeline in READY, whose sources begin only then. Both have
 * been in calls before, and the first round is not counted. Time runs from the click
 * on "Join" and from the change to PLAYING: both fetch /ice-servers, connect to the
 * server, join and call who is there. A picture is decoded when it leaves our decoder,
 * and at loadeddata of the page's video; it is shown when a sink that waits for its time
 * has done so, and at the first requestVideoFrameCallback.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPairs, launchBrowser, useRelaysOnly } from '../../interop/browser.mjs';
import { startCoturn } from '../../interop/coturn.mjs';
import { User } from '../../interop/page-user.mjs';
import { spawnRoomServer } from '../../interop/room-server.mjs';
import { figure, median } from '../figures.mjs';

const [program, rawFile, rounds] = process.argv.slice(2);
const AIMS = { relay: 0.5, direct: 1 }; /* of Chromium's time */
/* ms between two joins, at random: not in step with the camera of who is there, and no
 * join within the 250 ms, or 300, in which one key frame has to serve all that ask. */
const PAUSE = { least: 500, more: 500 };
const ROOMS = { pipeline: 'pipelines', page: 'pages' };

/* ---- a pipeline ---- */

class Member {
  #child;
  #lines;

  constructor(server, isRelayed) {
    this.#child = spawn(program, [[`uri=${server.url} dialect=mesh room=${ROOMS.pipeline}`,
      'signaller::ice-servers-url=/ice-servers',
      `ice-transport-policy=${isRelayed ? 'relay' : 'all'}`].join(' ')],
    { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async hear(word) {
    const { value = 'nothing' } = await this.#lines.next();
    if (!value.startsWith(word))
      throw new Error(`bench-join says "${value}", not "${word}"`);
    return value.split(' ').slice(1).map((us) => us / 1000);
  }

  order(order, word) {
    this.#child.stdin.write(`${order}\n`);
    return this.hear(word);
  }

  close() {
    this.#child.stdin.end();
  }
}

async function openMembers(server, isRelayed) {
  const [first, joiner] = [new Member(server, isRelayed), new Member(server, isRelayed)];
  await Promise.all([first.hear('ready'), joiner.hear('ready')]);
  await first.order('enter', 'entered');
  return {
    async measure() {
      const [decoded, shown] = await joiner.order('join', 'frame');
      await joiner.order('leave', 'ready');
      await first.order('alone', 'alone');
      return { decoded, shown };
    },
    close() {
      joiner.close();
      first.close();
    },
  };
}

/* ---- a page ---- */

/* Runs in the page before its own code. testArm(): testPicture resolves with how long
 * after the next "Join" there was a picture. */
function stamp() {
  let begin;
  let stamps;
  const watched = new WeakSet();
  const now = () => performance.now() - begin;
  globalThis.testArm = () => {
    const decoded = new Promise((resolve) => { stamps = { decoded: resolve }; });
    const shown = new Promise((resolve) => { stamps.shown = resolve; });
    globalThis.testPicture = Promise.all([decoded, shown])
      .then(([first, second]) => ({ decoded: first, shown: second }));
  };
  document.addEventListener('submit', () => { begin = performance.now(); }, { capture: true });
  new MutationObserver(() => {
    for (const video of document.querySelectorAll('video[data-peer]')) {
      if (watched.has(video))
        continue;
      watched.add(video);
      video.addEventListener('loadeddata', () => stamps.decoded(now()));
      video.requestVideoFrameCallback(() => stamps.shown(now()));
    }
  }).observe(document, { childList: true, subtree: true });
}

async function openUser(browser, server, name, isRelayed) {
  const user = await User.open(browser, server.url, name, { prepare: stamp, room: ROOMS.page });
  if (isRelayed)
    await user.page.evaluate(useRelaysOnly);
  await user.page.getByLabel('Your name').fill(name);
  return user;
}

/* At the door, with camera and microphone open. */
async function prepare({ page }) {
  await page.getByRole('button', { name: 'Check camera and microphone' }).click();
  await page.waitForFunction(() => document.querySelector('video')?.srcObject?.active);
  await page.evaluate(() => globalThis.testArm());
}

async function openPages(browser, server, isRelayed) {
  const first = await openUser(browser, server, 'Ada', isRelayed);
  const joiner = await openUser(browser, server, 'Bob', isRelayed);
  await prepare(first);
  await first.press('Join');
  await first.sees(/Nobody else is here yet/);
  return {
    async measure() {
      await prepare(joiner);
      await joiner.press('Join');
      const sample = await joiner.page.evaluate(() => globalThis.testPicture);
      const [pair] = (await findPairs(joiner.page)).slice(-1);
      if (isRelayed !== (pair.local === 'relay'))
        throw new Error(`the page sends over ${pair.local}`);
      await joiner.press('Leave room');
      await joiner.button('Join').waitFor();
      await first.sees(/Nobody else is here yet/);
      return sample;
    },
    close: () => Promise.all([first, joiner].map(({ context }) => context.close())),
  };
}

/* ---- in turns ---- */

const browser = await launchBrowser();
const coturn = await startCoturn();
const raw = {};

for (const way of ['relay', 'direct']) {
  const isRelayed = way === 'relay';
  const server = await spawnRoomServer({
    ownPage: true, args: isRelayed ? coturn.serverArgs('udp') : [],
  });
  const who = {
    pipeline: await openMembers(server, isRelayed),
    page: await openPages(browser, server, isRelayed),
  };
  const samples = { pipeline: [], page: [], load: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 ? ['page', 'pipeline'] : ['pipeline', 'page']) {
      await sleep(PAUSE.least + PAUSE.more * Math.random());
      const sample = await who[name].measure();
      if (round > 0)
        samples[name].push(sample);
    }
    samples.load.push(loadavg()[0]);
  }
  raw[way] = samples;
  for (const what of ['decoded', 'shown']) {
    const [ours, theirs] = ['pipeline', 'page'].map((name) => samples[name].map((one) => one[what]));
    const say = (values) => [median(values), Math.min(...values), Math.max(...values)]
      .map((value) => value.toFixed(0)).join(' / ');
    console.log(`${way}, join to first picture ${what}, ms p50 / min / max of ${rounds}: `
      + `pipeline ${say(ours)}, Chromium ${say(theirs)}; load ${median(samples.load).toFixed(1)}`);
    figure(`${way}-join-${what}-of-chromium`, median(ours) / median(theirs), 'ratio', AIMS[way]);
  }
  who.pipeline.close();
  await who.page.close();
  await server.close();
}

writeFileSync(rawFile, JSON.stringify(raw));
await browser.close();
coturn.close();
process.exit(0);
