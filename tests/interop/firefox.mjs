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
import { keepConnections } from './browser.mjs';
import { requireModule } from './modules.mjs';

const puppeteer = requireModule('puppeteer-core');
const EXECUTABLE = process.env.ROOMCALL_FIREFOX ?? '/usr/bin/firefox-esr';

const PATIENCE = 20000; /* ms */

/* Devices that are not asked about, addresses as they are, and nobody called. */
const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
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
 * Runs in the page before its own code: Firefox's fake camera changes its colour and
 * not its brightness, so a moving scene stands in for it.
 */
export function moveCamera() {
  const original = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = async function open(constraints) {
    const stream = await original.call(this, constraints);
    const [fake] = stream.getVideoTracks();
    if (!fake)
      return stream;
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const pen = canvas.getContext('2d');
    let step = 0;
    const timer = setInterval(() => {
      step += 8;
      for (let x = 0; x < canvas.width; x += 4) {
        const light = 125 + 90 * Math.sin(2 * Math.PI * (x + step) / 160);
        pen.fillStyle = `rgb(${light} ${light} ${light})`;
        pen.fillRect(x, 0, 4, canvas.height);
      }
      if (track.readyState === 'ended') {
        clearInterval(timer);
        fake.stop();
      }
    }, 50);
    pen.fillRect(0, 0, 1, 1);
    const [track] = canvas.captureStream(20).getVideoTracks();
    stream.removeTrack(fake);
    stream.addTrack(track);
    return stream;
  };
}

export async function launchFirefox() {
  if (!existsSync(EXECUTABLE))
    throw new Error(`${EXECUTABLE} is missing: apt-get install firefox-esr`);
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: EXECUTABLE,
    headless: true,
    extraPrefsFirefox: PREFERENCES,
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

  evaluate(...args) {
    return this.page.evaluate(...args);
  }
}
