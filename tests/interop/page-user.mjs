/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Somebody who uses the page of roomcall-server in Chromium: finds what can be
 * pressed by what is written on it, and nothing by its place in the document.
 * What is measured is found by browser.mjs.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeConnections, FAILED_ATTEMPT, measure, openPage, waitForMembers } from './browser.mjs';
import { check, expectMediaSoon } from './harness.mjs';

const PATIENCE = 20000; /* ms */
export const PHONE = { width: 360, height: 640 };
export const DESKTOP = { width: 1440, height: 900 };

/* Where screenshots are kept, or undefined. */
const artefacts = process.env.ROOMCALL_SCREENSHOTS;

/** A picture of what is there now, for people to look at; `page`: of either browser. */
export async function keepPicture(page, name) {
  if (!artefacts)
    return;
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: join(artefacts, `${name}.png`) });
}

/** Runs in the page before its own code: every device that was asked for, its
 * tracks, and what the content policy forbade. */
export function keepTracks() {
  globalThis.testTracks = [];
  globalThis.testAsked = [];
  globalThis.testBreaches = [];
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    globalThis.testBreaches.push(`${violatedDirective} ${blockedURI}`));
  for (const name of ['getUserMedia', 'getDisplayMedia']) {
    const original = navigator.mediaDevices?.[name];
    if (!original)
      continue;
    navigator.mediaDevices[name] = async function open(...args) {
      globalThis.testAsked.push(args[0]);
      const stream = await original.apply(this, args);
      globalThis.testTracks.push(...stream.getTracks());
      return stream;
    };
  }
}

export class User {
  constructor(name, opened) {
    Object.assign(this, opened); /* page, context, log */
    this.name = name;
  }

  /** Opens the page, as far as the door; `url`: of a server, or of a room. */
  static async open(browser, url, name, { dialect = 'mesh', room = 'den', ...settings } = {}) {
    const query = new URLSearchParams({ room, ...(dialect === 'mesh' ? {} : { dialect }) });
    const opened = await openPage(browser, url.includes('?') ? url : `${url}/?${query}`,
      { viewport: DESKTOP, prepare: keepTracks, ...settings });
    const user = new User(name, opened);
    user.page.setDefaultTimeout(PATIENCE);
    return user;
  }

  /** Opens the page and joins. `voice`: without a camera. */
  static async join(browser, url, name, { voice = false, ...settings } = {}) {
    const user = await User.open(browser, url, name, settings);
    await user.page.getByLabel('Your name').fill(name);
    if (voice)
      await user.page.getByRole('form', { name: 'Join the call' }).getByLabel('Camera').selectOption({ label: 'No camera, voice only' });
    await user.press('Join');
    await user.sees(/In the room/);
    return user;
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  press(name) {
    return this.button(name).click();
  }

  /** Waits until the page's state says so. */
  sees(words) {
    return this.page.getByRole('status').filter({ hasText: words }).first().waitFor();
  }

  /** Somebody's picture, with the name below it. */
  tile(name) {
    return this.page.getByRole('list', { name: 'In the call' })
      .getByRole('listitem').filter({ hasText: name });
  }

  /** What is said about somebody in the list of people. */
  person(name) {
    return this.page.getByRole('region', { name: 'People' })
      .getByRole('listitem').filter({ hasText: name });
  }

  /* On a phone the list is behind a button. */
  async openPanel(name) {
    const toggle = this.button(name);
    if (await toggle.getAttribute('aria-expanded') === 'false')
      await toggle.click();
  }

  async call(name) {
    await this.openPanel('People');
    await this.press(`Call ${name}`);
  }

  async answer(how) {
    const card = this.page.getByRole('region', { name: 'Incoming calls' });
    await card.getByRole('button', { name: how }).click();
  }

  /** To others who have a page, too: what is written before the channel stands is lost. */
  async write(text) {
    await this.openPanel('Chat');
    await this.page.getByText(/(has|have) no chat\./).waitFor({ state: 'hidden' });
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.press('Send');
  }

  async reads(text) {
    await this.openPanel('Chat');
    await this.page.getByRole('log', { name: 'Messages' }).getByText(text).waitFor();
  }

  async expectMedia(what, count, wants = {}) {
    await waitForMembers(this.page, count, { video: wants.video ?? true }).catch(async (error) => {
      console.log(`# ${this.name}: ${JSON.stringify(await describeConnections(this.page))}`);
      console.log(`# ${this.name}: ${this.log.join('; ')}`);
      throw error;
    });
    return expectMediaSoon(what, () => measure(this.page), count, { wants });
  }

  /** Every device that was opened: "video live", "audio ended". */
  tracks() {
    return this.page.evaluate(() =>
      globalThis.testTracks.map(({ kind, readyState }) => `${kind} ${readyState}`));
  }

  /** Every device that was opened is off, the light of the camera with it. */
  async expectDark(what) {
    await this.page.waitForFunction(
      () => globalThis.testTracks.every(({ readyState }) => readyState === 'ended'))
      .catch(() => {});
    const states = await this.tracks();
    check(`${what}: camera and microphone are off`,
      states.length > 0 && states.every((state) => / ended$/.test(state)), states.join(', '));
  }

  /** The server was down, and is there again: how often it was missed depends on that. */
  forgetAttempts() {
    const others = this.log.filter((line) => !FAILED_ATTEMPT.test(line));
    this.log.splice(0, Infinity, ...others);
  }

  async expectNoBreach() {
    const breaches = await this.page.evaluate(() => globalThis.testBreaches);
    check(`${this.name}: no breach of the content policy, no error, no warning`,
      breaches.length === 0 && this.log.length === 0, [...breaches, ...this.log].join('; '));
  }

  keep(name) {
    return keepPicture(this.page, name);
  }

  /** Does something at each size, light and dark. */
  async inEachLook(action) {
    const before = this.page.viewportSize();
    for (const size of [PHONE, DESKTOP]) {
      await this.page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark']) {
        await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        /* Two pictures later it has been laid out anew. */
        await this.page.evaluate(() => new Promise((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(resolve))));
        await action(`${size.width}x${size.height}-${colorScheme}`);
      }
    }
    await this.page.setViewportSize(before);
    await this.page.emulateMedia({ colorScheme: null, reducedMotion: null });
  }
}
