#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A room server for other machines, over https, from nothing. See --help.
# shellcheck disable=SC2015,SC2154 # conditions; lists of packages
set -uf

top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
. "$top/tools/packages.sh"
. "$top/examples/checkout.sh"
PATH=$PATH:/usr/sbin:/sbin

usage() {
  cat <<'END_OF_USAGE'
Usage: sh examples/https/run.sh [OPTION]... [-- OPTION-OF-ROOMCALL-SERVER...]

Installs what is missing, builds, and runs roomcall-server on the loopback with
Debian's nginx in front, which speaks https to everybody: browsers give a page
camera and microphone only over https, or from localhost. The certificate is
made here, once. Prints the addresses, and how to know that certificate again.
Ctrl-C ends both.

  --port N            of https (default: 8443; below 1024 only as root)
  --address ADDRESS   listen on this one alone (default: all of this machine)
  --token-file FILE   let in who knows what is in FILE (see docs/server.md)
  --certificate FILE  a certificate of your own, with the chain, as PEM
  --key FILE          its private key, as PEM
  --build-dir DIR     use this build as it is
  --help              this text

Key and certificate are kept in ${XDG_STATE_HOME:-~/.local/state}/gst-roomcall/https.
END_OF_USAGE
}

port=8443 address='' token_file='' certificate='' key='' build=''
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --) shift; break ;;
    --*=*)
      option=${1%%=*} value=${1#*=}
      shift
      set -- "$option" "$value" "$@"
      continue ;;
    --port | --address | --token-file | --certificate | --key | --build-dir)
      [ -n "${2:-}" ] || misuse "$1 needs a value." ;;
    *) misuse "Unknown option $1. What roomcall-server is to be told stands behind --." ;;
  esac
  case $1 in
    --port)
      { is_number "$2" && [ "$2" -gt 0 ] && [ "$2" -le 65535 ]; } ||
        misuse "--port takes a number from 1 to 65535, not '$2'."
      port=$2 ;;
    --address)
      case $2 in
        *[!0-9A-Fa-f.:]*) misuse "--address takes an address such as 192.0.2.7, not '$2'." ;;
      esac
      address=$2 ;;
    --token-file) token_file=$2 ;;
    --certificate) certificate=$2 ;;
    --key) key=$2 ;;
    --build-dir) build=$2 ;;
  esac
  shift 2
done
for file in "$token_file" "$certificate" "$key"; do
  [ -z "$file" ] || [ -r "$file" ] || misuse "$file cannot be read."
done
[ -n "$certificate" ] && [ -z "$key" ] && misuse "--certificate needs its --key."
[ -n "$key" ] && [ -z "$certificate" ] && misuse "--key needs its --certificate."
# Both are read from another folder.
[ -z "$certificate" ] || certificate=$(realpath "$certificate") || exit 1
[ -z "$key" ] || key=$(realpath "$key") || exit 1

# What the work needs, and the build.
# shellcheck disable=SC2086 # a list of words
[ -z "$(missing_packages $proxy_packages)" ] || say \
  "Debian's nginx, which is to be installed, also brings a web server of this machine, on port 80.
It is not needed here: sudo systemctl disable --now nginx ends it."
# shellcheck disable=SC2086 # lists of words
require_packages $build_packages $proxy_packages openssl util-linux \
  iproute2
work=$(mktemp -d) || exit 1
# Started by root, nginx works as nobody, who has its temporary folders here; the root
# of a user namespace may be nobody else, though.
chmod 711 "$work"
mkdir "$work/body" || exit 1
user=''
if [ "$(id -u)" = 0 ] && ! chown nobody "$work/body" 2>/dev/null; then
  user='user root;'
fi

server='' nginx=''
clean_up() {
  for pid in $server $nginx; do
    kill -KILL "$pid" 2>/dev/null
  done
  rm -rf "$work"
}
trap clean_up EXIT
interrupted=
trap 'interrupted=yes' INT TERM HUP

