/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TAP for a test in Node, and the npm packages it is run with. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

export const requireModule = createRequire(join(process.env.SIO_NPM, 'node_modules', 'none.js'));

let number = 0;
let failed = 0;

export function same(what, actual, expected) {
  const good = isDeepStrictEqual(actual, expected);
  number++;
  if (!good) {
    failed++;
    console.log(`# ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
  }
  console.log(`${good ? 'ok' : 'not ok'} ${number} - ${what}`);
}

export function watchdog(seconds) {
  setTimeout(() => {
    console.log(`Bail out! not over after ${seconds} s`);
    process.exit(1);
  }, seconds * 1000).unref();
}

export function finish() {
  console.log(`1..${number}`);
  process.exit(failed === 0 ? 0 : 1);
}
