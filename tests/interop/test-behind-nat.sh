#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# test-behind-nat.sh BUILD: two hosts behind two NATs, one of them symmetric, that
# only the relay of docs/behind-nat.md joins; in TAP. Runs inside netns.sh: its
# namespace is the router between them.
set -u
build=${1:?}
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
. "$top/examples/callstats.sh"
. "$top/tests/common/tap.sh"

# --- the network ---

# A namespace lives as long as the process that holds it.
make_namespace() {
  unshare --net -- sleep 600 &
  holder=$!
  processes="$processes $holder"
  within 10 is_apart "$holder" || exit 1
  nsenter -t "$holder" -n ip link set lo up
}
is_apart() {
  [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

# make_site N RULE: a host (10.N.0.2) behind a NAT (198.18.N.2)
make_site() {
  make_namespace && nat=$holder
  make_namespace && host=$holder
  ip link add "nat$1" type veth peer name out netns "$nat"
  nsenter -t "$nat" -n ip link add in type veth peer name eth0 netns "$host"
  ip addr add "198.18.$1.1/24" dev "nat$1"
  ip link set "nat$1" up
  nsenter -t "$nat" -n sh -eu -c '
    ip addr add "198.18.$1.2/24" dev out
    ip addr add "10.$1.0.1/24" dev in
    ip link set out up
    ip link set in up
    ip route add default via "198.18.$1.1"
    echo 1 >/proc/sys/net/ipv4/ip_forward
    nft "add table ip nat"
    nft "add chain ip nat post { type nat hook postrouting priority 100; }"
    nft "add rule ip nat post oifname out $2"' sh "$1" "$2" || exit 1
  nsenter -t "$host" -n sh -eu -c '
    ip addr add "10.$1.0.2/24" dev eth0
    ip link set eth0 up
    ip route add default via "10.$1.0.1"' sh "$1" || exit 1
}

echo 1 >/proc/sys/net/ipv4/ip_forward
# With one address, as a machine that is rented has it.
make_namespace && server=$holder
ip link add server type veth peer name eth0 netns "$server"
ip addr add 198.18.3.1/24 dev server
ip link set server up
nsenter -t "$server" -n sh -eu -c '
  ip addr add 198.18.3.2/24 dev eth0
  # To relay to IPv6 with; nobody else has any.
  ip addr add 2001:db8::2/64 dev eth0 nodad
  ip link set eth0 up
  ip route add default via 198.18.3.1' || exit 1
make_site 1 masquerade
ada=$host
# Another port for each destination.
make_site 2 'masquerade fully-random'
ben=$host

# --- the servers ---

sed -n '/^```ini$/,/^```$/p' "$top/docs/behind-nat.md" | sed '1d;$d' >turnserver.conf
# 198.18.0.0/15 is not the internet: what is public here is let through. One address
# in it that is not is asked for below.
echo 'allowed-peer-ip=198.18.0.0-198.18.3.255' >>turnserver.conf
nsenter -t "$server" -n turnserver -c turnserver.conf --pidfile='' \
  --userdb="$work/turndb" --verbose >coturn.log 2>&1 &
processes="$processes $!"
is "coturn with the configuration of docs/behind-nat.md" \
  within 20 grep -q 'UDP listener opened on: 198.18.3.2:3478' coturn.log

nsenter -t "$server" -n gst-launch-1.0 -m socketiosignaller run-signalling-server=true \
  signalling-server-host=198.18.3.2 >server.log 2>&1 &
processes="$processes $!"
is "a room server" within 20 grep -q 'roomcall/server-started' server.log
uri=http://198.18.3.2:$(message_field "$(bus_message server.log roomcall/server-started)" port)

printf '%s\n' \
  'turn://roomcall:change-this-password@198.18.3.2:3478?transport=udp' >relay

# --- the calls ---

# member NAME HOST ROOM TONE PROPERTY...
member() {
  name=$1 netns=$2 room=$3 tone=$4
  shift 4
  nsenter -t "$netns" -n gst-launch-1.0 -m -e \
    roomcallbin name=call uri="$uri" room="$room" display-name="$name" \
    stun-server=stun://198.18.3.2:3478 stats-interval=500 "$@" \
    videotestsrc is-live=true horizontal-speed=8 ! \
    video/x-raw,width=160,height=120,framerate=15/1 ! call.video_0 \
    audiotestsrc is-live=true freq="$tone" volume=0.2 ! \
    audio/x-raw,rate=48000,channels=1 ! call.audio_0 \
    call.video_mix ! video/x-raw,width=160,height=120,framerate=15/1 ! \
    vp8enc deadline=1 ! queue ! mux. \
    call.audio_mix ! opusenc ! queue ! webmmux name=mux ! \
    filesink location="$name.webm" >"$name.log" 2>&1 &
  eval "$name=$!"
  processes="$processes $!"
}

# flows NAME: three seconds of picture came
flows() {
  stats_take got "$1.log"
  # shellcheck disable=SC2154 # set by stats_take
  [ "$got_video_in" -ge 45 ] && [ "$got_audio_in" -ge 100 ]
}

# A structure in a message is text, with a backslash before what has a meaning.
has_relay() {
  line=$(bus_message "$1.log" roomcall/stats | tr -d '\\')
  echo "$line"
  case $line in
    *candidate-type=\(string\)relay,*) ;;
    *) return 1 ;;
  esac
}

