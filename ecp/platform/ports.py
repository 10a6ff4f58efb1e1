"""Free ports on loopback. Only `ecp up` asks; it writes down what it took."""

from __future__ import annotations

import socket

from ecp.platform.errors import PortTaken


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Ports:
    """Hands out `first`, then the next free ones. Raises PortTaken when `first` is not free."""

    def __init__(self, first: int) -> None:
        if not is_free(first):
            raise PortTaken(first)
        self.first = first
        self._last = first

    def take(self) -> int:
        self._last += 1
        while not is_free(self._last):
            self._last += 1
        return self._last
