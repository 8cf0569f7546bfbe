/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A screen that nobody sits at, Debian's Xvfb, with a picture on it that moves: for a
 * browser that shares it. Headless Firefox shows no window on it and captures it all
 * the same; without any it answers getDisplayMedia() with NotFoundError.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

const EXECUTABLE = '/usr/bin/Xvfb';

/** No camera's shape: by it the screen is known, at whatever scale it was sent. */
export const SCREEN = { width: 480, height: 480 };

function run(program, args, settings) {
  const child = spawn(program, args, { stdio: 'ignore', ...settings });
  /* Not SIGKILL, after which Xvfb leaves its socket in /tmp. */
  process.on('exit', () => child.kill());
  return child;
}

/** @returns {Promise<Object<string, string>>} the environment of who is to use it */
export async function startScreen() {
  if (!existsSync(EXECUTABLE))
    throw new Error(`${EXECUTABLE} is missing: apt-get install xvfb`);
  /* Of its own number: those of other network namespaces have their sockets in the
   * same /tmp, where -displayfd by itself takes one that is in use. */
  const DISPLAY = `:${process.pid}`;
  const server = run(EXECUTABLE, [DISPLAY, '-displayfd', '3', '-nolisten', 'tcp', '-noreset',
    '-screen', '0', `${SCREEN.width}x${SCREEN.height}x24`],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  await Promise.race([once(server.stdio[3], 'data'), once(server, 'exit').then(([status]) => {
    throw new Error(`Xvfb did not start (${status})`);
  })]);
  run('gst-launch-1.0', ['videotestsrc', 'is-live=true', 'pattern=smpte', 'horizontal-speed=8', '!',
    `video/x-raw,width=${SCREEN.width},height=${SCREEN.height},framerate=20/1`, '!', 'ximagesink'],
  { env: { ...process.env, DISPLAY } });
  /* Or a browser that is told of Wayland asks its desktop. */
  return { DISPLAY, XDG_SESSION_TYPE: 'x11' };
}
