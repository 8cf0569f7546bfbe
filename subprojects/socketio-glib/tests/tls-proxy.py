# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes TLS connections, with session resumption as web servers have it, and
passes them on: tls-proxy.py CERTIFICATE PORT [CLIENTS]. With CLIENTS it takes
nobody but those with one of these certificates. Prints the port it listens at,
and ends with its standard input."""
import asyncio
import os
import ssl
import sys


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def main(certificate, port, clients):
    async def serve(reader, writer):
        inside = await asyncio.open_connection('127.0.0.1', port)
        await asyncio.gather(pump(reader, inside[1]), pump(inside[0], writer))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if clients:
        context.load_verify_locations(clients[0])
        context.verify_mode = ssl.CERT_REQUIRED
    server = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    # Whatever is still open ends with the process.
    os._exit(0)

asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
