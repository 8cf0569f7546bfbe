/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Debian's Firefox ESR with a fake camera and microphone, through npm's
 * puppeteer-core over WebDriver BiDi, which needs no driver.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFaults } from './axe.mjs';
import { keepConnections, measure } from './browser.mjs';
import { CRITERIA } from './figures.mjs';
import { check, takeUntil } from './harness.mjs';
import { requireModule } from './modules.mjs';
import { DESKTOP, keepPicture, PHONE } from './page-user.mjs';

const puppeteer = requireModule('puppeteer-core');
const EXECUTABLE = process.env.ROOMCALL_FIREFOX ?? '/usr/bin/firefox-esr';

const PATIENCE = 20000; /* ms */

/* Firefox's own fake devices, addresses as they are, and nobody called. */
const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.autoplay.default': 0,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9/',
  'browser.safebrowsing.update.enabled': false,
};

/* Without a loudspeaker Firefox starts no AudioContext, so nothing could be heard. */
async function startLoudspeaker() {
  const home = mkdtempSync(join(tmpdir(), 'roomcall-sound-'));
  const socket = join(home, 'native');
  const child = spawn('pulseaudio', ['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no',
    '--log-target=stderr', '--load=module-null-sink',
    `--load=module-native-protocol-unix socket=${socket} auth-anonymous=1`],
  { env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home }, stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => { throw error; });
  process.on('exit', () => {
    child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });
  const there = new Promise((resolve) => {
    const watcher = watch(home, () => existsSync(socket) && resolve(watcher.close()));
    if (existsSync(socket))
      resolve(watcher.close());
  });
  await Promise.race([there, failed]);
  return { PULSE_SERVER: `unix:${socket}` };
}

/**
 * Runs in the page before its own code: where its fake camera is sent, a moving scene
 * is in its place, because that camera changes its colour and not its brightness, by
 * which a pipeline's picture is measured. The page itself has the camera.
 */
export function sendScene() {
  const scenes = new WeakMap(); /* camera -> what is sent of it */

  function drawScene(camera) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const pen = canvas.getContext('2d');
    const [scene] = canvas.captureStream(20).getVideoTracks();
    let step = 0;
    const timer = setInterval(() => {
      step += 8;
      for (let x = 0; x < canvas.width; x += 4) {
        const light = camera.enabled ? 125 + 90 * Math.sin(2 * Math.PI * (x + step) / 160) : 0;
        pen.fillStyle = `rgb(${light} ${light} ${light})`;
        pen.fillRect(x, 0, 4, canvas.height);
      }
      if (camera.readyState === 'ended') {
        clearInterval(timer);
        scene.stop();
      }
    }, 50);
    return scene;
  }

  function sent(track) {
    if (track?.kind !== 'video')
      return track;
    if (!scenes.has(track))
      scenes.set(track, drawScene(track));
    return scenes.get(track);
  }

  const { addTrack } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addTrack = function add(track, ...streams) {
    return addTrack.call(this, sent(track), ...streams);
  };
  const { replaceTrack } = RTCRtpSender.prototype;
  RTCRtpSender.prototype.replaceTrack = function replace(track) {
    return replaceTrack.call(this, sent(track));
  };
}

/**
 * @param {{allowed?: boolean, dark?: boolean, screen?: object}} settings - whether its
 *   user lets pages have camera and microphone, and likes dark colours; the screen that
 *   it shares when a page asks, of virtual-screen.mjs
 */
export async function launchFirefox({ allowed = true, dark = false, screen } = {}) {
  if (!existsSync(EXECUTABLE))
    throw new Error(`${EXECUTABLE} is missing: apt-get install firefox-esr`);
  const permission = allowed ? 1 : 2;
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: EXECUTABLE,
    headless: true,
    extraPrefsFirefox: {
      ...PREFERENCES,
      'permissions.default.camera': permission,
      'permissions.default.microphone': permission,
      'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
      /* Which screen is never remembered, and in a headless one nobody can be asked. */
      'media.navigator.permission.disabled': screen !== undefined,
    },
    env: { ...process.env, ...screen, ...await startLoudspeaker() },
  });
}

/**
 * What is measured of who sends Firefox's fake camera, which goes slowly through all
 * colours and keeps its brightness, and its tone.
 */
const isCamera = ({ frames, moving, tinted, rmsDb }) => frames >= CRITERIA.frames &&
  tinted >= CRITERIA.moving && moving < CRITERIA.moving && rmsDb > CRITERIA.rmsDb;

/** `page`: of either browser, that has one other in its call. */
export async function expectCamera(what, page) {
  const [figures] = await takeUntil(() => measure(page), (members) => members.length === 1 && members.every(isCamera));
  check(what, isCamera(figures), `${figures.frames} frames, ${figures.tinted} of another colour, ` +
    `${figures.moving} of another brightness, ${figures.rmsDb} dBFS, ${figures.width}x${figures.height}`);
}

