/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A moving scene for Chromium's fake camera. Its built-in one moves too little
 * to tell a live picture from a frozen one: a few small shapes, a mean luma
 * difference above 2 in 4 of 50 frames.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WIDTH = 320;
const HEIGHT = 240;
const RATE = 20; /* frames/s */
const PERIOD = 160; /* pixels of one light and dark band */
const STEP = 8; /* pixels that the bands move per frame; the file is one period */

function frame(index) {
  const luma = Buffer.alloc(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const phase = 2 * Math.PI * (x + y / 2 + index * STEP) / PERIOD;
      luma[y * WIDTH + x] = 125 + 90 * Math.sin(phase);
    }
  }
  const chroma = Buffer.alloc(WIDTH / 2 * HEIGHT / 2);
  return [Buffer.from('FRAME\n'), luma, Buffer.from(chroma.fill(110)), Buffer.from(chroma.fill(150))];
}

/** Writes the scene as Y4M; the file goes when the process ends. */
export function makeCameraFile() {
  const directory = mkdtempSync(join(tmpdir(), 'roomcall-camera-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'camera.y4m');
  const header = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  const frames = Array.from({ length: PERIOD / STEP }, (_, index) => frame(index));
  writeFileSync(file, Buffer.concat([header, ...frames.flat()]));
  return file;
}
