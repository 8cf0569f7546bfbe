#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# first-program.sh README PROGRAM: the README shows the program as it is.
set -eu
shown=$(sed -n '/^```c$/,/^```$/p' "$1" | sed '1d;$d')
real=$(sed 1d "$2")
echo 1..1
[ "$shown" = "$real" ] || printf 'not '
echo "ok 1 - the first program"
