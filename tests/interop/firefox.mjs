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
import { keepConnections } from './browser.mjs';
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
 * @param {{allowed?: boolean, dark?: boolean}} settings - whether its user lets pages
 *   have camera and microphone, and likes dark colours
 */
export async function launchFirefox({ allowed = true, dark = false } = {}) {
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
    },
    env: { ...process.env, ...await startLoudspeaker() },
  });
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

  /** By what is written on it. */
  press(name) {
    return this.page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  }

  fill(label, text) {
    return this.page.locator(`::-p-aria([name="${label}"][role="textbox"])`).fill(text);
  }

  /** Chooses in a list by the words of one of its lines. */
  async choose(label, words) {
    const list = await this.page.waitForSelector(`::-p-aria([name="${label}"][role="combobox"])`);
    const value = await list.evaluate((select, text) =>
      [...select.options].find((option) => option.text === text).value, words);
    await list.select(value);
  }

  /** The lines of a list, once there are `count` of them. */
  async linesOf(label, count) {
    const list = await this.page.waitForSelector(`::-p-aria([name="${label}"][role="combobox"])`);
    await this.page.waitForFunction((select, wanted) => select.options.length >= wanted, {}, list, count);
    return list.evaluate((select) => [...select.options].map(({ text }) => text));
  }

  /** The whole label of the button that begins so. */
  async findButton(beginning) {
    const found = await this.page.waitForFunction((words) => [...document.querySelectorAll('button')]
      .map((button) => button.ariaLabel ?? button.textContent.trim())
      .find((label) => label.startsWith(words)), {}, beginning);
    return found.jsonValue();
  }

  sees(text) {
    return this.page.locator(`::-p-text(${text})`).wait();
  }

  /** Resolves once `count` members are connected and show a first frame. */
  waitForMembers(count) {
    return this.page.waitForFunction((wanted) =>
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

  evaluate(...args) {
    return this.page.evaluate(...args);
  }
}
