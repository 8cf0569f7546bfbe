#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A call between two gst-launch pipelines, from nothing. See --help.
# shellcheck disable=SC2015,SC2154 # conditions; what stats_take sets by name
set -uf

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
. "$top/tools/packages.sh"
. "$top/examples/callstats.sh"
. "$top/examples/checkout.sh"

usage() {
  cat <<'END'
Usage: sh examples/demo.sh [OPTION]...

Installs what is missing, builds, hosts a room and holds a call in it between two
gst-launch pipelines: Ada, who has your camera and microphone where there are
any, and Ben, who is a moving scene with a voice. With a display the picture of
the call opens in a window; without one, or with --output, it is recorded. A
browser can join at the address that is printed.

  --seconds N       end the call after N seconds (default: Ctrl-C ends it)
  --output FILE     record picture and sound of everybody to this WebM
  --room NAME       letters, digits, dot, dash, underscore (default: lobby)
  --port N          of the server inside (default: 0, any free one)
  --listen ADDRESS  of the server inside (default: 127.0.0.1, this machine only)
  --server URL      join a room on this server instead of hosting one
  --dialect NAME    what that server speaks: mesh (the default) or rooms
  --logs DIR        keep there what the two pipelines said
  --build-dir DIR   use this build as it is
  --help            this text

Ends with 0 only if picture and sound flowed both ways.
END
}

seconds='' output='' room=lobby port='' listen='' server='' dialect='' build=''
logs=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --*=*)
      option=${1%%=*} value=${1#*=}
      shift
      set -- "$option" "$value" "$@"
      continue ;;
    --seconds | --output | --room | --port | --listen | --server | --dialect | \
      --logs | --build-dir)
      [ $# -gt 1 ] || misuse "$1 needs a value."
      [ -n "$2" ] || misuse "$1 needs a value." ;;
    *) misuse "Unknown option $1." ;;
  esac
  case $1 in
    --seconds)
      is_number "$2" && [ "$2" -gt 0 ] ||
        misuse "--seconds takes a whole number above 0, not '$2'."
      seconds=$2 ;;
    --output) output=$2 ;;
    --room)
      case $2 in
        *[!A-Za-z0-9._-]*) misuse "--room takes letters, digits, dot, dash and underscore, not '$2'." ;;
      esac
      room=$2 ;;
    --port)
      is_number "$2" && [ "$2" -le 65535 ] ||
        misuse "--port takes a number from 0 to 65535, not '$2'."
      port=$2 ;;
    --listen)
      case $2 in
        *[!0-9A-Za-z.:-]*) misuse "--listen takes an address, not '$2'." ;;
      esac
      listen=$2 ;;
    --server)
      case $2 in
        http://?* | https://?* | ws://?* | wss://?*) ;;
        *) misuse "--server takes a URL such as https://calls.example.org, not '$2'." ;;
      esac
      server=$2 ;;
    --dialect)
      case $2 in
        *[!a-z0-9-]*) misuse "--dialect takes a name such as mesh or rooms, not '$2'." ;;
      esac
      dialect=$2 ;;
    --logs) logs=$2 ;;
    --build-dir) build=$2 ;;
  esac
  shift 2
done
if [ -n "$server" ] && [ -n "$listen$port" ]; then
  misuse "--listen and --port belong to the server inside: not together with --server."
fi
if [ -z "$server" ] && [ -n "$dialect" ]; then
  misuse "--dialect goes with --server; the server inside speaks mesh."
