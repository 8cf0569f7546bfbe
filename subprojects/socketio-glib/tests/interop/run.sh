#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh FOLDER... -- SCRIPT ARGUMENT...: runs the test script with the npm
# packages from the first folder that has them, or else puts them into the first.
set -eu
has_packages() {
  for name in socket.io socket.io-client sio2 sio3 sioc2 sioc3; do
    [ -e "$1/node_modules/$name/package.json" ] || return 1
  done
}
own=$1
home=
while [ "$1" != -- ]; do
  if [ -z "$home" ] && has_packages "$1"; then
    home=$1
  fi
  shift
done
shift
if [ -z "$home" ]; then
  home=$own
  mkdir -p "$home"
  # Several tests may come to this at a time.
  (
    flock 9
    has_packages "$home" ||
      npm install --prefix "$home" --no-save --no-audit --no-fund --loglevel=error \
        socket.io@4 socket.io-client@4 sio2@npm:socket.io@2.5.1 \
        sio3@npm:socket.io@3.1.2 sioc2@npm:socket.io-client@2.5.0 \
        sioc3@npm:socket.io-client@3.1.3 >&2
  ) 9> "$home/lock"
fi
SIO_NPM="$home" exec node "$@"
