/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls between pipelines and pages in Chromium that behave as the pages of a
 * dialect's applications do (browser-peer/dialects.mjs), over a server on npm's
 * socket.io or roomcall-server: who takes part, what is measured of them, and the running of a table
 * of cases for each dialect that it has a meaning in.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  describeConnections, launchBrowser, launchMortalBrowser, measure, openPage, waitForMembers,
} from './browser.mjs';
import { spawnDialectServer, startDialectServer } from './dialect-servers.mjs';
import { check, expectMediaSoon, finish, timed, watchdog } from './harness.mjs';
import { findCritical, memberOf, Pipeline, SENDING_SMALL, SMALL, speak } from './pipeline.mjs';
import { spawnRoomServer } from './room-server.mjs';

export const LEFT = /roomcall\/peer-left/;
export const ENDED = /roomcall\/call-ended/;
export const LOST = /roomcall\/peer-state[^\n]*state=\(string\)(reconnecting|failed|closed)/;
const STATS_INTERVAL = 250; /* ms */
const CALL_CONTROL = process.env.ROOMCALL_CALL_CONTROL ??
  fileURLToPath(new URL('../../_build/tests/interop/call-control', import.meta.url));
/* A microphone without a camera. */
export const SENDING_VOICE =
  'audiotestsrc is-live=true volume=0.3 ! audio/x-raw,rate=48000,channels=2 ! queue ! call.audio_0';

/*
 * `callerWaits`: who is there calls who comes, else the other way round; `byHand`:
 * the page calls and accepts by button; `needs`: what every pipeline is told;
 * `calling`, `answering`: what makes a pipeline call, of what the page has seen, and
 * not call who is slow to do so; `byId`: the page calls an id that its user was told;
 * `told`: how a pipeline hears of a page that hangs up, that is gone to another
 * address, and whose browser was killed, if not as of one that is gone; `rejoins`: the page joins again by itself
 * when the server has come back, or needs no joining.
 */
export const DIALECTS = {
  mesh: { told: { hangUp: LEFT, gone: LEFT }, rejoins: true },
  rooms: {
    byHand: true,
    answering: 'call-policy=answer',
    told: { hangUp: ENDED, gone: LEFT },
  },
  message: {
    callerWaits: true,
    told: { hangUp: LEFT, gone: ENDED, killed: LOST },
    rejoins: true,
  },
  broadcast: {
    byHand: true,
    calling: () => 'signaller::variables="v,role=offerer"',
    told: { hangUp: ENDED, gone: ENDED, killed: LOST },
    rejoins: true,
  },
  mirotalk: {
    needs: 'signaller::variables="v,password=sesame"',
    told: { hangUp: LEFT, gone: LEFT },
  },
  codelab: { callerWaits: true, told: { hangUp: LEFT, gone: ENDED } },
  'call-user': {
    byHand: true,
    byId: true,
    calling: ({ self }) => `signaller::variables="v,role=offerer,call=(string)${self}"`,
    told: { hangUp: ENDED, gone: ENDED },
  },
  'group-signal': { told: { hangUp: ENDED, gone: ENDED } },
  'room-join': {
    callerWaits: true,
    byHand: true,
    answering: 'call-policy=answer',
    told: { hangUp: ENDED, gone: ENDED },
  },
  signalmaster: { told: { hangUp: LEFT, gone: LEFT } },
};

/** Those of which the application's every trouble is tried. */
/* Whose pages know nothing of rooms, and are where one is that names none. */
const ROOMLESS = ['message', 'broadcast'];
export const BUILT_IN = ['mesh', 'rooms', 'message', 'broadcast'];

/* What is between them: `start` in this process, where that is possible, or `spawn`
 * as one that can be killed. */
const SERVERS = {
  npm: { start: startDialectServer, spawn: spawnDialectServer },
  roomcall: {
    start: () => spawnRoomServer(),
    spawn: (dialect, settings) => spawnRoomServer(settings),
  },
};

const browsers = new Map();

/* "usual" has devices, "hidden" has none and shows no address. Each is started
 * once, and again after it was killed. */
async function getBrowser(kind) {
  if (!browsers.has(kind))
    browsers.set(kind, kind === 'usual' ? await launchMortalBrowser()
      : await launchBrowser({ devices: false, hideAddresses: true }));
  return browsers.get(kind);
}

