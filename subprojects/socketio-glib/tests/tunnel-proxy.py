# SPDX-License-Identifier: LGPL-2.1-or-later
"""A proxy that gives tunnels to one place, whatever it is asked for:
tunnel-proxy.py KIND PORT [USER:PASSWORD]. KIND is http (CONNECT), socks4a,
socks5, or refuse, which takes nobody. Prints the port it listens at, then a line
for each tunnel: what it was asked for. Ends with its standard input."""
import asyncio
import base64
import os
import sys


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def http(reader, writer, login):
    head = (await reader.readuntil(b'\r\n\r\n')).decode()
    method, target, _ = head.split('\r\n')[0].split(' ')
    if method != 'CONNECT':
        writer.write(b'HTTP/1.1 405 Only tunnels\r\nConnection: close\r\n\r\n')
        return None
    if login:
        expected = 'Basic ' + base64.b64encode(login.encode()).decode()
        if f'Proxy-Authorization: {expected}' not in head:
            writer.write(b'HTTP/1.1 407 Who are you\r\n'
                         b'Proxy-Authenticate: Basic realm="x"\r\n'
                         b'Content-Length: 0\r\n\r\n')
            return None
    writer.write(b'HTTP/1.1 200 Connected\r\n\r\n')
    return target


async def refuse(reader, writer, login):
    await reader.readuntil(b'\r\n\r\n')
    writer.write(b'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n')


async def socks4a(reader, writer, login):
    head = await reader.readexactly(8)
    port = int.from_bytes(head[2:4], 'big')
    await reader.readuntil(b'\0')
    if head[4:7] == b'\0\0\0':
        host = (await reader.readuntil(b'\0'))[:-1].decode()
    else:
        host = '.'.join(str(byte) for byte in head[4:8])
    writer.write(b'\0\x5a' + bytes(6))
    return f'{host}:{port}'


# RFC 1928, and RFC 1929 for the login.
async def socks5(reader, writer, login):
    _, count = await reader.readexactly(2)
    methods = await reader.readexactly(count)
    method = 2 if login else 0
    if method not in methods:
        writer.write(b'\x05\xff')
        return None
    writer.write(bytes([5, method]))
    if login:
        words = []
        await reader.readexactly(1)
        for _ in range(2):
            length = (await reader.readexactly(1))[0]
            words.append((await reader.readexactly(length)).decode())
        right = ':'.join(words) == login
        writer.write(b'\x01\0' if right else b'\x01\x01')
        if not right:
            return None
    kind = (await reader.readexactly(4))[3]
    if kind == 3:
        length = (await reader.readexactly(1))[0]
        host = (await reader.readexactly(length)).decode()
    else:
        host = '.'.join(str(byte) for byte in await reader.readexactly(4))
    port = int.from_bytes(await reader.readexactly(2), 'big')
    writer.write(b'\x05\0\0\x01' + bytes(6))
    return f'{host}:{port}'


async def main(kind, inside, login=None):
    async def serve(reader, writer):
        try:
            target = await globals()[kind](reader, writer, login)
        except (asyncio.IncompleteReadError, ValueError, OSError):
            target = None
        if target is None:
            writer.close()
            return
        print(target, flush=True)
        other = await asyncio.open_connection('127.0.0.1', int(inside))
        await asyncio.gather(pump(reader, other[1]), pump(other[0], writer))

    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    # Whatever is still open ends with the process.
    os._exit(0)

asyncio.run(main(*sys.argv[1:]))
