#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds what is to be measured, without debugging aids, and measures it:
#
#   sh tests/bench/run.sh viz [SECONDS OF SOUND]
#   sh tests/bench/run.sh signalling [ROUNDS]
#
# What is measured against is in the same run. Figures of two runs, or of two
# machines, say nothing about each other.
set -eu

case ${1:-} in
  viz | signalling) ;;
  *) sed -n '3,6s/^# *//p' "$0" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/../.."
build=_build-bench
[ -e $build/build.ninja ] ||
  meson setup $build -Dbuildtype=release -Droomcallbin=disabled >/dev/null
ninja -C $build "tests/bench/bench-$1" \
  gst/audiospectrumviz/libgstaudiospectrumviz.so >/dev/null

case $1 in
  viz)
    GST_PLUGIN_PATH=$PWD/$build/gst/audiospectrumviz \
    GST_REGISTRY=$PWD/$build/registry.bin \
      exec "$build/tests/bench/bench-viz" "${2:-30}" ;;
  signalling)
    [ -d $build/npm/node_modules/socket.io ] ||
      npm install --prefix $build/npm --no-save --no-audit --no-fund \
        --no-package-lock socket.io@4 socket.io-client@4 >/dev/null
    ROOMCALL_NPM=$PWD/$build/npm exec node tests/bench/signalling/run.mjs \
      "$build/tests/bench/bench-signalling" "$build/signalling.json" "${2:-7}" ;;
esac
