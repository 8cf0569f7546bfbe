/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the benchmarks make of their samples, and how they say it. */

export const percentile = (values, p) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))];
export const median = (values) => percentile(values, 0.5);

/** Prints one figure beside its aim. */
export function figure(name, value, unit, limit, atLeast = false) {
  const met = atLeast ? value >= limit : value <= limit;
  const digits = unit === 'ratio' ? 2 : 0;
  console.log(`figure ${name} = ${value.toFixed(digits)} ${unit} `
    + `(aim ${atLeast ? '>=' : '<='} ${limit.toFixed(digits)}): ${met ? 'met' : 'missed'}`);
}
