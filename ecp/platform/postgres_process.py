"""The supervised PostgreSQL process: clears what a killed one left, gives up root, becomes the server."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import psutil

from ecp.platform.postgres import SOCKET_PORT, binary, os_user


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--sockets", type=Path, required=True)
    options.add_argument("--tcp", type=int)
    given = options.parse_args()
    clear_stale_lock(given.data)
    give_up_root()
    os.chdir(given.data)
    program = str(binary("postgres"))
    os.execv(program, [program, *arguments(given.data, given.sockets, given.tcp)])


def arguments(data: Path, sockets: Path, tcp: int | None) -> list[str]:
    settings = {
        "listen_addresses": "127.0.0.1" if tcp else "",
        "port": str(tcp or SOCKET_PORT),
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0777",  # their folder guards them
        "max_connections": "200",
        "log_line_prefix": "%m [%p] %d ",
    }
    return ["-D", str(data), *[word for key, value in settings.items() for word in ("-c", f"{key}={value}")]]


def clear_stale_lock(data: Path) -> None:
    """A lock whose pid went to another process would keep the server from ever starting again."""
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split()[0])
        living = psutil.Process(pid)
        if living.name() == "postgres" and Path(living.cwd()) == data:
            return
    except (OSError, ValueError, IndexError, psutil.Error):
        pass
    lock.unlink(missing_ok=True)


def give_up_root() -> None:
    user = os_user()
    if user is None:
        return
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


if __name__ == "__main__":
    main()
