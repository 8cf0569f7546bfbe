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

function describeMember({ frames, moving, luma, rmsDb }) {
  const by = luma === undefined ? '' : ` by ${luma}`;
  return `${frames} frames, ${moving} moving${by}, ${rmsDb} dBFS`;
}

function judge(members, count, wants) {
  const faults = members.flatMap((member) => shortcomings(member, wants));
  if (members.length !== count)
    faults.push(`${members.length} members, not ${count}`);
  return faults;
}

/** Each of exactly `count` members' figures must be good; prints them. */
export function expectMedia(what, members, count, wants) {
  const faults = judge(members, count, wants);
  check(what, faults.length === 0, [...members.map(describeMember), ...faults].join('; '));
}

/**
 * The same of what `take` measures: again and again until it is good, because a
 * window may lie over the start of a stream; at most `seconds`.
 */
export async function expectMediaSoon(what, take, count, { wants, seconds = 20 } = {}) {
  const members = await takeUntil(take, (taken) => judge(taken, count, wants).length === 0, seconds);
  expectMedia(what, members, count, wants);
  return members;
}

/** What `take` measured when it was good, or last, after `seconds`. */
export async function takeUntil(take, isGood, seconds = 20) {
  const end = performance.now() + seconds * 1000;
  let taken;
  do {
    taken = await take();
  } while (!isGood(taken) && performance.now() < end);
  return taken;
}

/**
 * What goes wrong is a fault of that step, and with the logs of who took part, whose
 * pages close after it; `users`: of either browser.
 */
export async function attempt(what, users, action) {
  try {
    await action(...users);
  } catch (error) {
    check(`${what}: every step`, false, error.message);
    console.log(`# ${users.flatMap(({ log }) => log).join('; ')}`);
  }
  await Promise.all(users.map(({ context }) => context.close()));
}

/** Says how long it took. */
export async function timed(name, action) {
  const begun = performance.now();
  await action();
  console.log(`# ${name} took ${((performance.now() - begun) / 1000).toFixed(1)} s`);
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
