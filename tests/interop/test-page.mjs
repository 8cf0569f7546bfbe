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
import {
  describeConnections, FAILED_ATTEMPT, launchBrowser, measure, openPage, waitForMembers,
} from './browser.mjs';
import { CRITERIA } from './figures.mjs';
import { spawnMeshServer, startMeshServer } from './mesh-server.mjs';
import { requireModule } from './modules.mjs';
import { check, expectMediaSoon, finish, takeUntil, watchdog } from './harness.mjs';

const { values: { screenshots } } = parseArgs({ options: { screenshots: { type: 'string' } } });
const { io: connect } = requireModule('socket.io-client');
const EVIL = '<img src=x onerror=alert(1)>';
const TURN_ON = 'Turn on camera and microphone';
const SIZES = [[360, 640], [1440, 900]];

watchdog(150);
let server = await spawnMeshServer({ userdata: true });
const { port } = server;
const browser = await launchBrowser();
const bare = await launchBrowser({ devices: false });

const address = (name) => `${server.url}/?${new URLSearchParams({ room: 'den', name, autojoin: 1 })}`;
const press = (member, name) => member.page.getByRole('button', { name, exact: true }).click();
const status = (member) => member.page.getByRole('status').first().textContent();
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
check('an address alone opens no device', (await ada.page.getByText('only watching').count()) === 1);
await press(ada, TURN_ON);
await shoot(ada, 'alone');
/* A browser that plays nothing before a touch; what a test runs in a page counts as one
 * for the browser's own rule. */
const bob = await openPage(browser, address(EVIL), {
  prepare: () => {
    const { play } = HTMLMediaElement.prototype;
    let touched = false;
    addEventListener('pointerup', () => { touched = true; }, true);
    HTMLMediaElement.prototype.play = async function ask() {
      if (!touched)
        throw new DOMException('no', 'NotAllowedError');
      return play.call(this);
    };
  },
});
const blocked = bob.page.getByText('Press anywhere to see and hear');
await blocked.waitFor();
await press(bob, TURN_ON);
await blocked.waitFor({ state: 'detached' });
check('who is played nothing is told to touch the page', true);
const pair = [ada, bob];
try {
  await Promise.all(pair.map(({ page }) => waitForMembers(page, 1)));
} catch (error) {
  for (const { page } of pair)
    console.log(JSON.stringify(await describeConnections(page)));
  throw error;
}
const seenByAda = await expectMediaSoon('Ada gets Bob', () => measure(ada.page), 1);
const seenByBob = await expectMediaSoon('Bob gets Ada', () => measure(bob.page), 1);
check('a name is shown as text', seenByAda[0].name === EVIL &&
  await ada.page.locator('.label img').count() === 0);
check('names of members there before are known', seenByBob[0].name === 'Ada');
check('the state is in words', /connected/.test(await ada.page.textContent('video[data-peer] ~ .label .state')));

/* ---- later offers: of who was there first, then of both at once; the third
 * section is the chat's ---- */
const ufrag = ({ page }) => page.evaluate(() =>
  /a=ice-ufrag:(.*)/.exec(globalThis.testConnections.at(-1).currentRemoteDescription.sdp)[1]);
const waitForSections = ({ page }, count) => page.waitForFunction((wanted) => {
  const pc = globalThis.testConnections.at(-1);
  return pc.signalingState === 'stable' &&
    pc.currentRemoteDescription.sdp.split('m=').length - 1 === wanted;
}, count, { timeout: 10000 });
await ada.page.evaluate(() => { globalThis.testConnections.at(-1).addTransceiver('video'); });
await Promise.all(pair.map((member) => waitForSections(member, 4)));
check('who was called may offer later', true);
const before = await Promise.all(pair.map(ufrag));
await Promise.all(pair.map(({ page }) => page.evaluate(() => {
  const pc = globalThis.testConnections.at(-1);
  pc.addTransceiver('audio');
  pc.restartIce();
})));
/* Of the two new sections the loser's comes with its second offer. */
await Promise.all(pair.map((member) => waitForSections(member, 6)));
const after = await Promise.all(pair.map(ufrag));
check('two offers at once both come through', before.every((old, index) => old !== after[index]));
await expectMediaSoon('and the call goes on', () => measure(ada.page), 1);
await expectMediaSoon('for the other one too', () => measure(bob.page), 1);
check('a section without media hides no picture', (await Promise.all(
  pair.map(({ page }) => page.locator('.tile.no-picture').count()))).every((count) => count === 0));

