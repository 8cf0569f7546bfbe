/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of roomcall-server in Firefox ESR, in each dialect with a pipeline, and
 * in mesh with Chromium: media measured on both sides, and every device off when
 * one has hung up.
 *
 *   test-page-firefox.mjs [DIALECT...]
 */
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { launchBrowser, measure } from './browser.mjs';
import { FirefoxUser, launchFirefox, moveCamera } from './firefox.mjs';
import { check, expectMediaSoon, finish, watchdog } from './harness.mjs';
import { ENDED, LEFT, LOST } from './page-world.mjs';
import { artefacts, keepTracks, User } from './page-user.mjs';
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
const wanted = process.argv.slice(2);
process.setMaxListeners(0); /* one of each pipeline */

watchdog(150);
const server = await spawnRoomServer({ ownPage: true });
const firefox = await launchFirefox();

const addressOf = (dialect, room) => `${server.url}/?${new URLSearchParams({ room, dialect })}`;
const openUser = (address) => FirefoxUser.open(firefox, address, [moveCamera, keepTracks]);

async function expectClean(what, user) {
  const { states, breaches } = await user.evaluate(() => ({
    states: globalThis.testTracks.map(({ readyState }) => readyState),
    breaches: globalThis.testBreaches,
  }));
  check(`${what}: every device is off`, states.length === 2 && states.every((state) => state === 'ended'),
    states.join(', '));
  check(`${what}: no breach of the content policy, no error`,
    breaches.length === 0 && user.log.length === 0, [...breaches, ...user.log].join('; '));
}

async function keep(user, name) {
  if (!artefacts)
    return;
  mkdirSync(artefacts, { recursive: true });
  await user.page.screenshot({ path: join(artefacts, `${name}.png`) });
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
  const user = await openUser(addressOf(dialect, room));
  try {
    await user.press('Join');
    await user.sees('In the room with 1 other');
    if (call)
      await user.press(await user.findButton('Call '));
    await user.waitForMembers(1);
    await Promise.all([
      expectMediaSoon(`${dialect}: Firefox gets the pipeline`, () => measure(user), 1),
      expectMediaSoon(`${dialect}: the pipeline gets Firefox`,
        async () => [memberOf(await pipeline.measure(), 'mix')], 1),
    ]);
    await keep(user, `firefox-${dialect}`);
    const after = pipeline.now;
    await user.press('Hang up');
    await pipeline.waitFor(told, { after });
    await expectClean(dialect, user);
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

async function withChromium() {
  const chromium = await launchBrowser();
  const ada = await User.join(chromium, server.url, 'Ada', { room: 'browsers' });
  const user = await openUser(addressOf('mesh', 'browsers'));
  try {
    await user.press('Join');
    await user.waitForMembers(1);
    await Promise.all([
      expectMediaSoon('Firefox gets Chromium', () => measure(user), 1),
      ada.expectMedia('Chromium gets Firefox', 1),
    ]);
    await ada.write('Good morning, Firefox');
    await user.sees('Good morning, Firefox');
    check('Firefox reads what Chromium writes', true);
    await user.press('Hang up');
    await ada.sees(/Nobody else/);
    await expectClean('with Chromium', user);
    await ada.expectNoBreach();
  } catch (error) {
    check('with Chromium: every step', false, error.message);
    console.log(`# ${[...user.log, ...ada.log].join('; ')}`);
  }
  await user.context.close();
  await chromium.close();
}

for (const dialect of Object.keys(DIALECTS)) {
  if (wanted.length === 0 || wanted.includes(dialect))
    await withPipeline(dialect);
}
await withChromium();
await firefox.close();
await server.close();
finish();
