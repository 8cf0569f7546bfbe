/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Debian's coturn, a real TURN server, that knows no users, but the secret with
 * which roomcall-server makes passwords of the day. What it does is read off its
 * log. tests/common/coturn.c is the same for C.
 */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/* The one of tests/common/netns.sh: libnice does not use the loopback. */
const ADDRESS = '198.18.0.1';
const SECRET = 'north';
const START_MS = 20000; /* it makes keys before it listens */

/* Of the namespace that the test runs in, so nobody else takes it meanwhile. */
async function findPort() {
  const server = createServer();
  server.listen(0, ADDRESS);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves with {serverArgs(transport), iceServers(transport, secret), count(pattern),
 * waitFor(pattern, count), close()} when it listens. */
export async function startCoturn() {
  const folder = mkdtempSync(join(tmpdir(), 'roomcall-coturn-'));
  const [port, tlsPort] = [await findPort(), await findPort()];
  const child = spawn('turnserver', ['-n', '--no-cli', '--log-file=stdout', '--simple-log',
    '--verbose', '--relay-threads=1', '--realm=roomcall', '--pidfile=turnserver.pid',
    '--userdb=turndb', '--use-auth-secret', `--static-auth-secret=${SECRET}`,
    `--listening-ip=${ADDRESS}`, `--relay-ip=${ADDRESS}`, `--listening-port=${port}`,
    `--tls-listening-port=${tlsPort}`],
  { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', () => {
    kill();
    rmSync(folder, { recursive: true, force: true });
  });
  let log = '';
  const waiting = new Set();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    log += text;
    waiting.forEach((look) => look());
  });
  const count = (text) => log.split(text).length - 1;

  /* Whether the log has so many lines with `text` before the time is over. */
  function waitFor(text, wanted, ms = 5000) {
    return new Promise((resolve) => {
      const end = (came) => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve(came);
      };
      const look = () => count(text) >= wanted && end(true);
      const timer = setTimeout(end, ms, false);
      waiting.add(look);
      look();
    });
  }

  const started = await Promise.all(['UDP', 'TCP'].map((transport) =>
    waitFor(`${transport} listener opened`, 1, START_MS)));
  if (started.includes(false))
    throw new Error(`coturn does not start: ${log}`);
  return {
    count,
    waitFor,
    /* What makes a roomcall-server hand it out. */
    serverArgs(transport) {
      const envFile = join(folder, transport);
      writeFileSync(envFile, `TURN_SECRET=${SECRET}\n` +
        `TURN_URLS=turn:${ADDRESS}:${port}?transport=${transport}\n`);
      return ['--env-file', envFile];
    },
    /* As roomcall-server would; with another secret they are refused. */
    iceServers(transport, secret = SECRET) {
      const username = `${Math.floor(Date.now() / 1000) + 3600}:ada`;
      const credential = createHmac('sha1', secret).update(username).digest('base64');
      return [{ urls: `turn:${ADDRESS}:${port}?transport=${transport}`, username, credential }];
    },
    close: kill,
  };
}