/* Runs in the page. Firefox's own search by accessible name took 1.5 to 8 s in a page
 * that has a call come in, and 0.5 s in others. */
function findNamed(selector, name, begins) {
  const nameOf = (one) => one.ariaLabel ?? (one.labels?.[0] ?? one).textContent.trim();
  const isNamed = (words) => begins ? words.startsWith(name) : words === name;
  return [...document.querySelectorAll(selector)].find((one) =>
    isNamed(nameOf(one)) && one.checkVisibility({ visibilityProperty: true }));
}

/** Somebody who uses the page in Firefox, as page-user.mjs does in Chromium. */
export class FirefoxUser {
  log = [];

  static async open(browser, url, prepare) {
    const user = new FirefoxUser();
    user.context = await browser.createBrowserContext();
    user.page = await user.context.newPage();
    user.page.setDefaultTimeout(PATIENCE);
    user.page.on('pageerror', (error) => user.log.push(`error: ${error.message}`));
    user.page.on('console', (message) => {
      if (['error', 'warn', 'warning'].includes(message.type()))
        user.log.push(`console ${message.type()}: ${message.text()}`);
    });
    await user.page.setViewport({ width: 1280, height: 800 });
    for (const one of [keepConnections, ...prepare])
      await user.page.evaluateOnNewDocument(one);
    await user.page.goto(url);
    return user;
  }

  /* What was waited for, and what was there. */
  async #until(what, ...args) {
    try {
      return await this.page.waitForFunction(...args);
    } catch (error) {
      const shown = await this.evaluate(() => document.body.innerText.replace(/\s+/g, ' '));
      throw new Error(`${what}: ${error.message} The page says: ${shown}`, { cause: error });
    }
  }

  /** What is seen and so called, once it is there; `begins`: or called so and more. */
  async find(selector, name, { begins = false } = {}) {
    const found = await this.#until(`${selector} "${name}"`, findNamed, {}, selector, name, begins);
    return found.asElement();
  }

  /** By what is written on it. */
  async press(name, settings) {
    const button = await this.find('button', name, settings);
    await button.asLocator().click();
  }

  async fill(label, text) {
    const input = await this.find('input', label);
    await input.asLocator().fill(text);
  }

  async join(name) {
    await this.fill('Your name', name);
    await this.press('Join');
    await this.sees('In the room');
  }

  /** Chooses in a list by the words of one of its lines. */
  async choose(label, words) {
    const list = await this.find('select', label);
    const value = await list.evaluate((select, text) =>
      [...select.options].find((option) => option.text === text).value, words);
    await list.select(value);
  }

  /** The lines of a list, once there are `count` of them. */
  async linesOf(label, count) {
    const list = await this.find('select', label);
    await this.page.waitForFunction((select, wanted) => select.options.length >= wanted, {}, list, count);
    return list.evaluate((select) => [...select.options].map(({ text }) => text));
  }

  /* Looks at each frame: some words are there for 6 s only. */
  sees(text) {
    return this.#until(`"${text}"`, (words) => document.body.innerText.includes(words), {}, text);
  }

  /** Resolves once `count` members are connected and show a first frame. */
  waitForMembers(count) {
    return this.#until(`${count} connected`, (wanted) =>
      globalThis.testConnections.filter((pc) => pc.connectionState === 'connected').length >= wanted &&
      [...document.querySelectorAll('video[data-peer]')].filter((video) => video.videoWidth > 0).length >= wanted,
    {}, count);
  }

  /** Keeps a picture of what is there now at each size; returns what axe finds. */
  async look(name) {
    const found = [];
    for (const size of [PHONE, DESKTOP]) {
      const how = `${size.width}x${size.height}`;
      await this.page.setViewport(size);
      await keepPicture(this.page, `firefox-${name}-${how}`);
      found.push(...(await findFaults(this.page)).map((one) => `${how}: ${one}`));
    }
    return found;
  }

  /** Of all that was opened, of these kinds, nothing is on; nothing was complained of. */
  async expectClean(what, kinds = ['audio', 'video']) {
    const { tracks, breaches } = await this.evaluate(() => ({
      tracks: globalThis.testTracks.map(({ kind, readyState }) => `${kind} ${readyState}`),
      breaches: globalThis.testBreaches,
    }));
    check(`${what}: every device is off`,
      tracks.sort().join() === kinds.map((kind) => `${kind} ended`).join(), tracks.join(', '));
    check(`${what}: no breach of the content policy, no error`,
      breaches.length === 0 && this.log.length === 0, [...breaches, ...this.log].join('; '));
  }

  evaluate(...args) {
    return this.page.evaluate(...args);
  }
}
