/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pipelines and a foreign browser application in one room, on npm's socket.io
 * and socket.io-client. The order of joining has each kind of offer once:
 * browser to pipeline, pipeline to browser, pipeline to pipeline.
 *
 *   test-browser-pipeline.mjs [--pads mix,slots]
 */
import { parseArgs } from 'node:util';
import { describeConnections, launchBrowser, measure, openPage, waitForMembers } from './browser.mjs';
import { spawnMeshServer } from './mesh-server.mjs';
import { check, expectMediaSoon, finish, watchdog } from './harness.mjs';
import { findCritical, memberOf, Pipeline } from './pipeline.mjs';

const { values } = parseArgs({ options: { pads: { type: 'string', default: 'mix,slots' } } });
const slots = values.pads.split(',').includes('slots');
const END_LIMIT = 3000; /* ms: 2 s for the call, the rest for the process */

watchdog(150);
const server = await spawnMeshServer();
const browser = await launchBrowser();
const pipelines = [];

function join(name, slotCount) {
  const pads = ['mix', ...(slots ? [...Array(slotCount).keys()].map((n) => `src_${n}`) : [])];
  const pipeline = new Pipeline({
    name,
    bin: `roomcallbin name=call uri=${server.url} dialect=mesh room=den display-name=${name}`,
    listen: pads.flatMap((pad) => [`video_${pad}`, `audio_${pad}`]),
  });
  pipeline.pads = pads;
  pipelines.push(pipeline);
  return pipeline;
}

/** Of every pad of the pipeline: the mix first, then each slot. */
const expectPads = (what, pipeline) => expectMediaSoon(`${what} (${pipeline.pads.join(', ')})`,
  async () => {
    const figures = await pipeline.measure();
    return pipeline.pads.map((pad) => memberOf(figures, pad));
  }, pipeline.pads.length);

try {
  /* ---- a pipeline, then a browser, which offers ---- */
  const first = join('first', 1);
  await first.waitFor(/roomcall\/joined/);
  const page = await openPage(browser, `${server.url}/peer/?room=den`);
  await waitForMembers(page.page, 1).catch(async (error) => {
    console.log(JSON.stringify(await describeConnections(page.page)));
    throw error;
  });
  await expectMediaSoon('the browser gets the first pipeline', () => measure(page.page), 1);
  await expectPads('the first pipeline gets the browser', first);

  /* ---- another pipeline, which offers to both ---- */
  const second = join('second', 2);
  await second.waitFor(/roomcall\/joined/);
  await waitForMembers(page.page, 2);
  await expectMediaSoon('the browser gets both pipelines', () => measure(page.page), 2);
  await expectPads('the second pipeline gets the browser and the first one', second);

  /* ---- leaving ---- */
  await page.context.close();
  await second.waitFor(/roomcall\/peer-left/);
  const { pads } = first;
  first.pads = ['mix'];
  await expectPads('the pipelines go on without the browser', first);
  first.pads = pads;
  check('no page error', page.log.length === 0, page.log.join('; '));
  for (const pipeline of pipelines) {
    const { code, signal, ms } = await pipeline.interrupt();
    check(`Ctrl-C ends the ${pipeline.name} pipeline`, code === 0 && ms <= END_LIMIT,
      `${signal ?? code} after ${ms} ms`);
  }
} catch (error) {
  check('every step', false, error.message);
  pipelines.forEach((pipeline) => console.log(pipeline.tail().replace(/^/gm, '# ')));
}
for (const pipeline of pipelines) {
  const critical = findCritical(pipeline.output);
  check(`no CRITICAL in the ${pipeline.name} pipeline`, critical === null, critical ?? '');
}
await browser.close();
finish();
