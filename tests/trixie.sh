#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds and tests in a Debian 13 (GStreamer 1.26) of its own, in _build-trixie.
#   --can   prints what the kernel lacks for that, and fails; or is silent
#   build   makes the system if need be, and builds
#   install installs, looks for the elements, and takes them away again
#   test    runs unit and element tests; results: _build-trixie/testlog.json
set -u

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
. "$top/tools/packages.sh"
here=$top/_build-trixie
root=$here/root

# Mounts live in a namespace of their own and end with the command: nothing of
# the host is ever mounted where an rm -rf could come by.
inside() {
  $as_root unshare --mount --propagation private sh -eu -c '
    root=$1 top=$2
    shift 2
    mkdir -p "$root/src"
    mount --bind "$top" "$root/src"
    mount -o remount,bind,ro "$root/src"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount -t tmpfs tmpfs "$root/tmp"
    exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
      LANG=C.UTF-8 "$@"
  ' sh "$root" "$top" "$@"
}

can() {
  if ! $as_root unshare --mount true 2>/dev/null; then
    echo "kernel: mount namespaces are not permitted here"
    return 1
  fi
  mkdir -p "$here"
  if ! $as_root mknod "$here/probe" c 1 3 2>/dev/null; then
    echo "kernel: device nodes are not permitted here"
    return 1
  fi
  $as_root rm -f "$here/probe"
}

# How this machine reaches its packages holds for the other Debian too.
apt_options() {
  apt-config dump --format '%F "%v";%n' |
    grep -E '^Acquire::(https?(::|")|Check-|Retries|ForceIPv)' |
    grep -v '::AllowRedirect'
}

mirror() {
  apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

make_root() {
  # shellcheck disable=SC2086 # a list of words
  include=$(echo $build_packages $call_packages espeak-ng sox python3 procps \
    iproute2 nftables openssl | tr ' ' ,)
  if [ "$(cat "$here/packages" 2>/dev/null)" = "$include" ]; then
    return 0
  fi
  mkdir -p "$here"
  rm -f "$here/packages"
  $as_root rm -rf --one-file-system "$root"
  apt_options >"$here/apt.conf"
  mirror=$(mirror)
  $as_root mmdebstrap --mode=root --variant=minbase --include="$include" \
    --aptopt="$here/apt.conf" trixie "$root" \
    "${mirror:-http://deb.debian.org/debian}" || return 1
  echo "$include" >"$here/packages"
}

build_inside='
  cd /src
  again=
  [ ! -f /build/build.ninja ] || again=--reconfigure
  meson setup $again /build --prefix=/usr -Dwerror=true \
    -Dauto_features=enabled -Dtests=enabled
  ninja -C /build
'

# Installed, each element is found with nothing in the environment. Taken away
# again, so that the tests see those of the build.
install_inside='
  meson install -C /build --no-rebuild
  code=0
  for element in audiospectrumviz socketiosignaller roomcallbin; do
    gst-inspect-1.0 $element >/dev/null || { echo "no $element"; code=1; }
  done
  ninja -C /build uninstall
  exit $code
'

test_inside='
  cd /build
  rm -f meson-logs/run*
  meson devenv -C /build env GST_REGISTRY=/build/tests/registry.bin \
    tests/common/update-registry
  code=0
  meson test --no-rebuild --logbase run --print-errorlogs \
    --no-suite call --no-suite interop || code=$?
  exit $code
'

case ${1-} in
  --can) can ;;
  build) make_root && inside sh -eu -c "$build_inside" ;;
  install) inside sh -eu -c "$install_inside" ;;
  test)
    rm -f "$here/testlog.json"
    inside sh -eu -c "$test_inside"
    code=$?
    cp "$root/build/meson-logs/run.json" "$here/testlog.json"
    exit $code
    ;;
  *)
    sed -n '3,7s/^# *//p' "$0" >&2
    exit 2
    ;;
esac
