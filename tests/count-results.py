#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Adds up a testlog.json of Meson: what passed, failed and was skipped.

Counts single tests, not programs: TAP lines of GTest, the "Checks:" line of
gst-check; a program that reports neither counts as one. A program that ended
badly has at least one failure, whatever it printed before. A skip must say
"kernel: ..." (something that no package brings); every other skip is a failure.

Prints what failed or was skipped, then the line "PASSED FAILED SKIPPED".
"""
import json
import re
import sys

TAP = re.compile(r'^(not )?ok\b[ \t]*\d*[ \t]*-?[ \t]*([^#\n]*)(#.*)?$', re.M)
CHECK = re.compile(r'^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)', re.M)
DIRECTIVE = re.compile(r'#\s*(SKIP|TODO)\S*\s*(.*)', re.I)


def count(test):
    """Returns [passed, failed, skipped] and the lines to show."""
    out = test.get('stdout', '')
    name = test['name']
    counts = [0, 0, 0]
    lines = []

    def skip(what, reason):
        if reason.startswith('kernel:'):
            counts[2] += 1
            lines.append(f'SKIP  {what}: {reason}')
        else:
            counts[1] += 1
            lines.append(f'FAIL  {what}: skipped without need: {reason}')

    check = CHECK.search(out)
    if check:
        checks, failures, errors = map(int, check.groups())
        counts = [checks - failures - errors, failures + errors, 0]
        if failures + errors:
            lines.append(f'FAIL  {name}: {failures + errors} of {checks}')
    elif re.search(r'^(TAP version|1\.\.\d|ok |not ok )', out, re.M):
        for bad, what, directive in TAP.findall(out):
            what = f'{name}: {what.strip()}'
            kind = DIRECTIVE.match(directive)
            if kind and kind.group(1).upper() == 'SKIP':
                skip(what, kind.group(2))
            elif bad:
                counts[1] += 1
                lines.append(f'FAIL  {what}')
            else:
                counts[0] += 1
        # "1..0 # SKIP reason": the program as a whole.
        whole = re.search(r'^1\.\.0\s*(#.*)$', out, re.M)
        if whole and DIRECTIVE.match(whole.group(1)):
            skip(name, DIRECTIVE.match(whole.group(1)).group(2))
    elif test['result'] == 'SKIP':
        reason = re.search(r'kernel:.*', out)
        skip(name, reason.group(0) if reason else 'no reason printed')
    if test['result'] not in ('OK', 'SKIP', 'EXPECTEDFAIL') and not counts[1]:
        counts[1] = 1
        lines.append(f'FAIL  {name}: {test["result"]}')
    elif not any(counts):
        counts[0] = 1
    return counts, lines


def main():
    total = [0, 0, 0]
    try:
        with open(sys.argv[1], encoding='utf-8') as log:
            tests = [json.loads(line) for line in log if line.strip()]
    except OSError:
        print('FAIL  no test was run')
        tests = []
        total[1] = 1
    for test in tests:
        counts, lines = count(test)
        total = [a + b for a, b in zip(total, counts)]
        for line in lines:
            print(line)
    print(*total)


main()
