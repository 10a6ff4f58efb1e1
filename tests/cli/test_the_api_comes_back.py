"""`ecp rerun` while the API is killed and begun anew: it waits, and says so."""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from ecp.platform.manager import standing
from ecp.platform.record import PartRecord, PlatformRecord
from ecp.platform.supervision import PartState
from tests.support.command import begun
from tests.support.platform import free_port

AWAY_SECONDS = 3.0


class Api:
    """Hears the first rerun, dies over it, and is there again after a while. `posts` are those it heard."""

    def __init__(self, port, comes_back):
        self.posts, self._port, self._comes_back = [], port, comes_back
        self._serve()

    def _serve(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def die(self):
        self.server.shutdown()
        self.server.server_close()
        if self._comes_back:
            threading.Timer(AWAY_SECONDS, self._serve).start()

    def _handler(api):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                api.posts.append(self.path)
                if len(api.posts) == 1:
                    api.die()
                    self.connection.close()
                    return
                self._say(409, {"detail": "this resolution is running"})

            def do_GET(self):
                listed = {"resolutions": [{"resolution_id": "r-1"}]}
                self._say(200, listed if "status=" in self.path else {"resolution_id": "r-1", "status": "complete"})

            def _say(self, status, body):
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_):
                pass

        return Handler


@contextmanager
def api(home, *, comes_back=True, supervised=True):
    port = free_port()
    log = str(home / "api.log")
    part = PartRecord(
        name="api", url=f"http://127.0.0.1:{port}", log=log, version="1", probe=f"http://127.0.0.1:{port}/health/live",
        ready_seconds=60,
    )  # fmt: skip
    own = psutil.Process()
    started = own.create_time() if supervised else 0.0
    record = PlatformRecord(
        supervisor_pid=os.getpid(), supervisor_started=started, run=home, stores="embedded", parts=(part,), endpoints={}
    )
    record.write(home)
    made = Api(port, comes_back)
    yield made
    made.server.server_close()


def rerun(home):
    began = time.monotonic()
    command = begun("rerun", "--status", "failed", "--json", ECP_HOME=str(home))
    out, said = command.communicate(timeout=150)
    return command.returncode, json.loads(out)["reruns"], said, time.monotonic() - began


def test_an_api_that_is_begun_anew_is_waited_for_and_what_it_had_begun_is_not_begun_twice(tmp_path):
    with api(tmp_path) as one:
        status, reruns, said, _ = rerun(tmp_path)
    assert "waiting up to" in said and "answers again" in said
    assert (status, [r["status"] for r in reruns]) == (0, ["complete"]) and len(one.posts) == 2


def test_where_nobody_begins_it_anew_nobody_waits(tmp_path):
    with api(tmp_path, comes_back=False, supervised=False):
        status, reruns, said, _ = rerun(tmp_path)
    assert (status, [r["status"] for r in reruns]) == (1, ["unknown"])
    assert "waiting" not in said and "Start it: ecp up" in said


@pytest.mark.parametrize(
    ("state", "seconds", "serves", "told"),
    [
        ("running", 5, False, "starting"),
        ("starting", 1, True, "running"),
        ("running", 500, False, "silent"),
        ("running", 500, True, "running"),
        ("failed", 500, False, "failed"),
    ],
)
def test_a_part_runs_once_it_answers(state, seconds, serves, told):
    probe = "process:" if serves else f"http://127.0.0.1:{free_port()}/"
    part = PartRecord(name="api", url=None, log="", version="", probe=probe, ready_seconds=60)
    assert standing(part, PartState(state, 1, seconds)) == told
