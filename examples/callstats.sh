# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced: reads the bus messages of roomcallbin in the output of
# "gst-launch-1.0 -m", for scripts that hold a call.

# bus_message FILE NAME: the last message of that name, or nothing. The last
# line is left out while it is being written.
bus_message() {
  sed -n "/^Got message #[0-9]* from element .*(element): $(printf %s "$2" |
    sed 's:/:\\/:g')[,;]/h; \${x;p;}" "$1" 2>/dev/null
}

# message_field MESSAGE FIELD: a number or a string of it, or nothing. Of two
# fields of that name, as in a structure within the message, the first.
message_field() {
  printf '%s\n' "$1" | sed -n '
    s/[ ,]'"$2"'=([A-Za-z0-9]*)/\n/
    /\n/!d
    s/.*\n//
    /^"/!s/[,;].*//
    s/^"\([^"]*\)".*/\1/
    s/\\\(.\)/\1/g
    p'
}

# stats_take PREFIX FILE: the last roomcall/stats message as shell variables: the
# totals PREFIX_peers, PREFIX_video_in, PREFIX_video_out, PREFIX_audio_in,
# PREFIX_audio_out, PREFIX_bytes_in, PREFIX_bytes_out, and since the message
# before it (stats-interval=1000) PREFIX_fps_in, PREFIX_kbit_in, PREFIX_kbit_out.
# All are 0 before the first message.
stats_take() {
  eval "$(awk -v prefix="$1" '
    function total(message, name) {
      if (!match(message, "[ ,]" name "=[(][a-z0-9]+[)][0-9]+"))
        return 0
      message = substr(message, RSTART, RLENGTH)
      sub(/.*[)]/, "", message)
      return message + 0
    }
    function set(name, value) {
      printf "%s_%s=%.0f\n", prefix, name, value
    }
    # What was added since the last message; nothing is known where a peer left
    # and took its totals along.
    function compare(now, fps, bytes_in, bytes_out) {
      fps = total(now, "video-frames-in") - total(last, "video-frames-in")
      bytes_in = total(now, "bytes-in") - total(last, "bytes-in")
      bytes_out = total(now, "bytes-out") - total(last, "bytes-out")
      if (last == "" || fps < 0 || bytes_in < 0 || bytes_out < 0)
        return
      fps_in = fps
      kbit_in = bytes_in * 8 / 1000
      kbit_out = bytes_out * 8 / 1000
    }
    # A line that is still being written lacks its end.
    /^Got message .*[(]element[)]: roomcall\/stats,.*;$/ {
      compare($0)
      last = $0
    }
    END {
      set("peers", total(last, "peers"))
      set("video_in", total(last, "video-frames-in"))
      set("video_out", total(last, "video-frames-out"))
      set("audio_in", total(last, "audio-buffers-in"))
      set("audio_out", total(last, "audio-buffers-out"))
      set("bytes_in", total(last, "bytes-in"))
      set("bytes_out", total(last, "bytes-out"))
      set("fps_in", fps_in)
      set("kbit_in", kbit_in)
      set("kbit_out", kbit_out)
    }' "$2")"
}