/* ---- a member who sends rubbish ---- */
const mallory = connect(server.url);
mallory.on('addPeer', ({ peer_id }) => {
  const relay = (event, what, value) => mallory.emit(event, { peer_id, [what]: value });
  for (const description of [null, 7, {}, { type: 'offer' }, { type: 'rollback', sdp: '' },
    { type: 'offer', sdp: 'v=1' }, { type: 'answer', sdp: 'v=0\r\n' }, { type: 'offer', sdp: 'x'.repeat(1e5) }])
    relay('relaySessionDescription', 'session_description', description);
  for (const candidate of [null, 7, {}, { candidate: 7 }, ...Array(500).fill({ candidate: 'candidate:x' })])
    relay('relayICECandidate', 'ice_candidate', candidate);
});
mallory.emit('join', { channel: 'den', userdata: { name: ['not', 'a', 'name'] } });
await waitForTiles(ada, 2);
const isOneSeen = (members) => members.filter(({ frames }) => frames >= CRITERIA.frames).length === 1;
const beside = await takeUntil(() => measure(ada.page), isOneSeen);
check('rubbish from one member is no harm to the others', isOneSeen(beside),
  beside.map(({ frames }) => `${frames} frames`).join());
check('who never offers is said to be waited for', (await ada.page.locator('.state').allTextContents()).includes('waiting'));
mallory.close();
await waitForTiles(ada, 1);

/* ---- a third one, who has no devices and presses the button ---- */
const eve = await openPage(bare, `${server.url}/?room=den`);
await shoot(eve, 'entry');
await eve.page.getByLabel('Your name').fill('Eve');
await press(eve, 'Join');
await waitForMembers(eve.page, 2);
await expectMediaSoon('Eve, who only watches, gets both', () => measure(eve.page), 2);
check('she is told why she sends nothing', /see and hear the others/.test(await eve.page.getByRole('alert').textContent()));
await waitForStatus(ada, /2 others/);
await shoot(ada, 'three');
await shoot(eve, 'watching');
const overflow = await eve.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
check('no sideways scrolling', overflow <= 0);

/* ---- hanging up ---- */
await press(eve, 'Leave room');
await waitForTiles(ada, 1);
check('who hung up is gone for the others', /1 other\./.test(await status(ada)));
check('and is told so', /You left/.test(await status(eve)));

/* ---- the server dies and comes back ---- */
server.kill();
await Promise.all(pair.map((member) => waitForStatus(member, /Lost the server|does not answer/)));
await expectMediaSoon('media outlives the server', () => measure(ada.page), 1);
server = await spawnMeshServer({ userdata: true, port });
await Promise.all(pair.map((member) => waitForStatus(member, /1 other\./, 20000)));
await Promise.all(pair.map((member) => waitForMembers(member.page, 1)));
await expectMediaSoon('Ada gets Bob after the restart', () => measure(ada.page), 1);
await expectMediaSoon('Bob gets Ada after the restart', () => measure(bob.page), 1);

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

const full = await startMeshServer();
full.io.on('connection', (socket) => {
  for (const event of ['addPeer', 'removePeer', 'sessionDescription', 'iceCandidate', 'refused']) {
    for (const args of [[], [null], [7], [{}], [{ peer_id: {} }], [{ peer_id: 'nobody' }]])
      if (event !== 'addPeer' || args[0]?.peer_id !== 'nobody')
        socket.emit(event, ...args);
  }
  socket.on('join', () => socket.emit('refused', { reason: 'the <i>room</i> is full' }));
});
const max = await openPage(browser, `${full.url}/?autojoin=1`);
await waitForStatus(max, /not let into.*full/);
check('and so is being kept out of the room', (await status(max)).includes('the <i>room</i> is full'));

/* ---- a server that throws one out ---- */
const fickle = await startMeshServer();
const ivy = await openPage(browser, `${fickle.url}/?autojoin=1`);
await waitForStatus(ivy, /Nobody else/);
await press(ivy, TURN_ON);
await ivy.page.getByText('microphone on').waitFor();
fickle.io.disconnectSockets();
await waitForStatus(ivy, /ended the connection.*Join again/);
check('who is thrown out is back at the door, with the camera off', await ivy.page.getByRole('button', { name: 'Join', exact: true }).isVisible() &&
  await ivy.page.locator('#own-picture').evaluate(({ srcObject }) => srcObject === null));

/* The server was down; and the page warns of the rubbish. */
const faults = [ada, bob, eve, zoe, max, ivy].flatMap(({ log }) => log)
  .filter((line) => !FAILED_ATTEMPT.test(line) && !/warning: (negotiation|candidate):/.test(line));
check('no error, no warning and no breach of the content policy in any page', faults.length === 0,
  faults.join('; '));

server.kill();
await Promise.all([browser.close(), bare.close(), strict.close(), full.close(), fickle.close()]);
finish();
