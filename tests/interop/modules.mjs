/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The npm packages that the interop tests use: in the folder that ROOMCALL_NPM
 * names, where tests/run.sh puts them.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = process.env.ROOMCALL_NPM ??
  join(dirname(fileURLToPath(import.meta.url)), '../../_build-npm');

export const nodeModules = join(home, 'node_modules');
for (const name of ['socket.io', 'socket.io-client', 'playwright-core', 'puppeteer-core', 'axe-core']) {
  if (!existsSync(join(nodeModules, name, 'package.json'))) {
    console.error(`npm's ${name} is not in ${nodeModules}: "sh tests/run.sh --suite interop" ` +
      'puts it there');
    process.exit(1);
  }
}

/** require() for those packages. */
export const requireModule = createRequire(join(nodeModules, 'none.js'));
