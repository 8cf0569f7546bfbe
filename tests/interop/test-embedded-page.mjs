/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A pipeline that hosts its room: Chromium joins from the page that the embedded
 * server gives it, a second pipeline joins, a member without devices watches.
 * No Node program takes part in the call.
 */
import { describeConnections, launchBrowser, measure, openPage, waitForMembers } from './browser.mjs';
import { PAGE_POLICY } from './page-server.mjs';
import { check, expectMediaSoon, finish, watchdog } from './harness.mjs';
import { findCritical, memberOf, Pipeline } from './pipeline.mjs';

const END_LIMIT = 3000; /* ms: 2 s for the call, the rest for the process */
const STARTED = /roomcall\/server-started.*?(?:port=\(u?int\)|:\/\/[^/"\\]*?\\?:)(\d+)/;

watchdog(150);
const browser = await launchBrowser();
const bare = await launchBrowser({ devices: false });
const pipelines = [];

function join(name, settings) {
  const pipeline = new Pipeline({
    name,
    bin: `roomcallbin name=call room=den display-name=${name} ${settings}`,
  });
  pipelines.push(pipeline);
  return pipeline;
}

const expectMix = (what, pipeline) => expectMediaSoon(what,
  async () => [memberOf(await pipeline.measure(), 'mix')], 1);

async function openMember(where, url, members) {
  const member = await openPage(where, url);
  if (where === bare)
    await member.page.click('#join');
  else
    await member.page.getByRole('button', { name: 'Turn on camera and microphone' }).click();
  await waitForMembers(member.page, members).catch(async (error) => {
    console.log(`# ${JSON.stringify(await describeConnections(member.page))}`);
    console.log(`# ${member.log.join('; ')}`);
    throw error;
  });
  return member;
}

try {
  const host = join('Host', 'signaller::run-signalling-server=true signaller::signalling-server-port=0');
  const [, port] = await host.waitFor(STARTED);
  const url = `http://127.0.0.1:${port}`;

  const response = await fetch(`${url}/?room=den`);
  check('the page comes with its content policy',
    response.status === 200 && response.headers.get('content-security-policy') === PAGE_POLICY &&
    response.headers.get('x-content-type-options') === 'nosniff');

  const ada = await openMember(browser, `${url}/?${new URLSearchParams({ room: 'den', name: 'Ada', autojoin: 1 })}`, 1);
  const [seen] = await expectMediaSoon('the browser gets the host', () => measure(ada.page), 1);
  check('under its name', seen?.name === 'Host', seen?.name);
  await expectMix('the host gets the browser', host);

  const guest = join('Guest', `uri=${url}`);
  await guest.waitFor(/roomcall\/joined/);
  await waitForMembers(ada.page, 2);
  await expectMediaSoon('the browser gets both pipelines', () => measure(ada.page), 2);
  await expectMix('the second pipeline gets both', guest);

  await ada.page.click('#leave');
  await host.waitFor(/roomcall\/peer-left/);
  await expectMix('the host goes on with the second pipeline', host);

  const viewer = await openMember(bare, `${url}/?room=den&name=Viewer`, 2);
  await expectMediaSoon('who has no devices gets both pipelines', () => measure(viewer.page), 2);
  await expectMix('and the pipelines go on', guest);
  const faults = [...ada.log, ...viewer.log];
  check('no error and no warning in any page', faults.length === 0, faults.join('; '));
  await viewer.context.close();

  for (const pipeline of [guest, host]) {
    const { code, signal, ms } = await pipeline.interrupt();
    check(`Ctrl-C ends ${pipeline.name}`, code === 0 && ms <= END_LIMIT, `${signal ?? code} after ${ms} ms`);
  }
} catch (error) {
  check('every step', false, error.message);
  pipelines.forEach((pipeline) => console.log(pipeline.tail().replace(/^/gm, '# ')));
}
for (const pipeline of pipelines) {
  const critical = findCritical(pipeline.output);
  check(`no CRITICAL in ${pipeline.name}`, critical === null, critical ?? '');
}
await Promise.all([browser.close(), bare.close()]);
finish();
