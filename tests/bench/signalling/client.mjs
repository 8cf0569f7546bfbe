/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * npm's client doing what bench-signalling.c does, with the same arguments but
 * the first: client.mjs WHAT TRANSPORTS URI PAYLOAD WARM-UP COUNT
 */
import { createRequire } from 'node:module';

const { io } = createRequire(`${process.env.ROOMCALL_NPM}/`)('socket.io-client');
const [what, transports, uri, payload, warmUp, count] = process.argv.slice(2);
const window = what === 'pipe' ? 64 : 1;
const total = Number(warmUp) + Number(count);
const argument = JSON.parse(payload);
const samples = [];

const now = () => Number(process.hrtime.bigint()) / 1e3;

const connect = () => new Promise((resolve, reject) => {
  const begin = now();
  const socket = io(uri, { transports: transports.split(','), forceNew: true, reconnection: false });
  socket.once('connect', () => resolve({ socket, time: now() - begin }));
  socket.once('connect_error', reject);
});

async function connects() {
  for (let i = 0; i < total; i++) {
    const { socket, time } = await connect();
    if (i >= warmUp)
      samples.push(time);
    socket.close();
  }
}

async function messages() {
  const { socket } = await connect();
  let sent = 0;
  let answered = 0;
  let begin;
  await new Promise((resolve) => {
    const send = () => {
      while (sent < total && sent - answered < window) {
        const at = now();
        if (sent++ === Number(warmUp))
          begin = at;
        socket.emit('echo', argument, () => {
          if (window === 1 && answered >= warmUp)
            samples.push(now() - at);
          if (++answered === total)
            resolve();
          else
            send();
        });
      }
    };
    send();
  });
  if (window > 1)
    samples.push(count * 1e6 / (now() - begin));
  socket.close();
}

await (what === 'connect' ? connects() : messages());
console.log(JSON.stringify(samples));
process.exit(0);