failed() {
  line=$(bus_message "$1.log" roomcall/peer-state)
  echo "$line"
  [ "$(message_field "$line" state)" = failed ] &&
    message_field "$line" reason | grep 'No connection with the peer came about'
}

ends() {
  kill -INT "$@"
  for pid; do
    wait "$pid"
  done
}

member direct_a "$ada" direct 440 ice-timeout=4000
within 20 grep -q 'roomcall/joined' direct_a.log
member direct_b "$ben" direct 880 ice-timeout=4000
is "without a relay there is no path" \
  within 30 failed direct_a
# shellcheck disable=SC2154 # set by member
ends "$direct_a" "$direct_b"

member relay_a "$ada" relay 440
within 20 grep -q 'roomcall/joined' relay_a.log
member relay_b "$ben" relay 880 'turn-servers=<"file:relay">'
is "the relay of one of them joins them: this way" within 30 flows relay_a
is "and that way" within 30 flows relay_b
is "the statistics of one say so" has_relay relay_a
is "and of the other" has_relay relay_b
# shellcheck disable=SC2154 # set by member
ends "$relay_a" "$relay_b"
is "picture and sound here" \
  "$build/tests/common/measure-file" --tone 880 --seconds 3 relay_a.webm
is "and there" \
  "$build/tests/common/measure-file" --tone 440 --seconds 3 relay_b.webm
is "all that the relay reserved is given back" \
  within 5 sh -c '[ "$(grep -c "lifetime=0" coturn.log)" -ge \
    "$(grep -c ": new, realm=" coturn.log)" ]'

# One of each kind that no call has to reach; then what the internet has.
denied='0.0.0.1 10.0.0.1 100.64.0.1 127.0.0.1 169.254.169.254 172.31.0.1 192.0.0.8
  192.88.99.1 192.168.5.1 198.19.0.1 224.0.0.1 240.0.0.1 255.255.255.255
  :: ::1 ::10.0.0.1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 64:ff9b::10.0.0.1
  2001:0:a00:1::1 2002:a00:1::1 fc00::1 fd00:198:18::1 fe80::1 fec0::1 ff02::1'
permitted='198.18.1.2 8.8.8.8 192.0.1.1 203.0.114.1 2001:200::1 2a00::1 3fff::1'
peers() {
  # shellcheck disable=SC2086 # lists
  nsenter -t "$server" -n python3 "$top/tests/interop/turn-peers.py" 198.18.3.2 \
    roomcall change-this-password $denied $permitted >peers.txt || return 1
  {
    # shellcheck disable=SC2086
    printf '%s 403\n' $denied
    # shellcheck disable=SC2086
    printf '%s 0\n' $permitted
  } | diff - peers.txt
}
is "nobody gets into a private network through the relay" peers
is "no password in what they printed" sh -c '! grep -l change-this-password ./*_?.log'
is "no CRITICAL" "$build/tests/common/find-criticals" relay_a.log
is "nor there" "$build/tests/common/find-criticals" relay_b.log
finish
