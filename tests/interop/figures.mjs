/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What counts as media that really arrived. States prove nothing: a picture
 * must be decoded and move, a sound must be loud enough to be heard.
 */

/** Of one member's media in a window of `seconds`. */
export const CRITERIA = {
  seconds: 2,
  frames: 20, /* decoded, at least */
  moving: 15, /* of these differ from the one before ... */
  luma: 2, /* ... by more than this, mean of the absolute luma differences, 0..255 */
  rmsDb: -40, /* dBFS, above */
  apart: 10, /* frames between two whose colours are compared, where only these change */
};

/** Mean absolute difference of two equally large luma planes. */
export function lumaDifference(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++)
    sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** Level in dBFS of a mean square of samples in -1..1. */
export function decibels(meanSquare) {
  return meanSquare > 0 ? 10 * Math.log10(meanSquare) : -Infinity;
}

/** What is wrong with figures {frames, moving, rmsDb}; empty = nothing. */
export function shortcomings(figures, { video = true, audio = true } = {}) {
  const faults = [];
  if (video && figures.frames < CRITERIA.frames)
    faults.push(`${figures.frames} frames in ${CRITERIA.seconds} s, not ${CRITERIA.frames}`);
  if (video && figures.moving < CRITERIA.moving)
    faults.push(`${figures.moving} of them moving, not ${CRITERIA.moving}`);
  if (audio && !(figures.rmsDb > CRITERIA.rmsDb))
    faults.push(`sound at ${figures.rmsDb} dBFS, not above ${CRITERIA.rmsDb}`);
  return faults;
}
