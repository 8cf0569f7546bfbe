/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of roomcall-server in each dialect, used by what is written on it: with
 * another page, and with a pipeline that it calls or that calls it. Media is
 * measured on both sides, hanging up is heard, and every device is off then.
 *
 *   test-page-dialects.mjs [DIALECT...]
 */
import { launchBrowser } from './browser.mjs';
import { check, expectMediaSoon, finish, timed, watchdog } from './harness.mjs';
import { ENDED, LEFT, LOST } from './page-world.mjs';
import { User } from './page-user.mjs';
import { findCritical, memberOf, Pipeline, SENDING_SMALL, SMALL } from './pipeline.mjs';
import { spawnRoomServer } from './room-server.mjs';

/*
 * `byHand`: calls are made and accepted by button; `lobby`: who hangs up leaves, and
 * who is left is called by whoever comes, also its devices; `named`: names are told; `answering`: a pipeline that waits to be called;
 * `told`: how a pipeline hears of a hang-up; `room`: where a pipeline is that says none.
 */
const DIALECTS = {
  mesh: { lobby: true, named: true, told: LEFT },
  rooms: { byHand: true, named: true, answering: 'call-policy=answer', told: ENDED },
  message: { told: LEFT, room: 'lobby' },
  broadcast: { byHand: true, named: true, told: LOST, room: 'lobby' },
};

const wanted = process.argv.slice(2);
const dialects = Object.keys(DIALECTS).filter((name) => wanted.length === 0 || wanted.includes(name));
process.setMaxListeners(0); /* one of each pipeline */
watchdog(30 + 90 * dialects.length);

const server = await spawnRoomServer({ ownPage: true });
const browser = await launchBrowser();

async function withPage(dialect) {
  const { byHand, lobby, named } = DIALECTS[dialect];
  const settings = { dialect, room: `pages-${dialect}` };
  const ada = await User.join(browser, server.url, 'Ada', settings);
  const bob = await User.join(browser, server.url, 'Bob', settings);
  const nameOf = (user) => named ? user.name : /Ada|Bob|The other one/;
  if (byHand) {
    await bob.person(nameOf(ada)).getByRole('button', { name: /^Call/ }).click();
    await ada.answer('Accept');
  }
  await Promise.all([
    ada.expectMedia(`${dialect}: Ada's page gets Bob's`, 1),
    bob.expectMedia(`${dialect}: Bob's page gets Ada's`, 1),
  ]);
  await ada.person('Bob').filter({ hasText: 'connected' }).waitFor();
  check(`${dialect}: who it is, and that it is connected, is in words`, true);
  await ada.write(`Good morning in ${dialect}`);
  await bob.reads(`Good morning in ${dialect}`);
  check(`${dialect}: what one writes the other one reads`, true);
  /* Goes by itself. */
  const told = lobby ? ada.page.getByText('Your devices stay on for who comes next.').waitFor() : null;
  await bob.press('Hang up');
  await told;
  await bob.expectDark(`${dialect}: who hung up`);
  await ada.button('Hang up').waitFor({ state: 'hidden' });
  check(`${dialect}: the other one's call is over`, true);
  if (lobby) {
    check(`${dialect}: who is left is still seen by who comes, and is told so`,
      (await ada.tracks()).every((state) => / live$/.test(state)));
  } else {
    await ada.expectDark(`${dialect}: who was hung up on`);
    await ada.person(nameOf(bob)).getByRole('button', { name: /^Call/ }).click();
    await bob.answer('Reject');
  }
  if (dialect === 'rooms') {
    await ada.person('Bob').getByText('hung up').waitFor();
    check('rooms: a call can be refused', true);
  }
  if (dialect === 'message') {
    await ada.person(nameOf(bob)).getByText('hung up').waitFor();
    await bob.person(nameOf(ada)).getByRole('button', { name: /^Call/ }).click();
    await ada.answer('Accept');
    await Promise.all([
      ada.expectMedia('message: called again by hand, Ada gets Bob', 1),
      bob.expectMedia('message: and Bob gets Ada', 1),
    ]);
  }
  for (const user of [ada, bob]) {
    await user.expectNoBreach();
    await user.context.close();
  }
}

