# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by tests that are shell scripts: they are then in a folder of their own,
# $work, say in TAP what they find, and end with `finish`.

n=0 bad=0
# What ends with the test; add to it each process that is started.
processes=
work=$(mktemp -d)

cleanup() {
  # shellcheck disable=SC2086 # a list
  [ -z "$processes" ] || kill -KILL $processes 2>/dev/null
  wait 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
cd "$work" || exit 1

# is WHAT COMMAND...: whether it succeeds; what it printed is shown if not
is() {
  n=$((n + 1))
  what=$1
  shift
  if "$@" >out 2>&1; then
    echo "ok $n - $what"
  else
    echo "not ok $n - $what"
    cut -c1-600 out | head -n 60 | sed 's/^/# /'
    bad=$((bad + 1))
  fi
}

# equals GOT WANTED
equals() {
  [ "$1" = "$2" ] || {
    echo "got '$1', wanted '$2'"
    return 1
  }
}

# within SECONDS COMMAND...: waits until it succeeds
within() {
  end=$(($(date +%s) + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$end" ] || {
      tail -n 20 ./*.log 2>/dev/null
      return 1
    }
    sleep 0.1
  done
}

finish() {
  echo "1..$n"
  [ $bad = 0 ]
  exit
}
