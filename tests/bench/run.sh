#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds what is to be measured, without debugging aids, and measures it.
set -eu

case ${1:-} in
  viz) ;;
  *) echo "Usage: sh tests/bench/run.sh viz [SECONDS OF SOUND]" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/../.."
build=_build-bench
[ -e $build/build.ninja ] ||
  meson setup $build -Dbuildtype=release -Dsocketiosignaller=disabled \
    -Droomcallbin=disabled >/dev/null
ninja -C $build "tests/bench/bench-$1" "gst/audiospectrumviz/libgstaudiospectrumviz.so" >/dev/null
GST_PLUGIN_PATH=$PWD/$build/gst/audiospectrumviz \
GST_REGISTRY=$PWD/$build/registry.bin \
  exec "$build/tests/bench/bench-$1" "${2:-60}"
