# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by the examples that run from a checkout: what they say, and the build.
# They set $top, the checkout, and $work, a temporary folder.
# shellcheck shell=sh disable=SC2015,SC2034,SC2154

say() { printf '%s\n' "$*"; }

# fail WHAT-FAILED WHAT-TO-DO
fail() {
  printf '\n%s: %s\n%s\n' "${0##*/}" "$1" "$2" >&2
  exit 1
}

misuse() {
  printf '%s: %s\nTry --help.\n' "${0##*/}" "$1" >&2
  exit 2
}

is_number() {
  case $1 in
    '' | *[!0-9]* | ??????*) return 1 ;;
  esac
}

# require_packages PACKAGE...
require_packages() {
  install_packages "$@" ||
    fail "Packages are missing that could not be installed (see above)." \
      "Install them by hand, or give apt a way to its packages, and try again."
}

# Builds in _build, which $build is then, unless it names one already.
build_checkout() {
  [ -z "$build" ] || return 0
  build=$top/_build
  say "Building in $build"
  { [ -f "$build/build.ninja" ] ||
      meson setup "$build" "$top" -Dtests=disabled; } >"$work/build.log" 2>&1 &&
    ninja -C "$build" >>"$work/build.log" 2>&1 || {
    tail -n 30 "$work/build.log" >&2
    fail "The build failed (see above)." \
      "If $build is an old one, remove it and try again."
  }
}

# has_ended PID
has_ended() { ! kill -0 "$1" 2>/dev/null; }

# launch_tied COMMAND...: its process is $launched. In a session of its own, so that a
# Ctrl-C reaches it from here, in the right order; it ends with this script, whatever
# ends that.
launch_tied() {
  setsid setpriv --pdeathsig TERM "$@" &
  launched=$!
}