export function killBrowser(kind) {
  browsers.get(kind).kill();
  browsers.delete(kind);
}

/* One case of one dialect: its server and members, which end with it. */
class World {
  pipelines = [];
  pages = [];

  constructor(name, server, spawn) {
    this.name = name;
    this.dialect = DIALECTS[name];
    this.server = server;
    this.spawn = spawn;
  }

  /* The server has been killed, and comes back at the same address. */
  async respawn() {
    this.server = await this.spawn(this.name, { port: this.server.port });
  }

  start(name, { calls = false, controlled = false, settings = '', send = SENDING_SMALL } = {}) {
    const pipeline = new Pipeline({
      name,
      bin: [`roomcallbin name=call uri=${this.server.url} ${speak(this.name)}`,
        ROOMLESS.includes(this.name) ? '' : 'room=den',
        `stats-interval=${STATS_INTERVAL} ${settings} ${this.dialect.needs ?? ''}`,
        ...(calls && this.dialect.calling ? [this.dialect.calling(calls)] : [])].join(' '),
      send,
      size: SMALL,
      ...(controlled ? { program: [CALL_CONTROL] } : {}),
    });
    this.pipelines.push(pipeline);
    return pipeline;
  }

  async join(name, settings) {
    const pipeline = this.start(name, settings);
    const [joined] = await pipeline.waitFor(/roomcall\/joined[^\n]*\n/);
    [, pipeline.selfId] = /self-id=\(string\)"?([^",;]*)/.exec(joined) ?? [];
    return pipeline;
  }

  /* A page that is ready; where its application has a start button, that is pressed. */
  async open({ browser = 'usual', media = 'all' } = {}) {
    const query = new URLSearchParams({ dialect: this.name, room: 'den', media });
    const page = await openPage(await getBrowser(browser), `${this.server.url}/peer/?${query}`);
    this.pages.push(page);
    await Promise.all(['ready', 'upgraded', 'buttons'].map((what) => see(page, what)));
    if (this.name === 'message')
      await press(page, 'call');
    return page;
  }

  /* A page comes and makes the call, by button where nothing else does. */
  async comeAndCall(settings) {
    const page = await this.open(settings);
    if (this.dialect.byHand)
      await press(page, 'call', ...(this.dialect.byId ? [this.pipelines[0].selfId] : []));
    return page;
  }

  /* The pipeline calls the page. */
  async callPage(settings, caller) {
    let page;
    let pipeline;
    if (this.dialect.callerWaits) {
      pipeline = await this.join('caller', caller);
      page = await this.open(settings);
    } else {
      page = await this.open(settings);
      pipeline = await this.join('caller', { ...caller, calls: await look(page) });
    }
    await this.accept(page);
    return { page, pipeline };
  }

  /* Where the page's user is asked. */
  async accept(page) {
    if (!this.dialect.byHand)
      return;
    await see(page, 'incoming');
    await press(page, 'accept');
  }

  /* The page calls the pipeline. */
  async callPipeline(settings, callee = { settings: this.dialect.answering }) {
    if (this.dialect.callerWaits) {
      const page = await this.open(settings);
      const pipeline = await this.join('callee', callee);
      if (this.dialect.byHand) {
        await page.page.waitForFunction(() => globalThis.seen.users.length > 0);
        await press(page, 'call');
      }
      return { page, pipeline };
    }
    const pipeline = await this.join('callee', callee);
    return { pipeline, page: await this.comeAndCall(settings) };
  }

  async expectPage(what, page, count = 1) {
    await waitForMembers(page.page, count);
    await expectMediaSoon(`${this.name}: ${what}`, () => measure(page.page), count);
  }

  async measurePipeline(pipeline) {
    return memberOf(await pipeline.measure(), 'mix');
  }

  expectPipeline(what, pipeline) {
    return expectMediaSoon(`${this.name}: ${what}`,
      async () => [await this.measurePipeline(pipeline)], 1);
  }

  async expectBoth(what, page, pipeline) {
    await Promise.all([
      this.expectPage(`${what}: the page gets the pipeline`, page),
      this.expectPipeline(`${what}: the pipeline gets the page`, pipeline),
    ]);
  }

  /* Its outputs run, whoever is there. What a process that gets no CPU keeps back comes
   * after it: of twice the time almost nothing may be missing then. */
  async expectRunning(what, pipeline) {
    let { frames, seconds } = await this.measurePipeline(pipeline);
    let good = frames >= 20 && seconds > 1;
    if (!good) {
      const more = await this.measurePipeline(pipeline);
      frames += more.frames;
      seconds += more.seconds;
      good = frames >= 100 && seconds > 3.5;
    }
    this.check(`${what}: the mix runs on`, good, `${frames} frames, ${seconds} s`);
  }

  check(what, good, detail) {
    check(`${this.name}: ${what}`, good, detail);
  }

  expectNoFault(...pages) {
    const faults = pages.flatMap(({ log }) => log);
    this.check('no error in the page', faults.length === 0, faults.join('; '));
  }

  async close() {
    await Promise.all(this.pages.map(({ context }) => context.close().catch(() => {})));
    await Promise.all(this.pipelines.map((pipeline) => pipeline.interrupt()));
    await (this.server.close ?? this.server.kill)();
  }
}