fi
if [ -n "$output" ]; then
  case $output in
    /*) ;;
    *) output=$PWD/$output ;;
  esac
  [ -d "$(dirname "$output")" ] && [ -w "$(dirname "$output")" ] &&
    [ ! -d "$output" ] || misuse "--output: cannot write $output."
fi

# What the work needs, and the build.
# shellcheck disable=SC2086 # lists of words
require_packages $build_packages $call_packages $scene_packages
work=$(mktemp -d) || exit 1
: "${logs:=$work}"
mkdir -p "$logs" || exit 1

# Processes of the two members; see launch.
ada='' ben='' keep=''
clean_up() {
  for pid in $ada $ben; do
    kill -KILL "$pid" 2>/dev/null
  done
  [ -n "$keep" ] || rm -rf "$work"
}
trap clean_up EXIT
interrupted=
trap 'interrupted=yes' INT TERM HUP

build_checkout
set +u # it appends to variables that need not be there
eval "$(meson devenv -C "$build" --dump)"
set -u
for element in roomcallbin socketiosignaller; do
  gst-inspect-1.0 "$element" >/dev/null 2>&1 ||
    fail "There is no element $element." \
      "$build was made without it: remove that folder and try again."
done

# libnice, which makes the connections, passes the loopback over.
addresses=$(hostname -I 2>/dev/null | tr -s ' ') || addresses=
[ -n "${addresses# }" ] ||
  fail "This machine has no network address but the loopback (127.0.0.1), over which no call can be connected." \
    "Connect it to any network, or give it an address of its own: sudo ip link add call0 type dummy && sudo ip addr add 198.18.0.1/24 dev call0 && sudo ip link set call0 up"

# What went wrong in a member, in GStreamer's words: its error, or its first
# warning.
error_of() {
  sed -n 's/^ERROR: from element [^ ]*: //p
    s/^WARNING: erroneous pipeline: *//p' "$logs/$1.log" | grep -m 1 . ||
    sed -n 's/^WARNING: from element [^ ]*: //p' "$logs/$1.log" | head -n 1
}

fail_with_logs() {
  keep=yes
  fail "$1" "$2
What the two pipelines said is in $logs/ada.log and $logs/ben.log."
}

# probe ELEMENT...: whether a source gives anything, within five seconds.
probe() {
  timeout -k 1 5 gst-launch-1.0 -q "$@" num-buffers=2 ! fakesink >/dev/null 2>&1
}

# Where it finds no sink, autovideosink warns and takes one that shows nothing.
can_show() {
  timeout -k 1 10 gst-launch-1.0 -q videotestsrc num-buffers=0 ! autovideosink \
    >"$work/display.log" 2>&1 && ! grep -q '^WARNING' "$work/display.log"
}

ada_video='' ada_audio=''
if [ -e /dev/video0 ] && probe v4l2src; then
  say "Ada has your camera."
  ada_video='v4l2src ! decodebin ! videoconvert ! videoscale ! videorate !
    video/x-raw,format=I420,width=640,height=360,framerate=25/1'
fi
if [ -S "${XDG_RUNTIME_DIR:-/nowhere}/pulse/native" ] && probe pulsesrc; then
  ada_audio='pulsesrc ! audioconvert ! audioresample'
elif [ -d /dev/snd ] && probe alsasrc; then
  ada_audio='alsasrc ! audioconvert ! audioresample'
fi
[ -z "$ada_audio" ] ||
  say "Ada has your microphone: with loudspeakers, expect an echo."
for member in ada ben; do
  sh "$top/examples/scene.sh" speech $member "$work/$member.s16" ||
    fail "espeak-ng and sox could not make the voice of $member." \
      "See what they said above."
done
scene() { sh "$top/examples/scene.sh" "$@"; }
[ -n "$ada_video" ] || ada_video=$(scene video ada)
[ -n "$ada_audio" ] || ada_audio=$(scene audio ada "$work/ada.s16")

# Where the picture of the call goes. A display may be named and not be there; a
# sink of no pictures connects to it, and opens no window.
window=
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  if can_show >/dev/null 2>&1; then
    window=yes
  else
    say "The display ${WAYLAND_DISPLAY:-$DISPLAY} cannot be opened: the call is recorded only."
  fi
fi
if [ -z "$output" ] && [ -z "$window" ]; then
  output=$PWD/call-$(date +%Y%m%d-%H%M%S).webm
fi
# Two cores have to do for both members and the recording.
program='video/x-raw,width=960,height=540,framerate=25/1'
record_video='queue ! videoconvert ! vp8enc deadline=1 cpu-used=16 threads=1
  target-bitrate=1500000 keyframe-max-dist=60 ! queue ! mux.'
record_audio='queue ! audioconvert ! audioresample ! opusenc ! queue ! mux.'
window_video='queue ! videoconvert ! autovideosink'
window_audio='queue ! audioconvert ! audioresample ! autoaudiosink'

