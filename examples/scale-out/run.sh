#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rooms on two backends behind one address, from nothing. See --help.
# shellcheck disable=SC2015,SC2154,SC2317 # conditions; what tools/packages.sh sets; traps
set -uf

here=$(cd "$(dirname "$0")" && pwd) || exit 1
top=$(cd "$here/../.." && pwd) || exit 1
. "$top/tools/packages.sh"
. "$top/examples/checkout.sh"
PATH=$PATH:/usr/sbin:/sbin # where nginx is

usage() {
  cat <<'END'
Usage: sh examples/scale-out/run.sh [OPTION]...

Installs what is missing and hosts rooms on two Node processes, which know of each
other through a redis of their own, behind an nginx. Prints the address at which
pipelines and browsers join, and each process, so that you can kill one in a call.
Ctrl-C ends it all.

  --port N          to listen at (default: 8080; 0: any free one)
  --listen ADDRESS  to listen at (default: 127.0.0.1, this machine only)
  --allowed-host NAME  by which it may be asked, besides addresses and localhost;
                    several times
  --modules DIR     take the npm packages from there as they are
  --help            this text

See docs/scale-out.md.
END
}

port=8080 listen=127.0.0.1 modules='' names=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --port | --listen | --allowed-host | --modules)
      [ $# -gt 1 ] && [ -n "$2" ] || misuse "$1 needs a value." ;;
    *) misuse "Unknown option $1." ;;
  esac
  case $1 in
    --port)
      { is_number "$2" && [ "$2" -le 65535 ]; } ||
        misuse "--port takes a number from 0 to 65535, not '$2'."
      port=$2 ;;
    --listen)
      case $2 in
        *[!0-9A-Fa-f.:]*) misuse "--listen takes an address, not '$2'." ;;
      esac
      listen=$2 ;;
    --allowed-host)
      case $2 in
        -* | *[!A-Za-z0-9.-]*) misuse "--allowed-host takes a name, not '$2'." ;;
      esac
      names="$names $2" ;;
    --modules)
      modules=$(cd "$2" 2>/dev/null && pwd) || misuse "--modules takes a folder, not '$2'." ;;
  esac
  shift 2
done
case $listen in
  *:*) listen="[$listen]" ;;
esac

# What the work needs.
missing=$(missing_commands nodejs:node npm:npm redis-server:redis-server \
  "$proxy_packages:nginx" util-linux:setpriv)
if [ -n "$missing" ]; then
  say "To be installed:" "$missing"
  say "Debian starts services of nginx (port 80) and redis (127.0.0.1) with them, which this does not need:"
  say "  sudo systemctl disable --now nginx redis-server"
  # shellcheck disable=SC2086 # a list of words
  require_packages $missing
fi
if [ -z "$modules" ]; then
  modules=$top/_build-scale-out
  say "npm packages are in $modules"
  # shellcheck disable=SC2086 # a list of words
  install_modules "$modules" $scale_out_modules ||
    fail "npm could not install: $scale_out_modules." \
      "See what it said above; it needs a way to its registry."
fi

work=$(mktemp -d) || exit 1
pids=''
# The last one that was started first: who is at a backend is cut off from it by nginx,
# and a backend tells redis that it goes.
clean_up() {
  for pid in $pids; do
    leave "$pid"
  done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# leave PID: ends it, in 3 s at most
leave() {
  kill "$1" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    has_ended "$1" && break
    sleep 0.2
  done
  kill -KILL "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

# start COMMAND...: its process is $launched
start() {
  launch_tied "$@"
  pids="$launched $pids"
}

# wait_for PID WHAT CONDITION...: until it is true
wait_for() {
  pid=$1 what=$2
  shift 2
  until "$@"; do
    kill -0 "$pid" 2>/dev/null || {
      [ "$what" != redis ] || cat redis.log
      fail "$what could not be started." "See what it said above."
    }
    sleep 0.1
  done
}

answers() { redis-cli -s redis.sock ping >/dev/null 2>&1; }

# Everything is in one folder: programs, sockets that nobody else can open, and the
# page. What is said is not kept: redis forgets it all when it ends.
cp "$here"/dialects.mjs "$here"/roster.mjs "$here"/server.mjs "$here"/nginx.conf \
  "$work" && ln -s "$modules/node_modules" "$work/node_modules" &&
  ln -s "$top/ext/socketiosignaller/server/page" "$work/page" && cd "$work" ||
  exit 1
say "redis: its socket is $work/redis.sock"
start redis-server --port 0 --unixsocket "$work/redis.sock" --unixsocketperm 600 \
  --save '' --appendonly no --logfile redis.log
wait_for "$launched" "redis" answers
for name in backend-1 backend-2; do
  start node server.mjs --name $name --listen $name.sock --redis redis.sock
  wait_for "$launched" "$name" test -S $name.sock
done
if [ "$port" = 0 ]; then
  port=$(node -e "const server = require('net').createServer();
    server.listen(0, () => { console.log(server.address().port); server.close(); })")
fi
printf 'listen %s:%s;\n' "$listen" "$port" >listen.conf
printf '%s' "${names:+server_name$names;}" >names.conf
# As root, nginx would run as somebody else, who cannot open the sockets.
[ "$(id -u)" = 0 ] && as_user='user root;' || as_user=
start nginx -p "$work" -c "$work/nginx.conf" -e stderr -g "$as_user"
wait_for "$launched" "nginx (port $port; 0 is any free one)" test -s nginx.pid

cat <<END

Listening: http://$listen:$port

A browser joins there, and so do two pipelines, which the key k leads to different backends:

  gst-launch-1.0 -e roomcallbin name=call room=lobby uri='http://$listen:$port/?k=ada' \\
    videotestsrc is-live=true ! call.video_0  audiotestsrc is-live=true ! call.audio_0
  gst-launch-1.0 -e roomcallbin name=call room=lobby uri='http://$listen:$port/?k=ben' \\
    call.video_mix ! videoconvert ! autovideosink  call.audio_mix ! audioconvert ! autoaudiosink

Kill the process of one backend (kill -9) in the call: it goes on, and both are in the room again.
END
wait
fail "Everything has ended." "See what was said above."
