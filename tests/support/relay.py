"""A door before a server, on TCP: it counts what is asked through it, and can be shut, or take bytes and keep them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict, make_conninfo

Connect = Callable[[], socket.socket]


class Relay:
    """`asked` counts the times that a client sent something. While `frozen` is set, nothing is passed on."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._door: socket.socket | None = None
        self._wires: list[socket.socket] = []
        self.asked = 0
        self.frozen = threading.Event()
        self.port = 0
        self.open()

    def open(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._door,), daemon=True).start()

    def shut(self) -> None:
        """Connections are refused, those that were open are closed."""
        wires, self._wires = self._wires, []
        for wire in (self._door, *wires):
            with suppress(OSError):
                assert wire
                wire.shutdown(socket.SHUT_RDWR)
            if wire:
                wire.close()

    def settled(self, seconds: float = 1.0) -> int:
        """What was asked, once nothing more has come for so long: pools open their connections by the way."""
        before = -1
        while before != self.asked:
            before = self.asked
            time.sleep(seconds)
        return before

    def _serve(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = door.accept()
                behind = self._connect()
                self._wires += [client, behind]
                threading.Thread(target=self._pump, args=(client, behind, 1), daemon=True).start()
                threading.Thread(target=self._pump, args=(behind, client, 0), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, counts: int) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.asked += counts
                if not self.frozen.is_set():
                    sink.sendall(data)
        for wire in (source, sink):
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)


@contextmanager
def relay_to_postgres(dsn: str) -> Iterator[tuple[str, Relay]]:
    """The DSN through the relay. As on a unix socket, so without TLS."""
    target = conninfo_to_dict(dsn)
    host, port = str(target["host"]), int(target.get("port") or 5432)

    def connect() -> socket.socket:
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        wire = socket.socket(socket.AF_UNIX)
        wire.connect(f"{host}/.s.PGSQL.{port}")
        return wire

    with _until_shut(Relay(connect)) as relay:
        yield make_conninfo(dsn, host="127.0.0.1", port=relay.port, sslmode="disable"), relay


@contextmanager
def relay_to(url: str) -> Iterator[tuple[str, Relay]]:
    """The URL through the relay."""
    place = urlsplit(url)
    with _until_shut(Relay(lambda: socket.create_connection((str(place.hostname), int(place.port or 0))))) as relay:
        yield place._replace(netloc=f"127.0.0.1:{relay.port}").geturl(), relay


@contextmanager
def _until_shut(relay: Relay) -> Iterator[Relay]:
    try:
        yield relay
    finally:
        relay.shut()
