/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of roomcall-server in two Firefox ESR that call each other, in each
 * dialect: media measured on both sides, a hang-up told to the other, every device
 * off then; and the screen that one of them shares in place of its camera.
 *
 *   test-page-firefox-pair.mjs [DIALECT...]
 */
import { measure } from './browser.mjs';
import { CRITERIA } from './figures.mjs';
import { expectCamera, FirefoxUser, launchFirefox } from './firefox.mjs';
import { attempt, check, finish, takeUntil, timed, watchdog } from './harness.mjs';
import { keepPicture, keepTracks } from './page-user.mjs';
import { spawnRoomServer } from './room-server.mjs';
import { SCREEN, startScreen } from './virtual-screen.mjs';

/* `byHand`: who comes calls by button; `told`: what is read of who has hung up;
 * `lobby`: who is left is still seen by who comes, until he leaves; `shares`: also the
 * screen, which is the same in each. */
const DIALECTS = {
  mesh: { lobby: true, told: 'Your devices stay on for who comes next.', shares: true },
  rooms: { byHand: true, told: 'Bob hung up.' },
  message: { told: 'hung up' },
  broadcast: { byHand: true, told: 'hung up' },
};
const wanted = process.argv.slice(2);

watchdog(200);
const server = await spawnRoomServer({ ownPage: true });
const [first, second] = await Promise.all(
  [launchFirefox(), startScreen().then((screen) => launchFirefox({ screen }))]);

const fitOf = (user) => user.evaluate(() => getComputedStyle(document.querySelector('video[data-peer]')).objectFit);

/* The screen is known by its shape, and by the brightness of its picture that moves. */
async function shareScreen(ada, bob) {
  const isScreen = ({ frames, moving, width, height }) => frames >= CRITERIA.frames &&
    moving >= CRITERIA.moving && width * SCREEN.height === height * SCREEN.width;
  await bob.press('Share screen');
  await bob.find('button', 'Stop sharing');
  const [figures] = await takeUntil(() => measure(ada), ([shared]) => isScreen(shared));
  check('the screen of one Firefox moves at the other', isScreen(figures),
    `${figures.frames} frames, ${figures.moving} moving by ${figures.luma}, ${figures.width}x${figures.height}`);
  const whole = await fitOf(ada);
  await keepPicture(ada.page, 'firefox-shared');
  await keepPicture(bob.page, 'firefox-sharing');
  await bob.press('Stop sharing');
  await expectCamera('and the camera is back when it is not shared any more', ada.page);
  const filling = await fitOf(ada);
  check('a screen is shown whole, also to others, where a camera fills its tile',
    whole === 'contain' && filling === 'cover', `${whole}, ${filling}`);
}

async function pair(dialect) {
  const { byHand, lobby, told, shares } = DIALECTS[dialect];
  const url = `${server.url}/?${new URLSearchParams({ room: 'pair', dialect })}`;
  const users = await Promise.all([first, second].map((browser) => FirefoxUser.open(browser, url, [keepTracks])));
  await attempt(dialect, users, async (ada, bob) => {
    await ada.join('Ada');
    await bob.join('Bob');
    if (byHand) {
      await bob.press('Call ', { begins: true });
      await ada.press('Accept');
    }
    await Promise.all([ada, bob].map((user) => user.waitForMembers(1)));
    await Promise.all([
      expectCamera(`${dialect}: Ada gets Bob's camera and tone`, ada.page),
      expectCamera(`${dialect}: Bob gets Ada's`, bob.page),
    ]);
    await keepPicture(ada.page, `firefox-pair-${dialect}`);
    if (shares)
      await shareScreen(ada, bob);
    const hears = ada.sees(told);
    await bob.press('Hang up');
    await hears;
    check(`${dialect}: that one hung up is told to the other`, true);
    if (lobby)
      await ada.press('Leave room');
    await ada.expectClean(`${dialect}: Ada`);
    await bob.expectClean(`${dialect}: Bob`, ['audio', 'video', ...(shares ? ['video'] : [])]);
  });
}

for (const dialect of Object.keys(DIALECTS)) {
  if (wanted.length === 0 || wanted.includes(dialect))
    await timed(dialect, () => pair(dialect));
}
await Promise.all([first, second].map((browser) => browser.close()));
await server.close();
finish();
