/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A browser on another machine than the server: over https through what
 * examples/https/run.sh starts, with its camera, in a call with a pipeline that comes
 * the same way; and over plain http straight to the server, where it has no camera
 * and receives. Its addresses are hidden, as in every browser whose page has no camera.
 *
 *   test-https.mjs BUILD
 */
import { spawn } from 'node:child_process';
import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';
import { check, expectMediaSoon, finish, takeUntil, watchdog } from './harness.mjs';
import { requireModule } from './modules.mjs';
import { makeOtherMachine } from './other-machine.mjs';
import { User } from './page-user.mjs';
import { findCritical, memberOf, Pipeline, SENDING_SMALL, SMALL } from './pipeline.mjs';
import { spawnRoomServer } from './room-server.mjs';

const { io } = requireModule('socket.io-client');

const [build] = process.argv.slice(2);
const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), '../../examples/https/run.sh');
const PORT = 8443;
const URL_HERE = `https://198.18.0.1:${PORT}`;
const TOKEN = 'sesame-token';
/* More than the server lets in of one address by itself. */
const CROWD = 100;
/* Connections that never say what they want. */
const MUTE = 1100;

process.setMaxListeners(0); /* one of each process */
watchdog(150);
const folder = mkdtempSync(join(tmpdir(), 'roomcall-https-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const temporary = join(folder, 'tmp');
mkdirSync(temporary);
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, TOKEN);
const authFile = join(folder, 'auth');
writeFileSync(authFile, JSON.stringify({ token: TOKEN }));

/** run.sh with options; `ended` resolves with its exit status or signal. */
function runScript(...options) {
  const child = spawn('sh', [SCRIPT, '--build-dir', build, ...options],
    { env: { ...process.env, XDG_STATE_HOME: folder, TMPDIR: temporary }, stdio: ['ignore', 'pipe', 'pipe'] });
  const script = { child, said: '' };
  script.ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  script.ready = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        script.said += text;
        if (script.said.includes('Ctrl-C ends it.'))
          resolve();
      });
    }
    script.ended.then((status) => reject(new Error(`run.sh ended (${status}): ${script.said}`)));
  });
  script.ready.catch(() => {});
  process.on('exit', () => child.kill());
  return script;
}

/** Every process below one. */
function descendants(parent) {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const [, ppid] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'));
      return [[Number(name), Number(ppid)]];
    } catch {
      return []; /* it has ended meanwhile */
    }
  });
  const below = (pid) => parents.filter(([, ppid]) => ppid === pid)
    .flatMap(([child]) => [child, ...below(child)]);
  return below(parent);
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const fetchFrom = (get, url, options) => new Promise((resolve, reject) => {
  get(url, options, (response) => {
    const { statusCode: status, headers: { location }, socket } = response;
    resolve({ status, location, fingerprint: socket.getPeerCertificate?.().fingerprint256 });
    response.resume();
  }).on('error', reject);
});

const startPipeline = (name, url, settings, rest = { send: SENDING_SMALL, size: SMALL }) => new Pipeline({
  name, bin: `roomcallbin name=call room=den display-name=${name} uri=${url} ${settings}`, ...rest,
});

const expectPipeline = (what, pipeline) => expectMediaSoon(what,
  async () => [memberOf(await pipeline.measure(), 'mix')], 1);

const machine = await makeOtherMachine();
/* Two at once, neither of which finds a certificate. */
const first = runScript('--port', String(PORT), '--token-file', tokenFile);
const twin = runScript('--port', String(PORT + 1));
await Promise.all([first.ready, twin.ready]);
const below = descendants(first.child.pid);
const second = runScript('--port', String(PORT));

/* ---- the certificate ---- */
const certificateFile = join(folder, 'gst-roomcall/https/cert.pem');
const pem = readFileSync(certificateFile);
const certificate = new X509Certificate(pem);
const served = await fetchFrom(getSecure, `${URL_HERE}/healthz`, { ca: pem });
check('what is served is the certificate whose fingerprint is printed', served.status === 200 &&
  served.fingerprint === certificate.fingerprint256 && first.said.includes(certificate.fingerprint256));
check('its key is for nobody else', [statSync(join(folder, 'gst-roomcall/https/key.pem')),
  statSync(dirname(certificateFile))].every(({ mode }) => (mode & 0o077) === 0));
const addresses = ['198.18.0.1', '198.18.7.1'];
check('every address of the machine is in it, and printed', addresses.every((address) =>
  certificate.checkIP(address) && first.said.includes(`https://${address}:${PORT}/?room=lobby`)));
const twins = await fetchFrom(getSecure, `https://198.18.0.1:${PORT + 1}/healthz`, { ca: pem });
check('two first starts at once make one pair', twins.fingerprint === served.fingerprint);
twin.child.kill('SIGTERM');
const days = (Date.parse(certificate.validTo) - Date.now()) / 86400000;
check('browsers take its time', days > 300 && days < 825, `${Math.round(days)} days`);
const redirected = await fetchFrom(getPlain, `http://198.18.0.1:${PORT}/?room=den`);
check('plain http to that port is sent on', redirected.status === 301 &&
  redirected.location === `${URL_HERE}/?room=den`, `${redirected.status} ${redirected.location}`);