/** Waits until `seen` of a page has something. */
export const see = ({ page }, what) => page.waitForFunction((name) => globalThis.seen?.[name], what,
  { timeout: 20000 });

/** Presses a button of a page. */
export const press = ({ page }, button, ...details) =>
  page.evaluate(([name, ...rest]) => globalThis[name](...rest), [button, ...details]);

/** What a page has seen. */
export const look = ({ page }) => page.evaluate(() => globalThis.seen);

/**
 * How many peers a pipeline has, by the last roomcall/stats of those that come
 * within `ms` from now on.
 */
export async function peersAfter(pipeline, ms) {
  let after = pipeline.now;
  let found;
  for (let count = Math.ceil(ms / STATS_INTERVAL); count > 0; count--) {
    found = await pipeline.waitFor(/roomcall\/stats, peers=\(uint\)(\d+)/, { after });
    after += found.index + found[0].length;
  }
  return Number(found[1]);
}

async function runCase({ name, run, killable = false }, dialect, { start, spawn }) {
  const world = new World(dialect, await (killable ? spawn : start)(dialect), spawn);
  try {
    await run(world);
  } catch (error) {
    check(`${dialect}: ${name}: every step`, false, error.message);
    for (const { page, log } of world.pages) {
      const states = await describeConnections(page).catch(() => 'closed');
      console.log(`# ${JSON.stringify({ states, log, seen: await look({ page }).catch(() => null) })}`);
    }
    world.pipelines.forEach((pipeline) => console.log(pipeline.tail().replace(/^/gm, '# ')));
  }
  await world.close();
  for (const pipeline of world.pipelines) {
    const critical = findCritical(pipeline.output);
    check(`${dialect}: ${name}: no CRITICAL in ${pipeline.name}`, critical === null, critical ?? '');
  }
}

/**
 * Runs [--case NAME]... [--server npm|roomcall] [DIALECT...] of a table, and ends
 * the test. Without `dialects` a case is for those that are built in. `killable`:
 * the server is a process of its own; `except`: dialects in which the case has no
 * meaning, by server.
 * @param {{name: string, run: (world) => Promise, dialects?: string[],
 *   except?: Object<string, string[]>, killable?: boolean}[]} cases
 */
export async function runCases(cases) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      case: { type: 'string', multiple: true },
      server: { type: 'string', default: 'npm' },
    },
  });
  const plan = Object.keys(DIALECTS)
    .filter((dialect) => positionals.length === 0 || positionals.includes(dialect))
    .flatMap((dialect) => cases
      .filter(({ name, dialects, except }) => (values.case?.includes(name) ?? true) &&
        (dialects ?? BUILT_IN).includes(dialect) && !except?.[values.server]?.includes(dialect))
      .map((one) => [one, dialect]));
  process.setMaxListeners(0); /* one of each pipeline */
  watchdog(30 + 60 * plan.length);
  for (const [one, dialect] of plan)
    await timed(`${dialect}: ${one.name}`, () => runCase(one, dialect, SERVERS[values.server]));
  await Promise.all([...browsers.values()].map((browser) => browser.close()));
  finish();
}
