/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The embedded page, browser to browser over a real Socket.IO server: media in
 * both directions by what is seen and heard, the buttons, a member without
 * devices, a name that tries to be HTML, the server's restart, hanging up.
 *
 *   test-page.mjs [--screenshots DIRECTORY]
 */
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { describeConnections, launchBrowser, measure, openPage, waitForMembers } from './browser.mjs';
import { spawnMeshServer, startMeshServer } from './mesh-server.mjs';
import { check, expectMedia, finish, watchdog } from './harness.mjs';

const { values: { screenshots } } = parseArgs({ options: { screenshots: { type: 'string' } } });
const EVIL = '<img src=x onerror=alert(1)>';
const SIZES = [[360, 640], [1440, 900]];

watchdog(150);
let server = await spawnMeshServer({ userdata: true });
const { port } = server;
const browser = await launchBrowser();
const bare = await launchBrowser({ devices: false });

const address = (name) => `${server.url}/?${new URLSearchParams({ room: 'den', name, autojoin: 1 })}`;
const status = (member) => member.page.textContent('#status');
const waitForStatus = (member, pattern, timeout = 15000) => member.page.waitForFunction(
  (source) => new RegExp(source).test(document.getElementById('status').textContent),
  pattern.source, { timeout });
const waitForTiles = (member, count) => member.page.waitForFunction(
  (wanted) => document.querySelectorAll('video[data-peer]').length === wanted, count,
  { timeout: 10000 });

async function shoot(member, name) {
  if (!screenshots)
    return;
  const before = member.page.viewportSize();
  for (const [width, height] of SIZES) {
    await member.page.setViewportSize({ width, height });
    await member.page.screenshot({ path: join(screenshots, `${name}-${width}x${height}.png`) });
  }
  await member.page.setViewportSize(before);
}

/* ---- two members ---- */
const ada = await openPage(browser, address('Ada'));
await waitForStatus(ada, /Nobody else/);
await shoot(ada, 'alone');
const bob = await openPage(browser, address(EVIL));
const pair = [ada, bob];
try {
  await Promise.all(pair.map(({ page }) => waitForMembers(page, 1)));
} catch (error) {
  for (const { page } of pair)
    console.log(JSON.stringify(await describeConnections(page)));
  throw error;
}
let [seenByAda, seenByBob] = await Promise.all(pair.map(({ page }) => measure(page)));
expectMedia('Ada gets Bob', seenByAda, 1);
expectMedia('Bob gets Ada', seenByBob, 1);
check('a name is shown as text', seenByAda[0].name === EVIL &&
  await ada.page.locator('.label img').count() === 0);
check('names of members there before are known', seenByBob[0].name === 'Ada');
check('the state is in words', /connected/.test(await ada.page.textContent('video[data-peer] ~ .label .state')));

/* ---- the buttons ---- */
await bob.page.click('#mute');
await bob.page.click('#camera');
[seenByAda] = [await measure(ada.page)];
check('mute: nothing is heard', seenByAda[0].rmsDb < -60, `${seenByAda[0].rmsDb} dBFS`);
check('camera off: nothing moves', seenByAda[0].moving <= 2, `${seenByAda[0].moving} frames moved`);
await bob.page.click('#mute');
await bob.page.click('#camera');

/* ---- a third one, who has no devices and presses the button ---- */
const eve = await openPage(bare, `${server.url}/?room=den`);
await shoot(eve, 'entry');
await eve.page.fill('#name', 'Eve');
await eve.page.click('#join');
await waitForMembers(eve.page, 2);
const seenByEve = await measure(eve.page);
expectMedia('Eve, who only watches, gets both', seenByEve, 2);
check('she is told why she sends nothing', /see and hear the others/.test(await eve.page.textContent('#notice')));
await waitForStatus(ada, /2 others/);
await shoot(ada, 'three');
await shoot(eve, 'watching');
const overflow = await eve.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
check('no sideways scrolling', overflow <= 0);

/* ---- hanging up ---- */
await eve.page.click('#leave');
await waitForTiles(ada, 1);
check('who hung up is gone for the others', /1 other\./.test(await status(ada)));
check('and is told so', /You left/.test(await status(eve)));

/* ---- the server dies and comes back ---- */
server.kill();
await Promise.all(pair.map((member) => waitForStatus(member, /Lost the server|does not answer/)));
expectMedia('media outlives the server', await measure(ada.page), 1);
server = await spawnMeshServer({ userdata: true, port });
await Promise.all(pair.map((member) => waitForStatus(member, /1 other\./, 20000)));
await Promise.all(pair.map((member) => waitForMembers(member.page, 1)));
[seenByAda, seenByBob] = await Promise.all(pair.map(({ page }) => measure(page)));
expectMedia('Ada gets Bob after the restart', seenByAda, 1);
expectMedia('Bob gets Ada after the restart', seenByBob, 1);

/* ---- a page that is closed ---- */
await bob.context.close();
await waitForTiles(ada, 0);
check('a closed page is gone for the others', /Nobody else/.test(await status(ada)));

/* ---- a server that says no ---- */
const strict = await startMeshServer();
strict.io.use((socket, next) => next(new Error('the room is <b>closed</b>')));
const zoe = await openPage(browser, `${strict.url}/?autojoin=1`);
await waitForStatus(zoe, /refused/);
check('a refusal is shown in the server\'s words', (await status(zoe)).includes('the room is <b>closed</b>'));

/* While the server is down the browser itself reports each failed attempt. */
const faults = [ada, bob, eve, zoe].flatMap(({ log }) => log)
  .filter((line) => !/WebSocket connection to .* failed/.test(line));
check('no error, no warning and no breach of the content policy in any page', faults.length === 0,
  faults.join('; '));

server.kill();
await Promise.all([browser.close(), bare.close(), strict.close()]);
finish();
