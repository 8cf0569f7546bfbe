/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long somebody who joins a call waits for the first picture of who is there:
 * a pipeline, and the page of roomcall-server in Chromium, in turns, over the same
 * roomcall-server and the same coturn, by relays alone and then without any.
 * run.mjs BENCH-JOIN RAW-FILE ROUNDS
 *
 * Both are up before, with nothing but the camera open: the page after "Check camera
 * and microphone", the pipeline in READY, whose sources begin only then. Time runs
 * from the click on "Join" and from the change to PLAYING: both fetch /ice-servers,
 * connect to the server, join and call who is there. It ends when the picture is
 * shown: at loadeddata or the first requestVideoFrameCallback, whichever is earlier,
 * and when a sink that waits for the picture's time has done so. The first round is not counted.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { findPairs, launchBrowser, useRelaysOnly } from '../../interop/browser.mjs';
import { startCoturn } from '../../interop/coturn.mjs';
import { User } from '../../interop/page-user.mjs';
import { spawnRoomServer } from '../../interop/room-server.mjs';
import { figure, median } from '../figures.mjs';

const [program, rawFile, rounds] = process.argv.slice(2);
const AIM = 0.5; /* of Chromium's time */
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

/* Runs in the page before its own code. */
function stamp() {
  globalThis.testShown = new Promise((resolve) => {
    let begin;
    document.addEventListener('submit', () => { begin = performance.now(); }, { capture: true });
    const shown = () => resolve(performance.now() - begin);
    new MutationObserver(() => {
      const video = document.querySelector('video[data-peer]');
      if (!video || video.dataset.watched)
        return;
      video.dataset.watched = 'yes';
      video.addEventListener('loadeddata', shown);
      video.requestVideoFrameCallback(shown);
    }).observe(document, { childList: true, subtree: true });
  });
}

async function openPages(browser, server, isRelayed) {
  const prepare = { prepare: stamp, room: ROOMS.page };
  const openUser = async (name) => {
    const user = await User.open(browser, server.url, name, prepare);
    if (isRelayed)
      await user.page.evaluate(useRelaysOnly);
    await user.press('Check camera and microphone');
    await user.page.getByRole('form', { name: 'Join the call' }).getByLabel('Microphone')
      .getByRole('option', { name: /fake/i }).first().waitFor({ state: 'attached' });
    await user.page.getByLabel('Your name').fill(name);
    return user;
  };
  const first = await openUser('Ada');
  await first.press('Join');
  await first.sees(/Nobody else is here yet/);
  return {
    async measure() {
      const joiner = await openUser('Bob');
      await joiner.press('Join');
      const shown = await joiner.page.evaluate(() => globalThis.testShown);
      const [pair] = await findPairs(joiner.page);
      if (isRelayed !== (pair.local === 'relay'))
        throw new Error(`the page sends over ${pair.local}`);
      await joiner.press('Leave room');
      await joiner.context.close();
      await first.sees(/Nobody else is here yet/);
      return { shown };
    },
    close: () => first.context.close(),
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
      const sample = await who[name].measure();
      if (round > 0)
        samples[name].push(sample);
    }
    samples.load.push(loadavg()[0]);
  }
  raw[way] = samples;
  const times = (name, what) => samples[name].map((sample) => sample[what]);
  const say = (values) => [median(values), Math.min(...values), Math.max(...values)]
    .map((value) => value.toFixed(0)).join(' / ');
  console.log(`${way}, join to first picture, ms p50 / min / max of ${rounds}: `
    + `pipeline ${say(times('pipeline', 'shown'))} (decoded ${say(times('pipeline', 'decoded'))}), `
    + `Chromium ${say(times('page', 'shown'))}; load ${median(samples.load).toFixed(1)}`);
  figure(`${way}-join-of-chromium`,
    median(times('pipeline', 'shown')) / median(times('page', 'shown')), 'ratio', AIM);
  who.pipeline.close();
  await who.page.close();
  await server.close();
}

writeFileSync(rawFile, JSON.stringify(raw));
await browser.close();
coturn.close();
process.exit(0);