# launch MEMBER DESCRIPTION...: starts a member; its process is $launched. Its log
# holds its bus messages (-m). In a session of its own, so that a Ctrl-C reaches
# it once, from here: a second one would cut the recording short.
launch() {
  member=$1
  shift
  setsid gst-launch-1.0 -e -m "$@" >"$logs/$member.log" 2>&1 &
  launched=$!
}

# shellcheck disable=SC2046,SC2086 # descriptions are lists of words
launch_ada() {
  set -- name=call "room=$room" display-name=Ada stats-interval=1000
  if [ -n "$server" ]; then
    set -- "$@" "uri=$server" "dialect=${dialect:-mesh}"
  else
    set -- "$@" signaller::run-signalling-server=true \
      "signaller::signalling-server-host=${listen:-127.0.0.1}" \
      "signaller::signalling-server-port=${port:-0}"
  fi
  set -- roomcallbin "$@" $ada_video ! queue ! call.video_0 \
    $ada_audio ! queue ! call.audio_0
  if [ -n "$output" ]; then
    set -- "$@" webmmux name=mux ! filesink "location=$output"
  fi
  if [ -n "$output" ] && [ -n "$window" ]; then
    set -- "$@" call.video_program ! $program ! tee name=picture ! $record_video \
      picture. ! $window_video \
      call.audio_program ! tee name=sound ! $record_audio \
      sound. ! $window_audio
  elif [ -n "$output" ]; then
    set -- "$@" call.video_program ! $program ! $record_video \
      call.audio_program ! $record_audio
  else
    set -- "$@" call.video_program ! $program ! $window_video \
      call.audio_program ! $window_audio
  fi
  launch ada "$@"
  ada=$launched
}

# shellcheck disable=SC2046 # descriptions are lists of words
launch_ben() {
  launch ben roomcallbin name=call "room=$room" display-name=Ben \
    stats-interval=1000 "uri=$1" "dialect=${dialect:-mesh}" \
    $(scene video ben) ! queue ! call.video_0 \
    $(scene audio ben "$work/ben.s16") ! queue ! call.audio_0 \
    call.video_mix ! video/x-raw,width=320,height=180,framerate=10/1 ! queue ! \
    fakesink sync=true async=false \
    call.audio_mix ! queue ! fakesink sync=true async=false
  ben=$launched
}

now_ms() { date +%s%3N; }

# wait_for SECONDS WHAT CONDITION...: FALSE if the condition does not come true in
# that time, or cannot because a member has ended. Says each second what it is
# that is waited for.
wait_for() {
  begun=$(now_ms) told=0
  deadline=$((begun + $1 * 1000)) waiting_for=$2
  shift 2
  until "$@"; do
    elapsed=$(($(now_ms) - begun))
    if [ $((elapsed / 1000)) -gt $told ]; then
      told=$((elapsed / 1000))
      printf '%4d s   waiting %s\n' $told "$waiting_for"
    fi
    [ "$(now_ms)" -lt $deadline ] && [ -z "$interrupted" ] || return 1
    for pid in $ada $ben; do
      kill -0 "$pid" 2>/dev/null || return 1
    done
    sleep 0.1
  done
}

is_hosting() { [ -n "$(bus_message "$logs/ada.log" roomcall/server-started)" ]; }

has_joined() { [ -n "$(bus_message "$logs/$1.log" roomcall/joined)" ]; }

# enter MEMBER NAME: waits until the member is in the room.
enter() {
  wait_for 25 "for $2 to enter the room" has_joined "$1" ||
    [ -n "$interrupted" ] ||
    fail_with_logs "The room $room on $server could not be entered within 25 s: $(error_of "$1")" \
      "Check that the server is running and can be reached, and that it speaks the dialect ${dialect:-mesh} (see --dialect)."
}

take_stats() {
  stats_take ada "$logs/ada.log"
  stats_take ben "$logs/ben.log"
}

# A second of picture and of sound, in each direction.
flows() {
  take_stats
  [ "$ada_video_in" -ge 20 ] && [ "$ada_audio_in" -ge 20 ] &&
    [ "$ben_video_in" -ge 20 ] && [ "$ben_audio_in" -ge 20 ]
}

