#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""turn-peers.py HOST USER PASSWORD PEER...: asks the TURN server at HOST, port 3478,
for a relay of each family, and on it for a permission for each peer (RFC 8656).
Prints a line for each: the peer and the error code, 403 if the server sends nothing
there; 0 if it would."""

import hashlib
import hmac
import ipaddress
import os
import socket
import struct
import sys

COOKIE = 0x2112A442
ALLOCATE, CREATE_PERMISSION = 0x003, 0x008
USERNAME, MESSAGE_INTEGRITY, ERROR_CODE, PEER_ADDRESS = 0x006, 0x008, 0x009, 0x012
REALM, NONCE, REQUESTED_FAMILY, REQUESTED_TRANSPORT = 0x014, 0x015, 0x017, 0x019
UDP = 17


def pack(kind, value):
    return struct.pack('!HH', kind, len(value)) + value + bytes(-len(value) % 4)


def unpack(body):
    found = {}
    while body:
        kind, length = struct.unpack_from('!HH', body)
        found.setdefault(kind, body[4:4 + length])
        body = body[4 + length + -length % 4:]
    return found


class Client:
    def __init__(self, host, user, password):
        self.user, self.password, self.access = user, password, {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.connect((host, 3478))

    def send(self, method, attributes):
        head = os.urandom(12)
        body = b''.join(pack(*a) for a in [*attributes(head), *self.access.items()])
        message = struct.pack('!HHI', method, len(body), COOKIE) + head + body
        if self.access:
            text = b':'.join([self.user, self.access[REALM], self.password])
            grown = message[:2] + struct.pack('!H', len(body) + 24) + message[4:]
            mac = hmac.new(hashlib.md5(text).digest(), grown, 'sha1').digest()
            message = grown + pack(MESSAGE_INTEGRITY, mac)
        self.socket.send(message)
        answer = b''
        while answer[8:20] != head:
            answer = self.socket.recv(2048)
        return unpack(answer[20:])

    # attributes: what makes them, of the transaction's id. 0: it is done
    def ask(self, method, attributes):
        found = self.send(method, attributes)
        if REALM in found:
            self.access = {USERNAME: self.user, REALM: found[REALM],
                           NONCE: found[NONCE]}
            found = self.send(method, attributes)
        code = found.get(ERROR_CODE)
        return code[2] * 100 + code[3] if code else 0


# RFC 8489, section 14.2. A permission is for all ports of a peer.
def pack_peer(address, head):
    mask = struct.pack('!I', COOKIE) + head
    return struct.pack('!HH', 1 if address.version == 4 else 2, 0) + bytes(
        a ^ b for a, b in zip(address.packed, mask))


def main():
    host, user, password, *peers = sys.argv[1:]
    clients = {}
    for peer in peers:
        address = ipaddress.ip_address(peer)
        family = 1 if address.version == 4 else 2
        if family not in clients:
            clients[family] = Client(host, user.encode(), password.encode())
            code = clients[family].ask(
                ALLOCATE, lambda head: [
                    (REQUESTED_TRANSPORT, bytes([UDP, 0, 0, 0])),
                    (REQUESTED_FAMILY, bytes([family, 0, 0, 0]))])
            if code:
                sys.exit('no relay for IPv%d: %d' % (address.version, code))
        print(peer, clients[family].ask(CREATE_PERMISSION, lambda head: [
            (PEER_ADDRESS, pack_peer(address, head))]))


main()
