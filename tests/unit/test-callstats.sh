#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# examples/callstats.sh, in TAP.
# shellcheck disable=SC1091,SC2154 # what stats_take sets by name
set -u
. "${G_TEST_SRCDIR:?}/../examples/callstats.sh"
. "$G_TEST_SRCDIR/common/tap.sh"
log=log
: >log

stats_take a "$log"
is "nothing yet" equals "$a_peers $a_video_in $a_bytes_out" "0 0 0"

cat >"$log" <<'END'
Setting pipeline to PAUSED ...
Got message #11 from element "signaller" (element): roomcall/server-started, host=(string)127.0.0.1, port=(uint)40123, uri=(string)"http://127.0.0.1:40123/\?a\=b";
Got message #20 from element "call" (element): roomcall/stats, peers=(uint)1, video-frames-in=(guint64)10, video-frames-out=(guint64)12, audio-buffers-in=(guint64)40, audio-buffers-out=(guint64)41, bytes-in=(guint64)1000, bytes-out=(guint64)2000, peer-stats=(structure)< [peer, video-frames-in=(guint64)77;] >;
Got message #21 from element "level0" (element): level, peers=(uint)9;
Got message #30 from element "call" (element): roomcall/stats, peers=(uint)2, video-frames-in=(guint64)40, video-frames-out=(guint64)42, audio-buffers-in=(guint64)90, audio-buffers-out=(guint64)91, bytes-in=(guint64)18446744073, bytes-out=(guint64)5000;
Got message #31 from element "other" (element): roomcall/statistics, peers=(uint)5;
END
started=$(bus_message "$log" roomcall/server-started)
is "a string" equals "$(message_field "$started" host)" 127.0.0.1
is "a quoted string" equals "$(message_field "$started" uri)" 'http://127.0.0.1:40123/?a=b'
is "a number" equals "$(message_field "$started" port)" 40123
is "no such field" equals "$(message_field "$started" ort)" ''
is "no such message" equals "$(bus_message "$log" roomcall/joined)" ''
stats_take a "$log"
is "the last totals" equals \
  "$a_peers $a_video_in $a_video_out $a_audio_in $a_audio_out $a_bytes_in $a_bytes_out" \
  "2 40 42 90 91 18446744073 5000"
is "the change since the message before" equals \
  "$a_fps_in $a_kbit_in $a_kbit_out" "30 147573945 24"
cp "$log" "$log.left"
sed -n '/#20/p' "$log" >>"$log.left"
stats_take a "$log.left"
is "the rates of before, when a peer left" equals "$a_video_in $a_fps_in" "10 30"
printf '%s' 'Got message #40 from element "call" (element): roomcall/stats, peers=(uint)2, video-frames-in=(guint64)4' >>"$log"
stats_take a "$log"
is "a line that is not written yet" equals "$a_video_in" 40
sed -i '/#30/d' "$log"
stats_take a "$log"
is "totals, not those of a peer" equals "$a_peers $a_video_in" "1 10"
is "no change known yet" equals "$a_fps_in $a_kbit_in" "0 0"
finish
