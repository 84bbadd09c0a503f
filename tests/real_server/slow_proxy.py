#!/usr/bin/env python3
"""usage: slow_proxy.py TARGET_PORT DELAY_MS

Carries TCP on loopback to TARGET_PORT, each byte DELAY_MS later than it came, in both directions: a far-away server
without root and without tc. Prints the port it listens on.
"""
import asyncio
import sys

TARGET_PORT, DELAY_S = int(sys.argv[1]), int(sys.argv[2]) / 1000
PIECE_BYTES = 65536
IN_FLIGHT_MAX = 64  # pieces: about what a long, fat line holds


async def carry(reader, writer):
    line = asyncio.Queue(IN_FLIGHT_MAX)
    loop = asyncio.get_running_loop()

    async def arrive():
        while True:
            due, piece = await line.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    arriving = asyncio.create_task(arrive())
    piece = b"?"
    while piece:
        piece = await reader.read(PIECE_BYTES)
        await line.put((loop.time() + DELAY_S, piece))
    await arriving


async def serve(reader, writer):
    target_reader, target_writer = await asyncio.open_connection("127.0.0.1", TARGET_PORT)
    # A side that breaks off ends the other as well.
    await asyncio.gather(carry(reader, target_writer), carry(target_reader, writer), return_exceptions=True)
    target_writer.close()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
