/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An application's server: npm's socket.io, and files for the pages under test.
 * What is said over it is the matter of who uses it.
 *
 * Served: / the embedded page, /peer/ the test page on npm's socket.io-client.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeModules, requireModule } from './modules.mjs';

const { Server } = requireModule('socket.io');

const here = dirname(fileURLToPath(import.meta.url));
const pageDir = join(here, '../../ext/socketiosignaller/server/page');
const peerDir = join(here, 'browser-peer');
const HTML = 'text/html; charset=utf-8';
const JS = 'text/javascript; charset=utf-8';
const TYPES = {
  '.html': HTML,
  '.css': 'text/css; charset=utf-8',
  '.mjs': JS,
  '.svg': 'image/svg+xml',
};

/** The Content-Security-Policy with which the embedded page is served. */
export const PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/* Below a folder, by the path at which they are served. */
const filesOf = (folder, prefix) => readdirSync(folder, { recursive: true })
  .filter((name) => extname(name) in TYPES)
  .map((name) => [`${prefix}${name}`, [join(folder, name), TYPES[extname(name)]]]);

const FILES = new Map([
  ['/', [join(pageDir, 'index.html'), HTML]],
  ...filesOf(pageDir, '/'),
  ['/peer/', [join(peerDir, 'index.html'), HTML]],
  ...filesOf(peerDir, '/peer/'),
  ['/peer/socket.io.esm.min.js',
    [join(nodeModules, 'socket.io-client/dist/socket.io.esm.min.js'), JS]],
]);

function serve(request, response, routes) {
  const path = request.url.split('?', 1)[0];
  if (routes.has(path)) {
    response.writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify(routes.get(path)));
    return;
  }
  const file = FILES.get(path);
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'Content-Type': file[1],
    'Content-Security-Policy': path.startsWith('/peer/') ? "default-src 'self'" : PAGE_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  }).end(readFileSync(file[0]));
}

/**
 * Starts a server; resolves with {port, url, io, close()}.
 * @param {(io, routes: Map) => void} speak - what it does with connections; and
 *   paths that it answers, with objects as JSON
 * @param {{host?: string, port?: number, options?: object}} settings
 */
export async function startServer(speak, { host = '127.0.0.1', port = 0, options = {} } = {}) {
  const routes = new Map([['/ice-servers', { iceServers: [] }]]);
  const http = createServer((request, response) => serve(request, response, routes));
  const io = new Server(http, options);
  speak(io, routes);
  await new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
  const address = http.address();
  return {
    port: address.port,
    url: `http://${host}:${address.port}`,
    io,
    close: () => new Promise((resolve) => {
      io.close(() => resolve());
      http.closeAllConnections();
    }),
  };
}

/** Of a program that is a server: says where it listens, and ends on SIGTERM. */
export function announce({ port, url }) {
  console.log(JSON.stringify({ port, url }));
  process.on('SIGTERM', () => process.exit(0));
}

/**
 * Such a program as a process of its own, to be killed without a goodbye;
 * resolves with {port, url, kill()}.
 */
export async function spawnServer(script, args) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('the room server did not start')));
  });
  return { ...JSON.parse(line), kill };
}
