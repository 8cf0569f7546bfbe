/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * npm's axe-core, which looks at a page as it is now; in Chromium and Firefox.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeModules } from './modules.mjs';

const source = readFileSync(join(nodeModules, 'axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds, and what is too wide for the window.
 * @param {{evaluate}} page - playwright's or puppeteer's
 * @returns {Promise<string[]>} "rule: where (why)"
 */
export async function findFaults(page) {
  /* Once in a page, and never as a result: both are a second each. */
  if (!await page.evaluate(() => 'axe' in globalThis))
    await page.evaluate(`(() => { ${source} })()`);
  const { found, overflow } = await page.evaluate(async (values) => {
    /* What fades in has less contrast than it will have. */
    document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
      .forEach((animation) => animation.finish());
    const { violations } = await globalThis.axe.run({ runOnly: { type: 'tag', values } });
    return {
      found: violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target} (${failureSummary})`).join(', ')}`),
      overflow: document.documentElement.scrollWidth - innerWidth,
    };
  }, RULES);
  return overflow > 0 ? [...found, `${overflow} px too wide`] : found;
}
