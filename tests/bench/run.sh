#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds what is to be measured, without debugging aids, and measures it:
#
#   sh tests/bench/run.sh viz [SECONDS OF SOUND]
#   sh tests/bench/run.sh signalling [ROUNDS]
#   sh tests/bench/run.sh join [ROUNDS]
#
# What is measured against is in the same run. Figures of two runs, or of two
# machines, say nothing about each other. For "join" npm's packages must be in
# _build-npm, where tests/run.sh puts them.
set -eu

viz=gst/audiospectrumviz
room=ext/roomcallbin
signaller=ext/socketiosignaller
roomcallbin=disabled
case ${1:-} in
  viz) needs=$viz/libgstaudiospectrumviz.so ;;
  signalling) needs= ;;
  join)
    needs="$room/libgstroomcallbin.so $signaller/libgstsocketiosignaller.so
      $signaller/roomcall-server"
    roomcallbin=enabled ;;
  *) sed -n '3,7s/^# *//p' "$0" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/../.."
build=_build-bench
[ -e $build/build.ninja ] ||
  meson setup $build -Dbuildtype=release -Droomcallbin=$roomcallbin >/dev/null
[ $roomcallbin = disabled ] ||
  meson configure $build -Droomcallbin=$roomcallbin >/dev/null
# shellcheck disable=SC2086
ninja -C $build "tests/bench/bench-$1" $needs >/dev/null

export GST_REGISTRY="$PWD/$build/registry.bin"
case $1 in
  viz)
    GST_PLUGIN_PATH=$PWD/$build/$viz \
      exec "$build/tests/bench/bench-viz" "${2:-30}" ;;
  signalling)
    [ -d $build/npm/node_modules/socket.io ] ||
      npm install --prefix $build/npm --no-save --no-audit --no-fund \
        --no-package-lock socket.io@4 socket.io-client@4 >/dev/null
    ROOMCALL_NPM=$PWD/$build/npm exec node tests/bench/signalling/run.mjs \
      "$build/tests/bench/bench-signalling" "$build/signalling.json" "${2:-7}" ;;
  join)
    GST_PLUGIN_PATH=$PWD/$build/$room:$PWD/$build/$signaller \
    ROOMCALL_SERVER=$PWD/$build/$signaller/roomcall-server \
      exec tests/common/netns.sh node tests/bench/join/run.mjs \
        "$build/tests/bench/bench-join" "$build/join.json" "${2:-20}" ;;
esac
