/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The little that an interop test needs: named checks, a watchdog, one line of
 * TAP per check and an exit status. A fault is printed with its figures.
 */
import { shortcomings } from './figures.mjs';

let failed = 0;
let passed = 0;

export function check(what, good, detail = '') {
  if (good)
    passed++;
  else
    failed++;
  const number = passed + failed;
  console.log(`${good ? 'ok' : 'not ok'} ${number} - ${what}${detail ? `: ${detail}` : ''}`);
}

/** Each of exactly `count` members' figures must be good; prints them. */
export function expectMedia(what, members, count, wants) {
  const faults = members.flatMap((member) => shortcomings(member, wants));
  if (members.length !== count)
    faults.push(`${members.length} members, not ${count}`);
  const figures = members.map((member) =>
    `${member.frames} frames, ${member.moving} moving by ${member.luma}, ${member.rmsDb} dBFS`);
  check(what, faults.length === 0, [...figures, ...faults].join('; '));
}

/** Ends the test as failed if it is not over in time. */
export function watchdog(seconds) {
  setTimeout(() => {
    console.log(`not ok - not over after ${seconds} s`);
    process.exit(1);
  }, seconds * 1000).unref();
}

export function finish() {
  console.log(`1..${passed + failed}`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