build_checkout
program=$build/ext/socketiosignaller/roomcall-server
[ -x "$program" ] ||
  fail "There is no $program." \
    "$build was made without socketiosignaller: remove that folder and try again."

# --- the certificate ---

# Without those of IPv6 that are made up anew each day (RFC 8981).
addresses=$(ip -o address show up scope global |
  awk '!/ temporary / { sub("/.*", "", $4); print $4 }' | sort)
name=$(hostname)

# The names and addresses under which this machine is asked for, as openssl has them.
list_names() {
  case $name in
    '' | *[!A-Za-z0-9.-]*) ;;
    *) printf 'DNS:%s,DNS:%s.local,' "$name" "${name%%.*}" ;;
  esac
  for one in $addresses; do
    printf 'IP:%s,' "$one"
  done
  printf 'DNS:localhost,IP:127.0.0.1,IP:::1\n'
}

# make_certificate NAMES: a year is less than the 825 days that browsers take. It is
# that of a server, and not of an authority: nobody can make others with its key.
make_certificate() {
  say "Making a key and a certificate in $kept"
  cat >"$work/openssl.conf" <<END_OF_CONF
[req]
prompt = no
distinguished_name = subject
x509_extensions = extensions
[subject]
CN = gst-roomcall
[extensions]
subjectAltName = $1
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
END_OF_CONF
  (umask 077 && openssl req -x509 -config "$work/openssl.conf" -days 365 \
    -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \
    -keyout "$work/new-key.pem" -out "$work/new-cert.pem" 2>"$work/openssl.log") &&
    rm -f "$kept/names" && mv "$work/new-key.pem" "$key" &&
    mv "$work/new-cert.pem" "$certificate" && printf '%s\n' "$1" >"$kept/names" || {
    cat "$work/openssl.log" >&2 2>/dev/null
    fail "No certificate could be made (see above)." \
      "Is $kept a folder that can be written to, and the disk not full?"
  }
}

# is_valid SECONDS: for so long from now on
is_valid() { openssl x509 -noout -checkend "$1" -in "$certificate" >/dev/null; }

# nginx does not see it where they are of two kinds.
is_pair() {
  public=$(openssl x509 -noout -pubkey -in "$certificate") &&
    [ "$(openssl pkey -pubout -passin pass: -in "$key" 2>/dev/null)" = "$public" ]
}

own=$certificate
if [ -z "$own" ]; then
  kept=${XDG_STATE_HOME:-${HOME:?}/.local/state}/gst-roomcall/https
  key=$kept/key.pem certificate=$kept/cert.pem
  # Of two that start at once the second one finds what the first one has made; until
  # nginx has read both files, nobody makes others.
  { mkdir -p "$kept" && chmod 700 "$kept" && (: >"$kept/lock") &&
    exec 9>"$kept/lock" && flock -w 60 9; } ||
    fail "$kept is no folder that can be written to, or another start is stuck in it." \
      "See who has it: fuser -v $kept/lock"
  names=$(list_names)
  { [ "$(cat "$kept/names" 2>/dev/null)" = "$names" ] && is_valid 604800 && is_pair; } ||
    make_certificate "$names"
elif ! is_valid 0; then
  fail "The certificate $own has expired, or is none." "Get a new one."
elif ! is_pair; then
  fail "The key $key does not belong to the certificate $own." \
    "Both are PEM, the key without a password, the certificate before its chain."
fi

# --- the two programs ---

# has_begun PID FILE: waits for what a program writes to FILE once it listens
has_begun() {
  until [ -s "$2" ]; do
    [ -z "$interrupted" ] || exit 0
    has_ended "$1" && return 1
    sleep 0.1
  done
}

# leave PID
leave() {
  kill -TERM "$1" 2>/dev/null
  wait "$1"
}

