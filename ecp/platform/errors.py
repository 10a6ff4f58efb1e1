"""What goes wrong while the platform is brought up or taken down, said to a person."""

from __future__ import annotations


class PlatformError(Exception):
    """The message names what is wrong and what to change."""


class PortTaken(PlatformError):
    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken. Set ECP_PORT to a free one.")


class AlreadyUp(PlatformError):
    def __init__(self, home: object) -> None:
        super().__init__(f"A platform is already up in {home}. `ecp status` shows it, `ecp down` stops it.")


class NotUp(PlatformError):
    def __init__(self, home: object) -> None:
        super().__init__(f"No platform is up in {home}. `ecp up` starts one.")