missing_flows() {
  take_stats
  for flow in "picture:Ben:Ada:$ada_video_in" "sound:Ben:Ada:$ada_audio_in" \
    "picture:Ada:Ben:$ben_video_in" "sound:Ada:Ben:$ben_audio_in"; do
    what=${flow%%:*} rest=${flow#*:}
    from=${rest%%:*} rest=${rest#*:}
    to=${rest%%:*} count=${rest#*:}
    [ "$count" -ge 20 ] || printf 'no %s from %s reached %s; ' "$what" "$from" "$to"
  done
}

# One line a second until the call is to end.
hold_call() {
  connected=$(now_ms)
  while [ -z "$interrupted" ]; do
    sleep 1
    take_stats
    elapsed=$(($(now_ms) - connected))
    printf '%4d s   %d peers   Ada: %d fps, %d kbit/s in, %d out   Ben: %d fps, %d kbit/s in, %d out\n' \
      $((elapsed / 1000)) "$ada_peers" \
      "$ada_fps_in" "$ada_kbit_in" "$ada_kbit_out" \
      "$ben_fps_in" "$ben_kbit_in" "$ben_kbit_out"
    for member in ada ben; do
      eval "pid=\$$member"
      kill -0 "$pid" 2>/dev/null ||
        fail_with_logs "The pipeline of $member ended in the middle of the call: $(error_of $member)" \
          "If that does not tell what to do, run it again with GST_DEBUG=3 in the environment."
    done
    [ -n "$seconds" ] && [ $elapsed -ge $((seconds * 1000)) ] && return
  done
}

# leave MEMBER PID: as Ctrl-C would; the pipeline ends its streams and itself.
leave() {
  kill -INT "$2" 2>/dev/null
  deadline=$(($(now_ms) + 10000))
  until has_ended "$2"; do
    [ "$(now_ms)" -lt $deadline ] ||
      fail_with_logs "The pipeline of $1 did not end within 10 s of Ctrl-C." \
        "This is a fault of roomcallbin: please report it with the log."
    sleep 0.1
  done
  wait "$2" ||
    fail_with_logs "The pipeline of $1 ended with an error: $(error_of "$1")" \
      "If that does not tell what to do, run it again with GST_DEBUG=3 in the environment."
}

launch_ada
if [ -z "$server" ]; then
  wait_for 30 "for the room to open" is_hosting ||
    fail_with_logs "The room could not be opened: $(error_of ada)" \
      "Is another program using that port? Leave out --port to take any free one, and --listen to take 127.0.0.1."
  started=$(bus_message "$logs/ada.log" roomcall/server-started)
  server=$(message_field "$started" uri)
  page=$server
  case $listen in
    0.0.0.0 | ::)
      # shellcheck disable=SC2086 # a list of words
      set -- $addresses
      page=http://$1:$(message_field "$started" port) ;;
  esac
  say "A browser can join at ${page%/}/?room=$room"
else
  say "Any other member of the room $room on $server will be seen as well."
fi
enter ada Ada
launch_ben "$server"
enter ben Ben
if ! wait_for 40 "for picture and sound to flow" flows; then
  [ -n "$interrupted" ] || fail_with_logs \
    "The two members did not get picture and sound from each other within 40 s: $(missing_flows)$(error_of ada)$(error_of ben)" \
    "A firewall on this machine may drop UDP between its own addresses ($addresses), or other programs leave too little of its processors ($(nproc), with a load of $(cut -d' ' -f1 /proc/loadavg)): stop them and try again."
fi
hold_call
broken=$(missing_flows)
# In this order, so that the recording does not end without Ben in it.
leave ada "$ada"
leave ben "$ben"
ada='' ben=''
[ -z "$broken" ] || fail_with_logs "The call ended too early: ${broken%; }." \
  "Let it run for longer."
if [ -n "$output" ]; then
  [ -s "$output" ] || fail_with_logs "$output is empty." \
    "Is the disk full? See the log of ada."
  say "Recorded in $output"
fi
say "Picture and sound flowed both ways."
