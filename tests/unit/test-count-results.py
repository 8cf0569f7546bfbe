#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/count-results.py, in TAP."""
import json
import os
import subprocess
import sys
import tempfile

SCRIPT = os.path.join(os.environ['G_TEST_SRCDIR'], 'count-results.py')
CASES = [
    ('tap', 'OK', 'TAP version 13\nok 1 /a\nok 2 - b\n1..2\n', (2, 0, 0)),
    ('tap failure', 'FAIL', 'ok 1 /a\nnot ok 2 /b\n1..2\n', (1, 1, 0)),
    ('tap, killed', 'ERROR', 'ok 1 /a\nok 2 /b\n', (2, 1, 0)),
    ('tap, timed out before all', 'TIMEOUT', '', (0, 1, 0)),
    ('kernel', 'OK', 'ok 1 /a # SKIP kernel: no tun\nok 2 /b\n1..2\n',
     (1, 0, 1)),
    ('package', 'OK', 'ok 1 /a # SKIP no browser\n1..1\n', (0, 1, 0)),
    ('whole, kernel', 'SKIP', '1..0 # SKIP kernel: no tun\n', (0, 0, 1)),
    ('whole, package', 'SKIP', '1..0 # SKIP no browser\n', (0, 1, 0)),
    ('words in the output', 'OK', '# ok then\nok 1 /a\nnot now\n1..1\n',
     (1, 0, 0)),
    ('gst-check', 'OK', '100%: Checks: 4, Failures: 0, Errors: 0\n',
     (4, 0, 0)),
    ('gst-check failure', 'FAIL', '50%: Checks: 4, Failures: 1, Errors: 1\n',
     (2, 2, 0)),
    ('gst-check, leaks at the end', 'FAIL',
     '100%: Checks: 4, Failures: 0, Errors: 0\n', (4, 1, 0)),
    ('program', 'OK', 'hello\n', (1, 0, 0)),
    ('program failure', 'FAIL', 'hello\n', (0, 1, 0)),
    ('program, kernel', 'SKIP', 'SKIP kernel: no namespace\n', (0, 0, 1)),
    ('program, silent skip', 'SKIP', '', (0, 1, 0)),
]


def run(tests):
    with tempfile.NamedTemporaryFile('w', suffix='.json') as log:
        for name, result, out, _ in tests:
            log.write(json.dumps(
                {'name': name, 'result': result, 'stdout': out}) + '\n')
        log.flush()
        lines = subprocess.run([sys.executable, SCRIPT, log.name], check=True,
                               text=True, capture_output=True).stdout
    return tuple(map(int, lines.splitlines()[-1].split()))


def main():
    bad = 0
    for number, case in enumerate(CASES, 1):
        got = run([case])
        good = got == case[3]
        bad += not good
        print(f'{"ok" if good else "not ok"} {number} - {case[0]}')
        if not good:
            print(f'# got {got}, wanted {case[3]}')
    total = tuple(map(sum, zip(*(case[3] for case in CASES))))
    good = run(CASES) == total
    print(f'{"ok" if good else "not ok"} {len(CASES) + 1} - the sum')
    missing = subprocess.run([sys.executable, SCRIPT, '/does/not/exist'],
                             check=True, text=True, capture_output=True)
    none = missing.stdout.splitlines()[-1] == '0 1 0'
    print(f'{"ok" if none else "not ok"} {len(CASES) + 2} - no log')
    print(f'1..{len(CASES) + 2}')
    sys.exit(bool(bad) or not good or not none)


main()
