"""The embedded graph process: ArcadeDB speaking Bolt on loopback. The password comes in ARCADEDB_PASSWORD."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path

import arcadedb_embedded

DATABASE = "neo4j"  # the name the neo4j driver asks for
SMALL = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"  # starts in two thirds of the processor time


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--bolt", type=int, required=True)
    options.add_argument("--http", type=int, required=True)
    options.add_argument("--data", type=Path, required=True)
    given = options.parse_args()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    server = arcadedb_embedded.ArcadeDBServer(
        str(given.data),
        os.environ["ARCADEDB_PASSWORD"],
        config=configuration(given.bolt, given.http),
        jvm_kwargs={"heap_size": "512m", "jvm_args": SMALL},
    )
    server.start()
    if not (given.data / "databases" / DATABASE).exists():
        server.create_database(DATABASE)
    while not stop.wait(0.5):
        pass
    server.stop()


def configuration(bolt: int, http: int) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "http_port": http,
        "mode": "production",
        "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "bolt_port": bolt,
        "opencypher_loadCsv_allowFileUrls": False,
        "opencypher_loadCsv_allowRemoteUrls": False,
    }


if __name__ == "__main__":
    main()
