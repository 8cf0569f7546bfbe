# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by the examples and tests/run.sh: which Debian packages the project
# needs, and how to get the missing ones. Names hold on Debian 12 and 13.

# To compile.
build_packages='build-essential pkg-config meson ninja-build libglib2.0-dev
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  libgstreamer-plugins-bad1.0-dev libsoup-3.0-dev libjson-glib-dev
  libssl-dev libnice-dev'

# To hold a call, and to see and hear it.
call_packages='gstreamer1.0-tools gstreamer1.0-plugins-base
  gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-nice
  gstreamer1.0-x gstreamer1.0-alsa gstreamer1.0-pulseaudio glib-networking
  ca-certificates'

# The scene that stands in for a camera and a microphone.
scene_packages='espeak-ng sox fonts-dejavu-core'

# In front of a server: examples/https, examples/scale-out.
proxy_packages='nginx-light'

# Several room servers: examples/scale-out. redis 5 is the last one for the Node 18
# of Debian 12.
scale_out_packages='redis-server'
scale_out_modules='socket.io@4 @socket.io/redis-adapter@8 redis@5'

# The other half of the tests: compilers, instruments, a second Debian.
test_packages='clang mmdebstrap debian-archive-keyring ffmpeg iproute2 coturn
  nftables openssl procps python3 util-linux
  gobject-introspection libgirepository1.0-dev python3-gi gir1.2-json-1.0'

# To build libraries with ThreadSanitizer: tests/tsan.sh.
tsan_packages='llvm dpkg-dev flex bison libsrtp2-dev libssl-dev'

# Browsers and server of the interop tests, a loudspeaker that is none, without
# which Firefox plays and measures no sound, and a screen that is none, without which
# it shares none: package and the command it brings, because a machine may have Node
# from elsewhere, which Debian's would break.
interop_commands='nodejs:node npm:npm chromium:chromium
  firefox-esr:firefox-esr pulseaudio:pulseaudio xvfb:Xvfb'

if [ "$(id -u)" = 0 ]; then
  as_root=
else
  as_root=sudo
fi

# Prints those of the packages $@ that are not installed.
missing_packages() {
  for package; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || :
    [ "$state" = installed ] || printf '%s\n' "$package"
  done
}

# Prints those of the package:command pairs $@ whose command is not there.
missing_commands() {
  for pair; do
    command -v "${pair#*:}" >/dev/null || printf '%s\n' "${pair%%:*}"
  done
}

# Installs the packages $@ that are missing. Fails with a sentence.
install_packages() {
  wanted=$(missing_packages "$@" | tr '\n' ' ')
  [ -n "$wanted" ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "This is not a Debian: install what stands for these packages: $wanted" >&2
    return 1
  fi
  if [ -n "$as_root" ] && ! command -v sudo >/dev/null; then
    echo "Run this as root, or install sudo: these packages are missing: $wanted" >&2
    return 1
  fi
  echo "Installing $wanted"
  # A list of packages that is there may be too old to be served.
  $as_root apt-get -qq -o DPkg::Lock::Timeout=300 update || :
  # shellcheck disable=SC2086 # a list of words
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    install --no-install-recommends $wanted >/dev/null || {
    echo "apt-get could not install: $wanted" >&2
    return 1
  }
}

# install_modules DIR PACKAGE...: puts npm packages into DIR/node_modules, unless
# they are what is there.
install_modules() {
  modules_dir=$1
  shift
  [ "$(cat "$modules_dir/installed" 2>/dev/null)" = "$*" ] && return 0
  mkdir -p "$modules_dir" || return 1
  rm -f "$modules_dir/installed"
  echo '{ "private": true }' >"$modules_dir/package.json"
  npm install --prefix "$modules_dir" --no-save --no-audit --no-fund \
    --no-package-lock "$@" || return 1
  echo "$*" >"$modules_dir/installed"
}