const places = await Promise.all(['localhost', 'evil.example', `localhost:${PORT}@evil.example`].map(async (host) =>
  (await fetchFrom(getPlain, `http://198.18.0.1:${PORT}/`, { headers: { host } })).location));
check('by a name of its own, or its address', places.join() ===
  [`https://localhost:${PORT}/`, `${URL_HERE}/`, `https://localhost:${PORT}/`].join(), places.join());

/* ---- over https ---- */
const spki = createHash('sha256').update(certificate.publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
const browser = await launchBrowser({
  machine, hideAddresses: true, flags: [`--ignore-certificate-errors-spki-list=${spki}`],
});
const auth = `auth=file:${authFile}`;
const trusting = startPipeline('Host', URL_HERE, `${auth} signaller::cafile=${certificateFile}`);
const mistrusting = startPipeline('Stranger', URL_HERE, auth, { send: '', listen: [] });
await mistrusting.waitFor(/certificate of https:\/\/198\.18\.0\.1:8443 is not trusted/);
check('a pipeline that is not told of the certificate is refused in words', true);
await mistrusting.interrupt();
await trusting.waitFor(/roomcall\/joined/);
const ada = await User.join(browser, `${URL_HERE}/?room=den#token=${TOKEN}`, 'Ada');
await Promise.all([
  ada.expectMedia('over https: the browser gets the pipeline', 1),
  expectPipeline('over https: the pipeline gets the camera of the browser', trusting),
]);
await ada.keep('https');
await ada.expectNoBreach();
await ada.context.close();
await trusting.interrupt();

/* ---- over plain http ---- */
const server = await spawnRoomServer({ ownPage: true, args: ['--host', '198.18.0.1'] });
const host = startPipeline('Host', server.url, '');
await host.waitFor(/roomcall\/joined/);
const kim = await User.open(browser, server.url, 'Kim');
await kim.page.getByText(/join to see and hear the others.*over https or from localhost/).first().waitFor();
check('over plain http: one is told at the door that there is no camera', true);
await kim.keep('http-from-another-machine');
await kim.press('Join');
await kim.expectMedia('over plain http: the browser receives', 1);
check('and had nothing to send', await kim.page.evaluate(() => globalThis.testTracks.length === 0 &&
  globalThis.testConnections.every((pc) => pc.getSenders().every(({ track }) => track === null))));
await kim.expectNoBreach();
await kim.context.close();
await host.interrupt();
check('the server without TLS ends', await server.close() === 0);
await browser.close();

/* ---- many behind one nginx ---- */
const crowd = Array.from({ length: CROWD }, (_, index) => io(URL_HERE, {
  ca: pem, auth: { token: TOKEN }, forceNew: true, reconnection: false,
  transports: index % 10 === 0 ? ['polling'] : ['websocket'],
}));
const refusals = (await Promise.all(crowd.map((client) => new Promise((resolve) => {
  client.on('connect', () => resolve(null));
  client.on('connect_error', resolve);
})))).filter((error) => error !== null);
check(`${CROWD} clients at once`, refusals.length === 0, refusals[0]?.message);
crowd.forEach((client) => client.close());

/* ---- many who say half of it ---- */
const mute = await Promise.all(Array.from({ length: MUTE }, async () => {
  const socket = connect(PORT, '198.18.0.1').on('error', () => {});
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
  return socket;
}));
const beside = await fetchFrom(getSecure, `${URL_HERE}/healthz`, { ca: pem, timeout: 5000 });
check(`${MUTE} half requests keep nobody out`, beside.status === 200, `${beside.status}`);
mute.forEach((socket) => socket.destroy());

/* ---- ends ---- */
check('a port that is taken is said', await second.ended === 1 &&
  second.said.includes(`port ${PORT} is taken`), second.said.trim().split('\n')[0]);
first.child.kill('SIGTERM');
check('SIGTERM ends the script', await first.ended === 0 && await twin.ended === 0);
check('and both programs', below.length >= 3 && !below.some(isAlive), below.join(' '));
check('its temporary folder is gone', readdirSync(temporary).length === 0);
check('the token is in nothing that it said', !first.said.includes(TOKEN));
const third = runScript('--port', String(PORT));
await third.ready;
check('a certificate is made once', readFileSync(certificateFile).equals(pem));
const orphans = descendants(third.child.pid);
third.child.kill('SIGKILL');
const left = await takeUntil(async () => orphans.filter(isAlive), (alive) => alive.length === 0, 5);
check('where it is killed they end as well', orphans.length >= 3 && left.length === 0, left.join(' '));
const keyFile = join(folder, 'gst-roomcall/https/key.pem');
writeFileSync(keyFile, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
const fourth = runScript('--port', String(PORT));
await fourth.ready;
check('a key that is another\'s is made anew with its certificate',
  new X509Certificate(readFileSync(certificateFile)).checkPrivateKey(createPrivateKey(readFileSync(keyFile))));
fourth.child.kill('SIGTERM');
await fourth.ended;

for (const pipeline of [trusting, mistrusting, host]) {
  const critical = findCritical(pipeline.output);
  check(`${pipeline.name}: no CRITICAL`, critical === null, critical ?? '');
}
finish();