# All clients come from nginx, which counts their connections by address. 256 is the
# default, but said, it makes room for twice as many connections.
launch_tied "$program" --port 0 --max-clients 256 --max-clients-per-address 400 \
  ${token_file:+--token-file "$token_file"} "$@" >"$work/said" 9>&-
server=$launched
has_begun "$server" "$work/said" ||
  fail "roomcall-server did not start (see above)." \
    "See docs/server.md, or $program --help."

# Prints an address as it stands in URLs.
in_url() {
  case $1 in
    *:*) printf '[%s]' "$1" ;;
    *) printf '%s' "$1" ;;
  esac
}

# The names that the certificate has, as a regular expression.
match_names() {
  openssl x509 -noout -ext subjectAltName -in "$certificate" 2>/dev/null |
    tr ',' '\n' | sed -n 's/^ *DNS:\([A-Za-z0-9*][A-Za-z0-9.-]*\)$/\1/p' |
    sed 's/[.]/[.]/g; s/[*]/[^.]+/' | paste -sd '|' -
}

read -r listening <"$work/said"
listen="listen $(in_url "${address:-0.0.0.0}"):$port ssl;"
if [ -z "$address" ] && [ -e /proc/net/if_inet6 ]; then
  listen="$listen listen [::]:$port ssl;"
fi
sed "s|@listen@|$listen|; s|@server@|${listening#*//}|; s,@names@,$(match_names)," \
  "$top/examples/https/nginx.conf" >"$work/nginx.conf"
ln -s "$certificate" "$work/cert.pem"
ln -s "$key" "$work/key.pem"
launch_tied nginx -e stderr -p "$work" -c nginx.conf ${user:+-g "$user"} \
  2>"$work/nginx.log" 9>&-
nginx=$launched
if ! has_begun "$nginx" "$work/nginx.pid"; then
  case $(cat "$work/nginx.log") in
    *' failed (98: '*) fail "The port $port is taken by another program." \
      "Give another one with --port; ss -ltnp shows who has it." ;;
    *' failed (99: '*) fail "$address is no address of this machine." \
      "Give one of these: $(echo "$addresses" | tr '\n' ' ')" ;;
    *'bind() '*' failed (13: '*) fail "The port $port is root's." \
      "Give another one with --port, above 1023." ;;
  esac
  cat "$work/nginx.log" >&2
  fail "nginx did not start (see above)." "Are key and certificate in order?"
fi

exec 9>&-

# --- what to do with it ---

page="/?room=lobby${token_file:+#token=TOKEN}"
if [ -n "$own" ]; then
  set -- NAME
else
  # shellcheck disable=SC2086 # lists of words
  set -- ${address:-$addresses}
  [ $# -gt 0 ] || set -- 127.0.0.1
fi
say "
A browser on any machine that reaches this one joins at"
for one; do
  say "    https://$(in_url "$one"):$port$page"
done
if [ -n "$own" ]; then
  say "where NAME is one that the certificate has."
else
  fingerprint=$(openssl x509 -noout -fingerprint -sha256 -in "$certificate")
  say "It warns that nobody it knows vouches for the certificate. It is that of this machine if
its SHA-256 fingerprint, behind \"Not secure\" or \"View certificate\" there, is
    ${fingerprint#*=}
Then \"Advanced\" goes on."
fi
[ -z "$token_file" ] || say "TOKEN is what is in $token_file."
say "
A pipeline joins with
    gst-launch-1.0 -e roomcallbin name=call room=lobby uri=https://$(in_url "$1"):$port ..."
[ -n "$own" ] || say "and with signaller::cafile=$certificate
(on another machine with a copy of that file, which is no secret)."
say "
Ctrl-C ends it."

until [ -n "$interrupted" ] || has_ended "$server" || has_ended "$nginx"; do
  sleep 1
done
outcome=${interrupted:-broken}
# What the server says last goes through nginx.
leave "$server"
leave "$nginx"
server='' nginx=''
[ "$outcome" != broken ] ||
  fail "roomcall-server or nginx ended by itself." "See what they said above."
