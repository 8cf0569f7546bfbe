/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Another machine: a network namespace of its own that one cable joins to this one,
 * which is inside netns.sh and forwards nothing. It is there as long as this process.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CABLE = `
  ip link add far0 type veth peer name eth0 netns $1
  ip link set far0 addrgenmode none
  ip addr add 198.18.7.1/24 dev far0
  ip link set far0 up
  nsenter -t $1 -n sh -euc '
    ip link set lo up
    ip link set eth0 addrgenmode none
    ip addr add 198.18.7.2/24 dev eth0
    ip link set eth0 up
    ip route add default via 198.18.7.1'`;

/** Resolves with {address, wrap(program)}: of a script that runs a program there. */
export async function makeOtherMachine() {
  /* Whose standard input ends with this process. */
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo here; exec cat'],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  execFileSync('sh', ['-euc', CABLE, 'sh', String(holder.pid)]);
  const folder = mkdtempSync(join(tmpdir(), 'roomcall-machine-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  holder.unref();
  return {
    address: '198.18.7.2',
    wrap(program) {
      const script = join(folder, 'there');
      writeFileSync(script, `#!/bin/sh\nexec nsenter -t ${holder.pid} -n ${program} "$@"\n`,
        { mode: 0o755 });
      return script;
    },
  };
}
