/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Debian's Chromium with a fake camera and microphone, through playwright-core,
 * and the measuring of what each member's <video data-peer> really shows.
 *
 *   browser.mjs --url URL [--members 1] [--timeout 30] [--no-devices]
 *               [--no-video] [--no-audio] [--hold SECONDS] [--screenshot FILE]
 *
 * opens URL (which joins by itself), waits until so many members send media,
 * and prints one line of JSON, {"ok", "url", "members": [{peer, frames, moving,
 * luma, rmsDb, ...}]}. With --hold it stays in the room after that. Exit status
 * 0 only if every member's media is as figures.mjs asks.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeCameraFile } from './fake-camera.mjs';
import { CRITERIA, shortcomings } from './figures.mjs';
import { requireModule } from './modules.mjs';

const { chromium } = requireModule('playwright-core');

const EXECUTABLE = process.env.ROOMCALL_CHROMIUM ?? '/usr/bin/chromium';

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required',
];

const deviceFlags = () => [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${makeCameraFile()}`,
];

/* Names ending in .local in the candidates, in place of addresses, is what every
 * browser does for a page that may not use a camera or microphone; nobody answers
 * mDNS here, so a test has to ask for it. */
const addressFlag = (hidden) =>
  `--${hidden ? 'enable' : 'disable'}-features=WebRtcHideLocalIpsWithMdns`;

function launchOptions({ devices = true, hideAddresses = false, machine, flags = [] }) {
  if (!existsSync(EXECUTABLE))
    throw new Error(`${EXECUTABLE} is missing: apt-get install chromium`);
  return {
    executablePath: machine?.wrap(EXECUTABLE) ?? EXECUTABLE,
    headless: true,
    chromiumSandbox: process.getuid() !== 0,
    args: [...FLAGS, addressFlag(hideAddresses), ...(devices ? deviceFlags() : []), ...flags],
  };
}

/** A browser; `devices`: false = a machine without camera and microphone; `machine`:
 * where it runs, of other-machine.mjs; `flags`: of its command line. */
export const launchBrowser = async (settings = {}) => chromium.launch(launchOptions(settings));

/** The same, with kill(): the end of all its processes without a goodbye. */
export async function launchMortalBrowser(settings = {}) {
  const server = await chromium.launchServer(launchOptions(settings));
  const browser = await chromium.connect(server.wsEndpoint());
  /* It leads a process group of its own. */
  browser.kill = () => process.kill(-server.process().pid, 'SIGKILL');
  browser.close = () => server.close();
  return browser;
}

/** Runs in the page before its own code: keeps the connections, for the figures
 * that only they know. */
export function keepConnections() {
  const Original = globalThis.RTCPeerConnection;
  globalThis.testConnections = [];
  globalThis.RTCPeerConnection = class extends Original {
    constructor(...args) {
      super(...args);
      globalThis.testConnections.push(this);
    }
  };
}

/** Runs in the page before its own code: media go over relays alone. */
export function useRelaysOnly() {
  const Original = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Original {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: 'relay' });
    }
  };
}

/** What the browser itself reports in `log` of each attempt to reach a server that is down. */
export const FAILED_ATTEMPT = /WebSocket connection to .* failed/;

/**
 * Opens a page in a profile of its own; `log` collects what went wrong in it.
 * `prepare`: a function that runs in the page before its own code.
 * @returns {Promise<{page, context, log: string[]}>}
 */
export async function openPage(browser, url, {
  viewport = { width: 1280, height: 720 }, prepare = () => {},
} = {}) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const log = [];
  page.on('pageerror', (error) => log.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      log.push(`console ${message.type()}: ${message.text()}`);
  });
  await page.addInitScript(keepConnections);
  await page.addInitScript(prepare);
  /* Not "load", which a video waits with until it has a picture. */
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return { page, context, log };
}

/* Runs in the page. Draws each shown frame to a canvas and listens to the
 * track, so it measures what a person would see and hear. */
async function measureInPage({ seconds, luma, apart }) {
  const width = 160;
  const height = 120;

  function meanOf(data, part) {
    let sum = 0;
    for (let i = part; i < data.length; i += 4)
      sum += data[i];
    return sum / (width * height);
  }

  async function measurePicture(video) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const colours = [];
    let last = null;
    let frames = 0;
    let moving = 0;
    let tinted = 0;
    let sum = 0;
    let running = true;
    const look = () => {
      if (!running)
        return;
      video.requestVideoFrameCallback(look);
      context.drawImage(video, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      const plane = new Float32Array(width * height);
      for (let i = 0; i < plane.length; i++)
        plane[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
      frames++;
      if (last) {
        let difference = 0;
        for (let i = 0; i < plane.length; i++)
          difference += Math.abs(plane[i] - last[i]);
        difference /= plane.length;
        sum += difference;
        if (difference > luma)
          moving++;
      }
      last = plane;
      const colour = [0, 1, 2].map((part) => meanOf(data, part));
      colours.push(colour);
      const before = colours.at(-1 - apart);
      if (before && colour.some((part, i) => Math.abs(part - before[i]) > luma))
        tinted++;
    };
    video.requestVideoFrameCallback(look);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    running = false;
    return { shown: frames, moving, tinted, luma: sum / Math.max(1, frames - 1) };
  }

  async function measureSound(stream) {
    if (stream.getAudioTracks().length === 0)
      return -Infinity;
    const context = new AudioContext();
    await context.resume();
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048;
    /* Each track by itself: of a whole stream Web Audio takes only the one with
     * the lowest id, where the <video> plays them all. */
    for (const track of stream.getAudioTracks())
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let sum = 0;
    let count = 0;
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * analyser.fftSize / context.sampleRate));
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples)
        sum += sample * sample;
      count += samples.length;
    }
    await context.close();
    return sum > 0 ? 10 * Math.log10(sum / count) : -Infinity;
  }

  /* track id -> frames decoded so far */
  async function decoded() {
    const counts = new Map();
    for (const pc of globalThis.testConnections) {
      if (pc.connectionState === 'closed')
        continue;
      for (const report of (await pc.getStats()).values()) {
        if (report.type === 'inbound-rtp' && report.kind === 'video')
          counts.set(report.trackIdentifier, report.framesDecoded ?? 0);
      }
    }
    return counts;
  }

  const before = await decoded();
  const videos = [...document.querySelectorAll('video[data-peer]')];
  const members = await Promise.all(videos.map(async (video) => {
    const [picture, rmsDb] = await Promise.all(
      [measurePicture(video), measureSound(video.srcObject)]);
    return { video, picture, rmsDb };
  }));
  const after = await decoded();
  const round = (value) => Number.isFinite(value) ? Math.round(value * 10) / 10 : -200;
  return members.map(({ video, picture, rmsDb }) => {
    const id = video.srcObject?.getVideoTracks()[0]?.id;
    return {
      peer: video.dataset.peer,
      name: video.parentElement.querySelector('.name')?.textContent ?? '',
      frames: (after.get(id) ?? 0) - (before.get(id) ?? 0),
      shown: picture.shown,
      moving: picture.moving,
      tinted: picture.tinted,
      luma: round(picture.luma),
      rmsDb: round(rmsDb),
      width: video.videoWidth,
      height: video.videoHeight,
    };
  });
}

/** The figures of every member, over CRITERIA.seconds. */
export async function measure(page) {
  return page.evaluate(measureInPage, CRITERIA);
}

/** Resolves once `count` members are connected and show a first frame. */
export async function waitForMembers(page, count, { timeout = 30000, video = true } = {}) {
  await page.waitForFunction(({ wanted, withVideo }) => {
    const connected = globalThis.testConnections
      .filter((pc) => pc.connectionState === 'connected').length;
    const showing = [...document.querySelectorAll('video[data-peer]')]
      .filter((element) => !withVideo || element.videoWidth > 0).length;
    return connected >= wanted && showing >= wanted;
  }, { wanted: count, withVideo: video }, { timeout });
}

/** The kinds of candidates by which the media of each connection go, and by what to its
 * relay: {local, remote, transport}. */
export async function findPairs(page) {
  return page.evaluate(async () => Promise.all(globalThis.testConnections
    .filter((pc) => pc.connectionState === 'connected')
    .map(async (pc) => {
      const stats = await pc.getStats();
      const { selectedCandidatePairId } = [...stats.values()].find(({ type }) => type === 'transport');
      const pair = stats.get(selectedCandidatePairId);
      const local = stats.get(pair?.localCandidateId);
      return {
        local: local?.candidateType,
        transport: local?.relayProtocol,
        remote: stats.get(pair?.remoteCandidateId)?.candidateType,
      };
    })));
}

/** For the log of a test that failed: each connection's states and candidates. */
export async function describeConnections(page) {
  return page.evaluate(async () => Promise.all(globalThis.testConnections.map(async (pc) => ({
    connection: pc.connectionState,
    ice: pc.iceConnectionState,
    signalling: pc.signalingState,
    candidates: [...(await pc.getStats()).values()]
      .filter((report) => report.type.endsWith('-candidate'))
      .map((report) => `${report.type} ${report.candidateType} ${report.address}:${report.port}`),
  }))));
}

async function main() {
  const { values } = parseArgs({
    options: {
      'url': { type: 'string' },
      'members': { type: 'string', default: '1' },
      'timeout': { type: 'string', default: '30' },
      'hold': { type: 'string', default: '0' },
      'screenshot': { type: 'string' },
      'no-devices': { type: 'boolean', default: false },
      'no-video': { type: 'boolean', default: false },
      'no-audio': { type: 'boolean', default: false },
    },
  });
  const wants = { video: !values['no-video'], audio: !values['no-audio'] };
  const browser = await launchBrowser({ devices: !values['no-devices'] });
  const result = { ok: false, url: values.url, members: [] };
  try {
    const { page, log } = await openPage(browser, values.url);
    try {
      await waitForMembers(page, Number(values.members),
        { timeout: Number(values.timeout) * 1000, video: wants.video });
      result.members = await measure(page);
      const faults = result.members.flatMap((member) => shortcomings(member, wants));
      result.ok = result.members.length === Number(values.members) && faults.length === 0;
      result.faults = faults;
    } catch (error) {
      result.faults = [error.message.split('\n')[0]];
      result.connections = await describeConnections(page);
    }
    result.log = log;
    if (values.screenshot)
      await page.screenshot({ path: values.screenshot });
    console.log(JSON.stringify(result));
    await page.waitForTimeout(Number(values.hold) * 1000);
  } finally {
    await browser.close();
  }
  process.exit(result.ok ? 0 : 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await main();
