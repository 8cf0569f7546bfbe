/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of roomcall-server as people use it, by what is written on it alone:
 * the door, a call of two and of five, mute, camera, screen, chat, a voice call, a
 * call that comes in, the invitation, the keyboard, and what is said when something
 * is wrong. axe-core looks at every one of these at both sizes, light and dark, and
 * with ROOMCALL_SCREENSHOTS they are kept as pictures.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFaults } from './axe.mjs';
import { launchBrowser, measure } from './browser.mjs';
import { check, finish, takeUntil, watchdog } from './harness.mjs';
import { DESKTOP, PHONE, User } from './page-user.mjs';
import { spawnRoomServer } from './room-server.mjs';

let looks = 0;

watchdog(380);
let server = await spawnRoomServer({ ownPage: true });
const { port, url } = server;
const browser = await launchBrowser();
const bare = await launchBrowser({ devices: false });

/* What one sees now: looked at by axe, and kept. */
async function look(user, name) {
  const found = [];
  await user.inEachLook(async (how) => {
    looks++;
    await user.keep(`${name}-${how}`);
    found.push(...(await findFaults(user.page)).map((one) => `${how}: ${one}`));
  });
  check(`${name}: axe finds nothing, and nothing is too wide`, found.length === 0, found.join('; '));
}

