#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What stands in for a camera and a microphone: a moving picture with a name and
# a clock, and a voice. Two members, ada and ben, who look and sound different.
# Needs espeak-ng and sox.
#
#   scene.sh speech MEMBER FILE   writes five seconds of speech, to be repeated:
#                                 48000 Hz, mono, S16LE. It begins with a chime,
#                                 520 Hz for ada, 780 Hz for ben, that tells in
#                                 any mix whether that member is heard.
#   scene.sh video MEMBER         prints the GStreamer elements of the picture
#   scene.sh audio MEMBER FILE    prints the GStreamer elements of the voice
set -eu

usage() {
  sed -n '7,12s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

[ $# -ge 2 ] || usage
case $2 in
  ada)
    name=Ada voice=en-gb+f3 pitch=60 chime=520 begin=0
    text='Hello, this is Ada. Can you see the pillar running by?'
    picture='pattern=bar horizontal-speed=32 foreground-color=0xfff2c14e background-color=0xff14405c' ;;
  ben)
    name=Ben voice=en-us+m3 pitch=35 chime=780 begin=2.5
    text='Good morning, Ben here. I hear you well, and my bars run.'
    picture='pattern=smpte75 horizontal-speed=20' ;;
  *) usage ;;
esac

# A chime and a sentence, at an even level, in a loop of exactly five seconds that
# begins elsewhere for each, so that they do not always talk over each other.
speech() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  espeak-ng -v "$voice" -p "$pitch" -s 170 -w "$work/words.wav" "$text"
  sox -V1 -R -n -r 48000 -c 1 -b 16 "$work/chime.wav" \
    synth 0.3 sine "$chime" gain -9 fade q 0.02 0.3 0.1
  sox -V1 -R -G "$work/words.wav" -r 48000 -c 1 -b 16 "$work/level.wav" \
    norm -3
  sox -V1 -R "$work/chime.wav" "$work/level.wav" "$work/turn.wav" pad 0 5 trim 0 5
  sox -V1 -R "$work/turn.wav" "$work/turn.wav" -t raw -e signed -b 16 -L "$1" \
    trim "$begin" 5
}

case $1 in
  speech)
    [ $# = 3 ] || usage
    speech "$3" ;;
  video)
    printf '%s ' videotestsrc is-live=true "$picture" ! \
      video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! \
      textoverlay "text=$name" valignment=bottom halignment=left \
      'font-desc="DejaVu Sans Bold 28"' ! \
      clockoverlay valignment=bottom halignment=right \
      'font-desc="DejaVu Sans Bold 28"' ;;
  audio)
    # The file comes as one buffer of five seconds: too much at once for a call.
    [ $# = 3 ] || usage
    printf '%s ' multifilesrc "location=\"$3\"" loop=true ! \
      rawaudioparse use-sink-caps=false format=pcm pcm-format=s16le \
      sample-rate=48000 num-channels=1 ! audioconvert ! \
      audiobuffersplit output-buffer-duration=1/50 ;;
  *) usage ;;
esac
