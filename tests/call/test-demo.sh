#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# test-demo.sh BUILD: examples/demo.sh as a user runs it, in TAP.
set -u
build=${1:?}
demo=${G_TEST_SRCDIR:?}/../examples/demo.sh
. "$G_TEST_SRCDIR/common/tap.sh"
unset DISPLAY WAYLAND_DISPLAY

# refuses EXIT-CODE SENTENCE OPTION...: within 60 s, in words
refuses() {
  wanted=$1 sentence=$2
  shift 2
  timeout 60 sh "$demo" --build-dir "$build" "$@" >refusal 2>&1
  code=$?
  cat refusal
  [ $code = "$wanted" ] && grep -q "$sentence" refusal
}

held() {
  timeout 150 sh "$demo" --build-dir "$build" --seconds 15 --logs logs "$@" \
    >demo 2>&1
  code=$?
  cat demo
  return $code
}

status_lines() {
  [ "$(grep -c '^ *[0-9]* s .* peers .*Ada: .* fps, .*Ben: .* fps,' demo)" -ge 8 ]
}

is "a call of fifteen seconds" held --output call.webm --room demo
cat demo >&2
is "the address for a browser" \
  grep -E '^A browser can join at http://127\.0\.0\.1:[0-9]+/\?room=demo$' demo
is "a line a second" status_lines
is "picture and sound of both in the recording" \
  "$build/tests/common/measure-file" --grid 2x1 --tone 520 --tone 780 \
  --seconds 8 call.webm
is "no CRITICAL" "$build/tests/common/find-criticals" logs/ada.log logs/ben.log

display_is_dead() {
  DISPLAY=:4242 timeout 100 sh "$demo" --build-dir "$build" --seconds 4 >demo 2>&1
  code=$?
  cat demo
  [ $code = 0 ] && grep -q '^The display :4242 cannot be opened' demo &&
    grep -q '^Recorded in .*/call-.*\.webm$' demo
}
is "a display that is not there" display_is_dead
is "a line a second before the call as well" grep -E '^ *[0-9]+ s   waiting for' demo

is "a server that is not there" refuses 1 'could not be entered within 25 s: Nothing answers' \
  --server http://127.0.0.1:9 --seconds 2 --output none.webm
is "an address that is not ours" refuses 1 'The room could not be opened' \
  --listen 192.0.2.77 --seconds 2 --output none.webm
is "an option that is not one" refuses 2 'Unknown option' --sceonds 3
is "a port that is not one" refuses 2 'from 0 to 65535' --port 65536
is "a length that is not one" refuses 2 'above 0' --seconds 0
is "a recording nowhere" refuses 2 'cannot write' --output /nowhere/x.webm
finish
