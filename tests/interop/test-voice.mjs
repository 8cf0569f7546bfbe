/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lines of docs/voice.md as they stand there, but for the address, the
 * microphone, the loudspeaker and the window: each is a call with one who speaks,
 * over a server on npm's socket.io.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDialectServer } from './dialect-servers.mjs';
import { CRITERIA } from './figures.mjs';
import { check, finish, takeUntil, watchdog } from './harness.mjs';
import { findCritical, Pipeline } from './pipeline.mjs';

const page = join(dirname(fileURLToPath(import.meta.url)), '../../docs/voice.md');
const lines = [...readFileSync(page, 'utf8').matchAll(/^ {4}gst-launch-1\.0 -e (.*)$/gm)]
  .map(([, line]) => line);

const voice = (frequency) =>
  `audiotestsrc is-live=true wave=sine freq=${frequency} volume=0.3 ! audio/x-raw,rate=48000`;

/* A sine moves nothing: a voice does. */
const microphone = 'audiotestsrc is-live=true wave=ticks volume=0.8 ! audio/x-raw,rate=48000';

const isHeard = ({ rmsDb }) => rmsDb > CRITERIA.rmsDb;

async function call(line, number) {
  const server = await startDialectServer('message');
  const other = new Pipeline({
    name: 'the other one',
    bin: `roomcallbin name=call uri=${server.url} dialect=message receive=audio`,
    send: `${number === 2 ? microphone : voice(700)} ! call.audio_0`,
    listen: ['audio_mix'],
  });
  await other.waitFor(/roomcall\/joined/);
  const one = new Pipeline({
    name: `line ${number + 1}`,
    bin: line.replace('uri=https://calls.example.org', `uri=${server.url}`)
      .replace('autoaudiosrc', number === 1 ? microphone : voice(400)),
    send: '',
    sinks: { autoaudiosink: 'sound', autovideosink: 'picture' },
  });
  try {
    await Promise.all([one, other].map((pipeline) => pipeline.waitFor(/state=\(string\)connected/)));
    const figures = await takeUntil(() => one.measure(), ({ sound, picture }) =>
      isHeard(sound) && (!picture || picture.moving > 0));
    check(`${one.name} hears the other one`, isHeard(figures.sound), `${figures.sound.rmsDb} dBFS`);
    if (line.includes('autovideosink'))
      check(`${one.name} draws`, figures.picture.frames >= CRITERIA.frames && figures.picture.moving > 0,
        `${figures.picture.frames} frames, ${figures.picture.moving} moving`);
    const { audio_mix: sound } = await takeUntil(() => other.measure(),
      (taken) => isHeard(taken.audio_mix));
    check(`${one.name} is heard`, isHeard(sound), `${sound.rmsDb} dBFS`);
  } catch (error) {
    check(`${one.name}: every step`, false, error.message);
    [one, other].forEach((pipeline) => console.log(pipeline.tail().replace(/^/gm, '# ')));
  }
  for (const pipeline of [one, other]) {
    await pipeline.interrupt();
    const critical = findCritical(pipeline.output);
    check(`${pipeline.name}: no CRITICAL`, critical === null, critical ?? '');
  }
  await server.close();
}

watchdog(150);
check('docs/voice.md has its lines', lines.length === 3, `${lines.length}`);
for (const [number, line] of lines.entries())
  await call(line, number);
finish();
