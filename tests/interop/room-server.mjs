/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * roomcall-server as a process of its own, with the pages under test as the
 * application's: what an application's own server is in page-server.mjs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeModules } from './modules.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const pageDir = join(here, '../../ext/socketiosignaller/server/page');
const PROGRAM = process.env.ROOMCALL_SERVER ??
  join(here, '../../_build/ext/socketiosignaller/roomcall-server');

/* The test page on npm's socket.io-client, as /peer/, and what it has of ours. */
function makeRoot() {
  const root = mkdtempSync(join(tmpdir(), 'roomcall-page-'));
  const peer = join(root, 'peer');
  mkdirSync(peer);
  for (const name of ['style.css', 'icon.svg'])
    copyFileSync(join(pageDir, name), join(root, name));
  for (const name of readdirSync(join(here, 'browser-peer')))
    copyFileSync(join(here, 'browser-peer', name), join(peer, name));
  copyFileSync(join(nodeModules, 'socket.io-client/dist/socket.io.esm.min.js'),
    join(peer, 'socket.io.esm.min.js'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  return root;
}

let root;

/**
 * Starts one; resolves with {port, url, log(), close(), kill()}. close() is SIGTERM
 * and resolves with the exit status.
 * @param {{port?: number, args?: string[], ownPage?: boolean}} settings - `ownPage`:
 *   it serves the page that is built into it
 */
export async function spawnRoomServer({ port = 0, args = [], ownPage = false } = {}) {
  root ??= makeRoot();
  const child = spawn(PROGRAM,
    ['--port', String(port), ...(ownPage ? [] : ['--web-root', root]), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const kill = () => child.kill('SIGKILL');
  let log = '';
  process.on('exit', kill);
  child.stderr.setEncoding('utf8').on('data', (text) => { log += text; });
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line',
      (line) => resolve(line.replace(/^Listening: /, '')));
    ended.then((status) => reject(new Error(`roomcall-server did not start (${status}): ${log}`)));
  });
  return {
    port: Number(new URL(url).port),
    url,
    log: () => log,
    kill,
    close: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
