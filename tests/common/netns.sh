#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# netns.sh COMMAND [ARGUMENT...]
#
# Runs a command in a network namespace of its own, which ends with it. There
# it finds lo and one more interface, 198.18.0.1/24, with a default route:
# libnice passes lo over, and a browser asks the default route which address is
# its own, so without them no call between two programs of one machine ever
# connects. Nothing leaves: the interface leads to nowhere, and a rule refuses
# what is not for 127.0.0.0/8 or 198.18.0.0/15 (the range of RFC 2544 for
# benchmarks) at once, so nothing waits for an answer either.
#
# Exit status: the command's; 77 (skipped) if the kernel has no network
# namespaces or lets nobody make one; 1 if a tool is missing.
set -eu

if [ "${1:-}" != "--inside" ]; then
  [ $# -gt 0 ] || { echo "usage: netns.sh COMMAND [ARGUMENT...]" >&2; exit 2; }
  for tool in unshare ip nft; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "$tool" >/dev/null || {
      echo "netns.sh: $tool is missing: apt-get install util-linux iproute2 nftables" >&2
      exit 1
    }
  done
  PATH="$PATH:/usr/sbin:/sbin"
  export PATH
  if [ "$(id -u)" -eq 0 ]; then
    flags="--net"
  else
    flags="--user --map-root-user --net"
  fi
  # shellcheck disable=SC2086
  if ! reason=$(unshare $flags true 2>&1); then
    echo "SKIP kernel: no network namespace: $reason"
    exit 77
  fi
  # shellcheck disable=SC2086
  exec unshare $flags -- /bin/sh "$0" --inside "$@"
fi

shift
ip link set lo up
ip link add call0 type veth peer name call1
# No link-local IPv6: for its first seconds nothing can be bound to it.
ip link set call0 addrgenmode none
ip link set call1 addrgenmode none
ip addr add 198.18.0.1/24 dev call0
ip link set call0 up
ip link set call1 up
ip route add default via 198.18.0.2 dev call0
nft -f - <<'RULES'
table ip fence {
  chain output {
    type filter hook output priority 0;
    ip daddr != { 127.0.0.0/8, 198.18.0.0/15, 224.0.0.0/4 } reject
  }
}
RULES
exec "$@"
