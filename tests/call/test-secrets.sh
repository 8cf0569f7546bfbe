#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# test-secrets.sh: what is a secret is nowhere in what gst-launch-1.0 and
# GStreamer print of a call at the most talkative; in TAP.
set -u
. "${G_TEST_SRCDIR:?}/common/tap.sh"
members=

# Each of them another word, so that it is seen which one it was.
export SECRET_AUTH='{"token":"hush-auth"}'
export SECRET_QUERY='{"key":"hush-query"}'
export SECRET_URL='/turn/hush-path?key=hush-url'
export SECRET_ICE='[{"urls":"turn:198.18.0.1:9","username":"hush-user","credential":"hush-password"}]'
printf '%s\n' 'Bearer hush-header' >header
printf '%s\n' 'turns://hush-user2:hush-password2@198.18.0.1:9' >relay
mkdir dots

# member NAME PROPERTY...: prints into NAME.log; of what GStreamer logs, which is
# hundreds of megabytes, only what has a secret in it is kept, in NAME.found, and one
# line that is always there.
member() {
  name=$1
  shift
  mkfifo "$name.debug"
  grep -a -e hush- -e 'creating element "webrtcbin"' <"$name.debug" >"$name.found" &
  processes="$processes $!"
  GST_DEBUG_DUMP_DOT_DIR=$work/dots GST_DEBUG='*:9' GST_DEBUG_NO_COLOR=1 \
    GST_DEBUG_FILE=$name.debug gst-launch-1.0 -v -m -e \
    roomcallbin name=call room=lobby stats-interval=500 "$@" \
    audiotestsrc is-live=true volume=0.2 ! audio/x-raw,rate=8000,channels=1 ! \
    call.audio_0 call.audio_mix ! fakesink sync=true >"$name.log" 2>&1 &
  members="$members $!"
  processes="$processes $!"
}

member host signaller::run-signalling-server=true
within 60 grep -q 'roomcall/server-started.*uri=.*;' host.log
port=$(sed -n 's/.*roomcall\/server-started.*port=(uint)\([0-9]*\).*/\1/p' host.log | head -n 1)

member guest uri="http://127.0.0.1:$port" auth=env:SECRET_AUTH \
  signaller::query=env:SECRET_QUERY signaller::ice-servers-url=env:SECRET_URL \
  signaller::headers="h,Authorization=file:$work/header" \
  ice-servers=env:SECRET_ICE turn-servers="<\"file:$work/relay\">"
is "they are in a call" within 60 \
  grep -q 'roomcall/peer-state.*state=(string)connected' guest.log
is "the statistics are printed" within 60 grep -q 'roomcall/stats.*connected' guest.log
is "the servers were asked" within 60 \
  grep -q 'roomcall/warning.*No.*TURN.*server.*gives' guest.log
is "and where they are from was asked" within 60 \
  grep -q "roomcall/warning.*No.*servers.*fetched.*127.0.0.1:$port:" guest.log
# shellcheck disable=SC2086 # a list
kill -INT $members
# shellcheck disable=SC2086 # a list
wait $processes
is "there are dot files" sh -c 'ls dots/*.dot'
is "no secret in what was printed" sh -c '! grep -a hush- guest.log host.log'
is "all that GStreamer logs was looked at" \
  grep -q 'creating element "webrtcbin"' guest.found
is "no secret there" sh -c '! grep -a hush- guest.found host.found'
is "no ICE password in what was printed" sh -c '! grep -a ice-pwd guest.log host.log'

# refused PROPERTY TEXT: what is wrong with the text is said without it
refused() {
  GST_DEBUG='*:9' GST_DEBUG_NO_COLOR=1 SECRET=$2 gst-launch-1.0 -v -m \
    roomcallbin room=lobby uri=http://127.0.0.1:1 "$1" >refused.log 2>&1 && return 1
  grep -q "ERROR.*The property\|ERROR.*property turn-servers" refused.log || {
    echo "$2: no error"
    return 1
  }
  ! grep -a hush- refused.log
}
all_refused() {
  refused auth=env:SECRET '{"token":"hush-auth",}' &&
    refused signaller::query=env:SECRET '{"key":["hush-query"]}' &&
    refused signaller::ice-servers-url=env:SECRET 'ftp://hush-url' &&
    refused signaller::variables=env:SECRET '{"code":"hush-variables",}' &&
    refused signaller::variables=env:SECRET 'v,code="hush-variables' &&
    refused signaller::variables=env:SECRET 'v,code=(int)hush-variables' &&
    refused ice-servers=env:SECRET '[{"urls":"turn:hush-ice"' &&
    refused ice-servers=env:SECRET '[{"urls":"turn:x","username":"hush-ice"}]' &&
    refused 'turn-servers=<"env:SECRET">' 'turn://hush-user%0A:hush-password@x'
}
is "no secret in what is said of wrong ones" all_refused
is "neither in the dot files" sh -c '! grep -a -l -e hush- -e ice-pwd dots/*.dot'
finish
