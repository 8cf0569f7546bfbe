#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh SCRIPT PROGRAM FOLDER [FOLDER]...: runs the test script with the npm
# packages from the first folder that has them, or else puts them into the first.
set -eu
script=$1 program=$2
shift 2
own=$1
home=
for folder; do
  if [ -z "$home" ] && [ -e "$folder/node_modules/socket.io/package.json" ] &&
    [ -e "$folder/node_modules/socket.io-client/package.json" ]; then
    home=$folder
  fi
done
if [ -z "$home" ]; then
  home=$own
  mkdir -p "$home"
  # Two tests may come to this at a time.
  (
    flock 9
    [ -e "$home/node_modules/socket.io-client/package.json" ] ||
      npm install --prefix "$home" --no-save --no-audit --no-fund --loglevel=error \
        socket.io@4 socket.io-client@4 >&2
  ) 9> "$home/lock"
fi
SIO_NPM="$home" exec node "$script" "$program"
