"""Servers that answer, and with what no store should: garbage, and refusals in the store's own protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
GARBAGE = b"<html>\xde\xad\xbe\xef it works!</html>"


async def http_garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """200, with something that is no answer."""
    await _http(reader, writer, b"200 OK", GARBAGE)


async def http_broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _http(reader, writer, b"503 Service Unavailable", b'{"error": "out of order"}')


async def tcp_garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes that are no message of any protocol, however long the other side stays."""
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 40)
    await writer.drain()
    await reader.read()


async def postgres_broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says to everybody that it cannot connect now (SQLSTATE 57P03), in PostgreSQL's frontend protocol."""
    while (length := int.from_bytes(await reader.readexactly(4), "big")) == 8:
        await reader.readexactly(4)  # SSLRequest, GSSENCRequest
        writer.write(b"N")
        await writer.drain()
    await reader.readexactly(length - 4)
    fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
    writer.write(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
    await writer.drain()


async def bolt_broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Agrees on no version of Bolt and hangs up."""
    await reader.readexactly(20)
    writer.write(bytes(4))
    await writer.drain()


async def _http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, status: bytes, body: bytes) -> None:
    while head := await reader.readuntil(b"\r\n\r\n"):
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if lengths:
            await reader.readexactly(int(lengths[0].partition(b":")[2]))
        sized = b"content-length: %d\r\ncontent-type: application/json\r\n\r\n" % len(body)
        writer.write(b"HTTP/1.1 " + status + b"\r\n" + sized + body)
        await writer.drain()


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """`host:port` of a server that serves every connection so."""
    open_now: set[asyncio.StreamWriter] = set()

    async def tracked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        try:
            await serve(reader, writer)
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            open_now.discard(writer)
            writer.close()

    server = await asyncio.start_server(tracked, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"{host}:{port}"
    finally:
        server.close()
        for writer in list(open_now):
            writer.transport.abort()
