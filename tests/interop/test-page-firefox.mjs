/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of roomcall-server in Firefox ESR, in each dialect with a pipeline and
 * with Chromium: its own devices and the browser's permission for them, media
 * measured on both sides, every device off when one has hung up, and what axe-core
 * finds.
 *
 *   test-page-firefox.mjs [DIALECT...]
 */
import { launchBrowser, measure } from './browser.mjs';
import { expectCamera, FirefoxUser, launchFirefox, sendScene } from './firefox.mjs';
import { attempt, check, expectMediaSoon, finish, takeUntil, timed, watchdog } from './harness.mjs';
import { ENDED, LEFT, LOST } from './page-world.mjs';
import { keepPicture, keepTracks, User } from './page-user.mjs';
import { findCritical, memberOf, Pipeline, SENDING_SMALL, SMALL } from './pipeline.mjs';
import { spawnRoomServer } from './room-server.mjs';

/* `call`: what one presses; `room`: where a pipeline is that says none; `told`: how
 * it hears of a hang-up. */
const DIALECTS = {
  mesh: { room: 'den', told: LEFT },
  rooms: { room: 'den', call: true, answering: 'call-policy=answer', told: ENDED },
  message: { room: 'lobby', told: LEFT },
  broadcast: { room: 'lobby', call: true, told: LOST },
};
const NO_CAMERA = 'No camera, voice only';
const wanted = process.argv.slice(2);
process.setMaxListeners(0); /* one of each pipeline */

watchdog(300);
const server = await spawnRoomServer({ ownPage: true });
const [firefox, strict, chromium] = await Promise.all(
  [launchFirefox(), launchFirefox({ allowed: false, dark: true }), launchBrowser()]);

const addressOf = (dialect, room) => `${server.url}/?${new URLSearchParams({ room, dialect })}`;

async function look(user, name) {
  const faults = await user.look(name);
  check(`${name}: axe finds nothing in Firefox, and nothing is too wide`, faults.length === 0, faults.join('; '));
}

async function withPipeline(dialect) {
  const { room, call, answering = '', told } = DIALECTS[dialect];
  const pipeline = new Pipeline({
    name: `${dialect}: the pipeline`,
    bin: `roomcallbin name=call room=${room} display-name=Host uri=${server.url} dialect=${dialect} ${answering}`,
    send: SENDING_SMALL,
    size: SMALL,
  });
  await pipeline.waitFor(/roomcall\/joined/);
  const user = await FirefoxUser.open(firefox, addressOf(dialect, room), [sendScene, keepTracks]);
  try {
    await user.press('Join');
    await user.sees('In the room with 1 other');
    if (call)
      await user.press('Call ', { begins: true });
    await user.waitForMembers(1);
    await Promise.all([
      expectMediaSoon(`${dialect}: Firefox gets the pipeline`, () => measure(user), 1),
      expectMediaSoon(`${dialect}: the pipeline gets Firefox`,
        async () => [memberOf(await pipeline.measure(), 'mix')], 1),
    ]);
    await keepPicture(user.page, `firefox-${dialect}`);
    const after = pipeline.now;
    await user.press('Hang up');
    await pipeline.waitFor(told, { after });
    await user.expectClean(dialect);
  } catch (error) {
    check(`${dialect}: every step`, false, error.message);
    console.log(`# ${user.log.join('; ')}`);
    console.log(pipeline.tail().replace(/^/gm, '# '));
  }
  await user.context.close();
  await pipeline.interrupt();
  const critical = findCritical(pipeline.output);
  check(`${pipeline.name}: no CRITICAL`, critical === null, critical ?? '');
}

