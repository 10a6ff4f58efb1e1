"""A TCP proxy before a real server: it can be dead, take what is sent and say nothing, or say that it has it."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit


class Proxy:
    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._host, self._port = parts.hostname, parts.port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._lost = b""
        self._forgotten: bytes | None = None
        self.let: bytes | None = None
        self.losses = 0
        self.sent = b""
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def revive(self) -> None:
        self._flowing.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def die(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    def lose_the_reply_to(self, part: bytes) -> None:
        """The first reply to a request that has `part` in it never comes: its connection breaks instead."""
        self._lost = part

    def forget(self, part: bytes | None) -> None:
        """A request with `part` in it is answered as taken and goes no further. None lets all through."""
        self._forgotten = part

    def let_only(self, part: bytes | None) -> None:
        """Requests without `part` in them are not answered: their connection breaks. None lets all through."""
        self.let = part

    def freeze(self) -> None:
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection(self._host, self._port)
            self._open.add(there_writer)
            await asyncio.gather(self._pump(reader, there_writer, back=writer), self._pump(there_reader, writer))
            self._open.discard(there_writer)
        except OSError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter | None = None
    ) -> None:
        try:
            while data := await reader.read(65536):
                await self._flowing.wait()
                if back and self.let is not None and self.let not in data:
                    back.transport.abort()
                    return
                if back and self._forgotten and self._forgotten in data:
                    await _answer_as_taken(data, reader, back)
                    return
                self.sent += data if back else b""
                writer.write(data)
                if back and self._lost and self._lost in data:
                    self._lost, self.losses = b"", self.losses + 1
                    back.transport.abort()
                    await asyncio.sleep(1)  # the server acts on it all the same
                await writer.drain()
        except (OSError, RuntimeError):
            pass
        finally:
            writer.close()


async def _answer_as_taken(began: bytes, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
    head, _, body = began.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: ([0-9]+)", head)
    assert length
    await reader.readexactly(int(length[1]) - len(body))
    back.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    await back.drain()
