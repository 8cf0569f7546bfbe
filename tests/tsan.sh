#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds GLib, GStreamer, webrtcbin and what is under it with ThreadSanitizer, from
# the sources of this Debian, in _build-tsan-libs. GLib's locks are made of futexes
# and atomics: only in a GLib that is built so does ThreadSanitizer see them, and
# whatever is not built so has races that it cannot find, or that are none.
#   build   makes them if need be, in some minutes
#   env     prints what a program built with -Db_sanitize=thread needs around it
set -u

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
here=$top/_build-tsan-libs
prefix=$here/prefix
sources='glib2.0 gstreamer1.0 libnice gst-plugins-bad1.0 gst-plugins-good1.0'

mirror() {
  apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

# With a list of its own: the machine's need not name sources.
get_sources() {
  mirror=$(mirror)
  mkdir -p "$here/lists/partial"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "${mirror:-http://deb.debian.org/debian}" \
    "$(. /etc/os-release && echo "$VERSION_CODENAME") main" >"$here/sources.list"
  set -- -qq -o Dir::Etc::SourceList="$here/sources.list" \
    -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$here/lists" \
    -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= \
    -o APT::Sandbox::User="$(id -un)"
  # shellcheck disable=SC2086 # a list of words
  cd "$here" && apt-get "$@" update && apt-get "$@" source $sources
}

# make NAME OPTION...: the source package NAME
make() {
  name=$1
  shift
  echo "== $name"
  cd "$here"/"$name"-[0-9]*/ || return 1
  # A warning names the file as that of Debian's build does.
  CFLAGS=-ffile-prefix-map=../../$(basename "$PWD")=.. CC=clang CXX=clang++ \
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig \
    meson setup "$here/build/$name" --prefix="$prefix" --libdir=lib \
    -Dauto_features=disabled -Dbuildtype=debugoptimized -Db_sanitize=thread \
    -Db_lundef=false "$@" &&
    ninja -C "$here/build/$name" install
}

build() {
  [ "$(cat "$here/installed" 2>/dev/null)" = "$sources" ] && return 0
  rm -rf "$here"
  get_sources &&
    make glib2.0 -Dtests=false &&
    make gstreamer1.0 -Dcheck=enabled -Dcoretracers=enabled &&
    make libnice -Dgstreamer=enabled -Dcrypto-library=openssl &&
    make gst-plugins-bad1.0 -Dwebrtc=enabled -Ddtls=enabled -Dsrtp=enabled \
      -Dsctp=enabled &&
    make gst-plugins-good1.0 -Drtp=enabled -Drtpmanager=enabled &&
    echo "$sources" >"$here/installed"
}

# The rest of the plugins, and GLib's for TLS, are the system's.
environment() {
  echo "LD_LIBRARY_PATH=$prefix/lib"
  echo "GST_PLUGIN_SYSTEM_PATH_1_0=$prefix/lib/gstreamer-1.0:$(
    pkg-config --variable=pluginsdir gstreamer-1.0
  )"
  echo "GIO_EXTRA_MODULES=$(pkg-config --variable=giomoduledir gio-2.0)"
  echo "G_SLICE=always-malloc"
  echo "GST_REGISTRY_FORK=no"
  echo "TEST_TIMEOUT_FACTOR=5"
  echo "TSAN_OPTIONS=detect_deadlocks=0:history_size=4:suppressions=$top/tests/supp/tsan.supp"
}

case ${1-} in
  build) build ;;
  env) environment ;;
  *)
    sed -n '3,8s/^# *//p' "$0" >&2
    exit 2
    ;;
esac
