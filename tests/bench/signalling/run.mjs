/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What signalling costs: socketio-glib, a bare loop on libsoup and npm's client
 * before the same npm server, in turns. run.mjs BENCH-SIGNALLING RAW-FILE ROUNDS
 *
 * Figures are medians over the rounds of each round's percentile, so that one
 * pause of the machine spoils one round; the raw samples are kept.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { figure, median, percentile } from '../figures.mjs';

const [program, rawFile, rounds] = process.argv.slice(2);
const clientScript = new URL('client.mjs', import.meta.url).pathname;
const run = promisify(execFile);
const raw = {};

/* A description of a call with sound and picture has about this size. */
const description = JSON.stringify(`v=0\r\n${'a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n'.repeat(32)}`);

const clients = {
  sio: (args) => [program, ['sio', ...args]],
  bare: (args) => [program, ['bare', ...args]],
  js: (args) => [process.execPath, [clientScript, ...args]],
};

const server = spawn(process.execPath, [new URL('server.mjs', import.meta.url).pathname],
  { stdio: ['ignore', 'pipe', 'inherit'] });
const [port] = await once(createInterface(server.stdout), 'line');
const uri = `http://127.0.0.1:${port}`;

/* The samples of each client, a list for each round, the clients in turns. */
async function measure(names, what, transports, warmUp, count) {
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 ? [...names].reverse() : names) {
      const [file, args] = clients[name]([what, transports, uri, description, String(warmUp), String(count)]);
      const { stdout } = await run(file, args, { maxBuffer: 1 << 26 });
      samples[name].push(JSON.parse(stdout));
    }
  }
  raw[`${what} ${transports}`] = samples;
  return (name, p) => median(samples[name].map((values) => percentile(values, p)));
}

const rtt = await measure(['sio', 'bare', 'js'], 'rtt', 'websocket', 300, 2000);
console.log(`round trip, websocket, us p50 / p99: sio ${rtt('sio', 0.5)} / ${rtt('sio', 0.99)}, `
  + `bare ${rtt('bare', 0.5)} / ${rtt('bare', 0.99)}, js ${rtt('js', 0.5).toFixed(0)} / ${rtt('js', 0.99).toFixed(0)}`);
figure('websocket-rtt-p50', rtt('sio', 0.5), 'us', rtt('bare', 0.5) + 15);
figure('websocket-rtt-p99', rtt('sio', 0.99), 'us', rtt('js', 0.99) / 3);

const pipe = await measure(['sio', 'bare', 'js'], 'pipe', 'websocket', 2000, 20000);
console.log(`pipelined, messages/s: sio ${pipe('sio', 0.5)}, bare ${pipe('bare', 0.5)}, js ${pipe('js', 0.5).toFixed(0)}`);
figure('pipelined-of-bare', pipe('sio', 0.5) / pipe('bare', 0.5), 'ratio', 0.8, true);
figure('pipelined-of-js', pipe('sio', 0.5) / pipe('js', 0.5), 'ratio', 1, true);

for (const transports of ['websocket', 'polling', 'polling,websocket']) {
  const time = await measure(transports === 'websocket' ? ['sio', 'bare', 'js'] : ['sio', 'js'],
    'connect', transports, 5, 40);
  const name = transports === 'polling,websocket' ? 'upgrade' : transports;
  console.log(`connect, ${name}, us p50: sio ${time('sio', 0.5).toFixed(0)}, js ${time('js', 0.5).toFixed(0)}`
    + (transports === 'websocket' ? `, bare ${time('bare', 0.5).toFixed(0)}` : ''));
  figure(`${name}-connect-p50`, time('sio', 0.5), 'us', time('js', 0.5));
}

const polling = await measure(['sio', 'js'], 'rtt', 'polling', 100, 500);
console.log(`round trip, polling, us p50: sio ${polling('sio', 0.5)}, js ${polling('js', 0.5).toFixed(0)}`);
figure('polling-rtt-p50', polling('sio', 0.5), 'us', 0.6 * polling('js', 0.5));

writeFileSync(rawFile, JSON.stringify(raw));
server.kill();