const expectPipeline = (what, pipeline) => expectMediaSoon(what,
  async () => [memberOf(await pipeline.measure(), 'mix')], 1);

function startPipeline(name, dialect, room, settings = '') {
  return new Pipeline({
    name: `${dialect}: ${name}`,
    bin: `roomcallbin name=call room=${room} display-name=Host uri=${server.url} dialect=${dialect} ${settings}`,
    send: SENDING_SMALL,
    size: SMALL,
  });
}

async function withPipeline(dialect) {
  const { byHand, answering = '', told, room = `pipeline-${dialect}` } = DIALECTS[dialect];
  const pipeline = startPipeline('the one called', dialect, room, answering);
  await pipeline.waitFor(/roomcall\/joined/);
  const ada = await User.join(browser, server.url, 'Ada', { dialect, room });
  try {
    if (byHand)
      await ada.page.getByRole('button', { name: /^Call / }).click();
    await Promise.all([
      ada.expectMedia(`${dialect}: the page gets the pipeline`, 1),
      expectPipeline(`${dialect}: the pipeline gets the page`, pipeline),
    ]);
    await ada.page.getByText(/has no chat/).waitFor();
    check(`${dialect}: that a pipeline has no chat is said`, true);
    const after = pipeline.now;
    await ada.press('Hang up');
    await pipeline.waitFor(told, { after });
    check(`${dialect}: the pipeline is told that the page hung up`, true);
    await ada.expectDark(`${dialect}: after it`);
  } catch (error) {
    check(`${dialect}: every step with a pipeline`, false, error.message);
    console.log(pipeline.tail().replace(/^/gm, '# '));
  }
  await ada.expectNoBreach();
  await ada.context.close();
  await pipeline.interrupt();
  const critical = findCritical(pipeline.output);
  check(`${pipeline.name}: no CRITICAL`, critical === null, critical ?? '');
}

/* The pipeline comes and calls, the page's user is asked. */
async function calledByPipeline(dialect) {
  const { room = `called-${dialect}` } = DIALECTS[dialect];
  const ada = await User.join(browser, server.url, 'Ada', { dialect, room });
  const pipeline = startPipeline('the one that calls', dialect, room,
    dialect === 'broadcast' ? 'signaller::variables="v,role=offerer"' : '');
  await pipeline.waitFor(/roomcall\/joined/);
  await ada.answer('Accept');
  await Promise.all([
    ada.expectMedia(`${dialect}: the page gets a pipeline that called`, 1),
    expectPipeline(`${dialect}: and the pipeline gets the page`, pipeline),
  ]);
  await ada.expectNoBreach();
  await ada.context.close();
  await pipeline.interrupt();
}

/* Both press the button before either hears the other. */
async function crossing(dialect) {
  const settings = { dialect, room: `crossing-${dialect}` };
  const users = [await User.join(browser, server.url, 'Ada', settings),
    await User.join(browser, server.url, 'Bob', settings)];
  const buttons = users.map(({ page }) => page.getByRole('button', { name: /^Call / }));
  await Promise.all(buttons.map((button) => button.waitFor()));
  /* Also if the other one's call is there already, which hides the button. */
  const found = await Promise.all(buttons.map((button) => button.elementHandle()));
  await Promise.all(found.map((button) => button.evaluate((element) => element.click())));
  await Promise.all(users.map((user) =>
    user.expectMedia(`${dialect}: of two calls that cross one comes for ${user.name}`, 1)));
  for (const user of users) {
    await user.expectNoBreach();
    await user.context.close();
  }
}

for (const dialect of dialects) {
  for (const run of [withPage, withPipeline,
    ...(DIALECTS[dialect].byHand ? [calledByPipeline, crossing] : [])]) {
    await timed(`${dialect}: ${run.name}`, () => run(dialect).catch((error) =>
      check(`${dialect}: ${run.name}: every step`, false, error.message)));
  }
}
await browser.close();
await server.close();
finish();