/* The devices as Firefox gives them, from the door to the hang-up. */
async function withChromium() {
  const fox = await FirefoxUser.open(firefox, addressOf('mesh', 'browsers'), [keepTracks]);
  const other = await User.join(chromium, server.url, 'Ada', { room: 'browsers' });
  await attempt('with Chromium', [fox, other], async (user, ada) => {
    await look(user, 'door');
    const before = await user.linesOf('Camera', 2);
    await user.press('Check camera and microphone');
    const after = await user.linesOf('Camera', before.length + 1);
    const labels = await user.evaluate(() => globalThis.testTracks.map(({ label }) => label));
    check('a camera has its name in the list once it is allowed',
      labels.length === 2 && after.includes(labels[1]) && !before.includes(labels[1]), after.join(', '));
    await user.choose('Camera', labels[1]);
    await user.page.waitForFunction(() => globalThis.testTracks.length === 3);
    await user.join('Fox');
    await user.waitForMembers(1);
    await Promise.all([
      expectMediaSoon('Firefox gets Chromium', () => measure(user), 1),
      expectCamera('Chromium gets the camera and the tone of Firefox', ada.page),
    ]);
    await ada.write('Good morning, Firefox');
    await user.sees('Good morning, Firefox');
    check('Firefox reads what Chromium writes', true);
    await look(user, 'call');
    await user.press('Mute');
    await user.press('Camera off');
    await ada.tile('Fox').getByText('muted').waitFor();
    const isOff = ([{ tinted, rmsDb }]) => tinted === 0 && rmsDb < -60;
    const [off] = await takeUntil(() => measure(ada.page), isOff);
    check('muted and without a camera: Chromium hears and sees nothing', isOff([off]),
      `${off.tinted} of another colour, ${off.rmsDb} dBFS`);
    await user.press('Hang up');
    await ada.sees(/Nobody else/);
    await user.expectClean('with Chromium', ['audio', 'video', 'video']);
    await ada.expectNoBreach();
  });
}

/* By voice, in a dialect in which one is asked. */
async function calledByChromium() {
  const fox = await FirefoxUser.open(firefox, addressOf('rooms', 'office'), [keepTracks]);
  const other = await User.join(chromium, server.url, 'Ada', { dialect: 'rooms', room: 'office', voice: true });
  await attempt('called by Chromium', [fox, other], async (user, ada) => {
    await user.choose('Camera', NO_CAMERA);
    await user.join('Fox');
    await ada.call('Fox');
    await user.sees('Ada is calling');
    await look(user, 'incoming');
    await user.press('Accept');
    await Promise.all([
      expectMediaSoon('Firefox hears Chromium', () => measure(user), 1, { wants: { video: false } }),
      ada.expectMedia('Chromium hears Firefox', 1, { video: false }),
    ]);
    await look(user, 'voice');
    await ada.press('Hang up');
    await user.sees('Ada hung up.');
    await user.expectClean('called by Chromium', ['audio']);
  });
}

/* Where there are two: whoever comes is called, or one calls. */
async function oneToOne(dialect) {
  const fox = await FirefoxUser.open(firefox, addressOf(dialect, 'pair'), [keepTracks]);
  const other = await User.join(chromium, server.url, 'Ada', { dialect, room: 'pair' });
  await attempt(`${dialect} with Chromium`, [fox, other], async (user, ada) => {
    await user.join('Fox');
    if (DIALECTS[dialect].call) {
      await user.press('Call ', { begins: true });
      await ada.press('Accept');
    }
    await user.waitForMembers(1);
    await Promise.all([
      expectMediaSoon(`${dialect}: Firefox gets Chromium`, () => measure(user), 1),
      expectCamera(`${dialect}: Chromium gets Firefox`, ada.page),
    ]);
    await user.press('Hang up');
    await ada.page.getByRole('button', { name: /^Call / }).first().waitFor();
    await user.expectClean(`${dialect} with Chromium`);
    await ada.expectNoBreach();
  });
}

/* Firefox says no for its user, who likes the dark. */
async function notAllowed() {
  const fox = await FirefoxUser.open(strict, addressOf('mesh', 'refusing'), [keepTracks]);
  await attempt('not allowed', [fox], async (user) => {
    await look(user, 'dark-door');
    await user.press('Join');
    await user.sees('The browser was not allowed to use them');
    check('who does not allow the devices is told what that means', true);
    await look(user, 'dark-not-allowed');
    await user.expectClean('not allowed', []);
  });
}

for (const dialect of Object.keys(DIALECTS)) {
  if (wanted.length === 0 || wanted.includes(dialect))
    await timed(dialect, () => withPipeline(dialect));
}
for (const run of [withChromium, calledByChromium, notAllowed])
  await timed(run.name, run);
for (const dialect of ['rooms', 'message', 'broadcast'])
  await timed(`${dialect} with Chromium`, () => oneToOne(dialect));
await Promise.all([firefox, strict, chromium].map((browser) => browser.close()));
await server.close();
finish();