/* On a phone with letters of twice the size: nothing is over another thing or cut off. */
async function expectLargeLetters(user, name) {
  const before = user.page.viewportSize();
  await user.page.setViewportSize(PHONE);
  const faults = await user.page.evaluate(async () => {
    document.documentElement.style.fontSize = '200%';
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    /* What is below the buttons is scrolled. */
    const shown = [...document.querySelectorAll('button, input, select, h1')].filter((one) =>
      one.checkVisibility() && (one.closest('header, footer') || one.getBoundingClientRect().bottom < innerHeight));
    const found = shown.filter(({ scrollWidth, clientWidth, tagName }) => tagName === 'BUTTON' && scrollWidth > clientWidth)
      .map((one) => `${one.textContent.trim()} is cut off`);
    const boxes = shown.map((one) => [one, one.getBoundingClientRect()]);
    for (const [one, a] of boxes) {
      for (const [other, b] of boxes) {
        if (one !== other && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
          found.push(`${one.textContent.trim()} is over ${other.textContent.trim()}`);
      }
    }
    if (document.documentElement.scrollWidth > innerWidth)
      found.push('it is too wide');
    return found;
  });
  await user.keep(`${name}-large-letters`);
  await user.page.evaluate(() => { document.documentElement.style.fontSize = ''; });
  await user.page.setViewportSize(before);
  check(`${name}, in letters of twice the size: all is there`, faults.length === 0, faults.join('; '));
}

/* The browser asks for the devices until it is answered; every call that waits for
 * them is over then. */
const holdDevices = (user) => user.page.evaluate(() => {
  const original = navigator.mediaDevices.getUserMedia;
  const held = new Promise((resolve) => { globalThis.testAllow = resolve; });
  navigator.mediaDevices.getUserMedia = async function open(...args) {
    await held;
    const stream = await original.apply(this, args);
    setTimeout(() => { globalThis.testGiven = true; });
    return stream;
  };
});
async function allowDevices(user) {
  await user.page.evaluate(() => globalThis.testAllow());
  await user.page.waitForFunction(() => globalThis.testGiven);
}

const expectText = async (what, user, text) => {
  await user.page.getByText(text).first().waitFor();
  check(what, true);
};

/* ---- the door ---- */
const ada = await User.open(browser, url, 'Ada');
await look(ada, 'door');
await expectLargeLetters(ada, 'door');
await ada.press('Check camera and microphone');
await ada.page.waitForFunction(() => globalThis.testTracks.length === 2);
await ada.page.getByRole('form', { name: 'Join the call' }).getByLabel('Microphone').getByRole('option', { name: /fake/i }).first()
  .waitFor({ state: 'attached' });
check('cameras and microphones have their names', true);
await look(ada, 'door-checked');

/* ---- in by the keyboard, alone, and the invitation ---- */
await ada.page.getByLabel('Your name').focus();
await ada.page.keyboard.type('Ada');
await ada.page.keyboard.press('Enter');
await ada.sees(/Nobody else is here yet/);
check('Enter joins', true);
check('"Hang up" is shown only in a call', !await ada.button('Hang up').isVisible());
await look(ada, 'alone');
/* Whatever is not in the list is taken away by it. */
await ada.context.grantPermissions(['clipboard-read', 'clipboard-write', 'camera', 'microphone']);
await ada.press('Copy invitation link');
const invitation = await ada.page.evaluate(() => navigator.clipboard.readText());
check('the invitation is the address of the room', invitation === `${url}/?room=den`, invitation);

/* ---- two, by the invitation ---- */
const told = ada.page.getByText('Bob joined.').waitFor({ timeout: 60000 }); /* it goes by itself */
const bob = await User.join(browser, url, 'Bob');
await told;
check('who comes is told', true);
await Promise.all([ada.expectMedia('Ada gets Bob', 1), bob.expectMedia('Bob gets Ada', 1)]);
await bob.write('Good morning, Ada!\n<b>not bold</b>');
await ada.reads('<b>not bold</b>');
check('what one writes is text', await ada.page.locator('b').count() === 0);
await ada.write('Good morning, Bob. Shall we begin?');
await bob.reads('Shall we begin?');
await look(ada, 'two');
await expectLargeLetters(ada, 'two');

/* On a phone people and chat are over the call, and Escape brings it back. */
await ada.page.setViewportSize(PHONE);
for (const panel of ['People', 'Chat']) {
  await ada.press(panel);
  const faults = await findFaults(ada.page);
  check(`${panel} on a phone: axe finds nothing`, faults.length === 0, faults.join('; '));
  await ada.keep(`phone-${panel.toLowerCase()}`);
}
await ada.page.keyboard.press('Escape');
await ada.page.getByRole('region', { name: 'Chat' }).waitFor({ state: 'hidden' });
check('Escape closes the chat, and the focus goes back to its button',
  await ada.button('Chat').evaluate((button) => button === document.activeElement));
await ada.page.setViewportSize(DESKTOP);

await bob.press('Mute');
await ada.tile('Bob').getByText('muted').waitFor();
check('that somebody is muted is shown', true);
await bob.press('Camera off');
const off = await takeUntil(() => measure(ada.page),
  ([bobs]) => bobs.rmsDb < -60 && bobs.moving <= 2);
check('mute and camera off: nothing is heard and nothing moves', off[0].rmsDb < -60 && off[0].moving <= 2,
  `${off[0].rmsDb} dBFS, ${off[0].moving} moving`);
await bob.press('Unmute');
await bob.press('Camera on');
await ada.expectMedia('and all is back', 1);

/* ---- the screen in place of the camera ---- */
const pictureWidth = () => ada.tile('Bob').locator('video').evaluate((video) => video.videoWidth);
const cameraWidth = await pictureWidth();
await bob.button('Share screen').evaluate((button) => {
  button.click();
  button.click();
});
await bob.button('Stop sharing').waitFor();
await ada.page.waitForFunction((before) =>
  document.querySelector('video[data-peer]').videoWidth !== before, cameraWidth);
const asked = await bob.page.evaluate(() => globalThis.testAsked.map(({ video }) =>
  `${video?.width?.ideal}x${video?.height?.ideal}`));
check('1280x720 is asked for of camera and screen, once each, which comes in place of the camera',
  asked.length === 2 && asked.every((size) => size === '1280x720'),
  `${asked.join(', ')}: ${await pictureWidth()} px wide, the camera's are ${cameraWidth}`);
await bob.inEachLook((how) => bob.keep(`sharing-${how}`));
await bob.press('Stop sharing');
await ada.page.waitForFunction((before) =>
  document.querySelector('video[data-peer]').videoWidth === before, cameraWidth);
check('and the camera is back', true);

/* ---- another device in the call ---- */
await bob.press('Devices');
const dialog = bob.page.getByRole('dialog', { name: 'Devices' });
await look(bob, 'devices');
await dialog.getByLabel('Camera').selectOption({ label: 'No camera, voice only' });
await bob.page.keyboard.press('Escape');
await dialog.waitFor({ state: 'hidden' });
check('Escape closes the devices, and the focus goes back to their button',
  await bob.button('Devices').evaluate((button) => button === document.activeElement));
await ada.tile('Bob').locator('canvas').waitFor();
check('who sends no picture any more is drawn as a spectrum', true);

/* ---- five ---- */
const others = [];
for (const name of ['Cleo', 'Dan'])
  others.push(await User.join(browser, url, name, { voice: true }));
const eve = await User.join(bare, url, 'Eve');
await expectText('who has no devices is told what that means', eve, /see and hear the others.*none on this machine/);
await ada.sees(/4 others/);
await Promise.all([...others, bob, eve].map(({ name }) =>
  ada.person(name).getByText('connected', { exact: true }).waitFor()));
check('five are in the call', true);
await look(ada, 'five');
await eve.inEachLook((how) => eve.keep(`no-devices-${how}`));
for (const user of [...others, eve]) {
  await user.press('Hang up');
  await user.sees(/You left the room/);
  await user.expectNoBreach();
  await user.context.close();
}
await ada.sees(/1 other\./);

/* ---- the server goes, and comes back ---- */
await server.kill();
await ada.sees(/trying again/);
await look(ada, 'server-gone');
await expectText('a server that is gone is told in words', ada, /Lost the server, trying again|server does not answer/);
server = await spawnRoomServer({ ownPage: true, port });
await Promise.all([ada, bob].map((user) => user.sees(/1 other\./)));
await bob.expectMedia('the call is there again when the server is', 1);

/* ---- another address: every light goes out ---- */
await bob.page.evaluate(() => addEventListener('pagehide', () => {
  sessionStorage.setItem('test', JSON.stringify(globalThis.testTracks.map(({ readyState }) => readyState)));
}));
await bob.page.goto(`${url}/healthz`);
const states = await bob.page.evaluate(() => sessionStorage.getItem('test'));
check('who goes to another address has every device off', /^\["ended"(,"ended")*\]$/.test(states), states);
await ada.sees(/Nobody else/);
check('and is gone for the others', true);
await ada.press('Leave room');
await ada.sees(/You left the room/);
await ada.expectDark('who left');
check('the focus is where one joins again',
  await ada.button('Join').evaluate((button) => button === document.activeElement));
await ada.context.close();
await bob.context.close();

/* ---- a call that comes in, by voice, in rooms ---- */
const settings = { dialect: 'rooms', room: 'office', voice: true };
const fay = await User.join(browser, url, 'Fay', settings);
const gus = await User.join(browser, url, 'Gus', settings);
await fay.sees(/1 other\. Nobody is called yet/);
await look(fay, 'nobody-called');
await fay.page.evaluate(() => {
  const { start } = OscillatorNode.prototype;
  globalThis.testTones = 0;
  OscillatorNode.prototype.start = function count(...args) {
    globalThis.testTones++;
    start.apply(this, args);
  };
});
await gus.call('Fay');
const card = fay.page.getByRole('region', { name: 'Incoming calls' }).getByText('Gus is calling');
await card.waitFor();
check('"Accept" is the first that the keyboard comes to, and takes the focus from nothing',
  await fay.button('Accept').evaluate((button) => button !== document.activeElement && button ===
    [...document.querySelectorAll('button, input, select')].find((one) => one.checkVisibility())));
check('and sees it in the title', (await fay.page.title()).startsWith('Gus is calling'), await fay.page.title());
check('and hears it', await fay.page.waitForFunction(() => globalThis.testTones > 0).then(() => true));
await look(fay, 'incoming');
await fay.button('Reject').focus();
await fay.page.keyboard.press('Escape');
await gus.person('Fay').getByText('hung up').waitFor();
check('Escape refuses, and the other one is told', true);
/* Devices is over everything else, and the call over that. */
await fay.page.emulateMedia({ reducedMotion: 'reduce' }); /* in the middle of it nothing has its colour */
await fay.press('Devices');
await gus.call('Fay');
await card.waitFor();
const cards = await findFaults(fay.page);
check('a call that comes while one chooses devices: axe finds nothing', cards.length === 0, cards.join('; '));
await fay.button('Accept').focus();
await fay.page.keyboard.press('Enter');
await fay.press('Done');
await fay.page.emulateMedia({ reducedMotion: null });
await Promise.all([fay, gus].map((user) =>
  user.expectMedia(`${user.name} hears the other one`, 1, { video: false })));
const isDrawn = (shares) => shares.every((share) => share > 2);
const bars = await takeUntil(() => Promise.all(['Gus', 'Fay (you)'].map((name) =>
  fay.tile(name).locator('canvas').filter({ visible: true }).evaluate((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    let painted = 0;
    for (let i = 3; i < data.length; i += 4)
      painted += data[i] > 0 ? 1 : 0;
    return Math.round(100 * painted / (width * height));
  }))), isDrawn, 10);
check('a voice call is drawn as a spectrum, of both', isDrawn(bars),
  `${bars.join(' and ')} % painted`);
await look(fay, 'voice');
await fay.page.evaluate(() => {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function keep(...args) {
    globalThis.testSocket = this;
    send.apply(this, args);
  };
});
server.kill();
await Promise.all([fay, gus].map((user) => user.sees(/trying again/)));
server = await spawnRoomServer({ ownPage: true, port });
await Promise.all([[fay, 'Gus'], [gus, 'Fay']].map(async ([user, other]) => {
  await user.sees(/1 other\.$/);
  await user.person(other).getByText('connected', { exact: true }).waitFor();
}));
await fay.expectMedia('a call that was made by hand outlives the server, and who it is is known', 1, { video: false });
[fay, gus].forEach((user) => user.forgetAttempts());
/* Only Fay loses the server, and has another id for Gus. What she is told meanwhile may
 * be gone before anybody looks. */
await fay.page.evaluate(() => {
  const status = document.getElementById('status');
  globalThis.testSaid = '';
  new MutationObserver(() => { globalThis.testSaid += status.textContent; })
    .observe(status, { childList: true });
  globalThis.testSocket.close();
});
await fay.page.waitForFunction(() => /trying again/.test(globalThis.testSaid));
await fay.sees(/1 other\.$/);
await gus.page.waitForFunction(() => document.querySelectorAll('#people > li').length === 1 &&
  /connected/.test(document.getElementById('people').textContent));
await Promise.all([fay, gus].map((user) =>
  user.expectMedia(`${user.name}: a call outlives the loss of one side's server`, 1, { video: false })));
await gus.press('Hang up');
await fay.button('Hang up').waitFor({ state: 'hidden' });
await Promise.all([fay, gus].map((user) => user.expectDark(`${user.name}, after the call`)));

/* ---- the browser asks, and what was wanted is over before it is allowed ---- */
await holdDevices(fay);
await fay.call('Gus');
await gus.expectNoBreach();
await gus.press('Leave room');
await fay.sees(/Nobody else/);
await allowDevices(fay);
await fay.expectDark('who calls somebody that has left meanwhile');
check('and is in no call', !await fay.button('Hang up').isVisible() && await fay.tile('Gus').count() === 0);
for (const user of [fay, gus]) {
  await user.expectNoBreach();
  await user.context.close();
}

const ned = await User.open(browser, url, 'Ned');
await holdDevices(ned);
await ned.press('Check camera and microphone');
await ned.page.getByRole('form', { name: 'Join the call' }).getByLabel('Camera').selectOption({ label: 'No camera, voice only' });
await allowDevices(ned);
check('a camera that is not wanted any more is stopped when it comes',
  (await ned.tracks()).join() === 'audio live,video ended', (await ned.tracks()).join());
await ned.press('Join');
await ned.sees(/In the room/);
check('and is not sent', await ned.button('Camera off').isDisabled());
await ned.page.evaluate(() => {
  const track = globalThis.testTracks.findLast(({ readyState }) => readyState === 'live');
  track.stop();
  track.dispatchEvent(new Event('ended'));
});
await expectText('a microphone that is pulled out', ned, /Your microphone is gone/);
await ned.press('Try again');
await ned.tile('Guest (you)').getByText('microphone on').waitFor();
await ned.expectNoBreach();
await ned.context.close();

/* ---- what is wrong, in words ---- */
const hal = await User.open(browser, url, 'Hal', {
  prepare: () => {
    const original = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async function open(...args) {
      if (!globalThis.testAllowed)
        throw new DOMException('no', 'NotAllowedError');
      return original.apply(this, args);
    };
  },
});
await hal.press('Join');
await expectText('a camera that is not allowed', hal, /browser was not allowed to use them/);
await look(hal, 'not-allowed');
await hal.page.evaluate(() => { globalThis.testAllowed = true; });
await hal.press('Try again');
await hal.tile('Guest (you)').getByText('microphone on').waitFor();
check('that is allowed afterwards is there when one tries again', await hal.page.getByRole('alert').isHidden());
const strange = await User.open(browser, url, 'Ida', { dialect: 'klingon' });
await expectText('a dialect that nobody speaks', strange, /does not speak “klingon”: it speaks mesh, rooms, message, broadcast/);

await Promise.all([hal, strange].map(({ context }) => context.close()));

/* ---- over plain http from another machine ---- */
const far = await spawnRoomServer({ ownPage: true, args: ['--host', '0.0.0.0'] });
const near = await User.join(browser, `http://127.0.0.1:${far.port}`, 'Jo');
const remote = `http://198.18.0.1:${far.port}`;
const kim = await User.open(browser, remote, 'Kim');
await expectText('over plain http one is told at the door that there is no camera', kim,
  /join to see and hear the others.*over https or from localhost/);
await look(kim, 'insecure');
await kim.press('Join');
await kim.expectMedia('and joins to receive', 1);
await kim.press('Copy invitation link');
await kim.page.getByText(/Invitation link copied|copy the marked link/).first().waitFor();
check('and has the invitation without the clipboard of a secure page', true);
await kim.expectNoBreach();
await Promise.all([near, kim].map(({ context }) => context.close()));
await far.close();

/* ---- a server that wants a token ---- */
const folder = mkdtempSync(join(tmpdir(), 'roomcall-token-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'token'), 'sesame');
const guarded = await spawnRoomServer({ ownPage: true, args: ['--token-file', join(folder, 'token')] });
const stranger = await User.open(browser, guarded.url, 'Max');
await stranger.press('Join');
await stranger.sees(/The server refused: .*token/);
check('who has no token is told so', true);
await look(stranger, 'refused');
/* The same page, which only "#" is changed of. */
await stranger.page.goto(`${guarded.url}/?room=den#token=sesame`);
await stranger.press('Join');
await stranger.sees(/Nobody else/);
check('and comes in with the whole link in the same tab', true);
await stranger.context.close();
const guest = await User.open(browser, `${guarded.url}/?room=den#token=sesame`, 'Lea');
await guest.press('Join');
await guest.sees(/Nobody else/);
check('a token in the address opens the door, and is in the invitation',
  await guest.page.getByLabel('Invitation link').inputValue() === `${guarded.url}/?room=den#token=sesame`);
await guest.expectNoBreach();
await guarded.close();

console.log(`# axe looked ${looks} times`);
await Promise.all([browser.close(), bare.close()]);
await server.close();
finish();
