"""A policy that is missing, late, undefined, malformed or of another version denies."""

from __future__ import annotations

import json
import shutil
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from ecp.errors import PolicyUnavailable
from ecp.stores.policy_common import policies_folder, policy_digest
from ecp.stores.policy_opa import OpaEngine
from ecp.stores.policy_rego import RegoEngine
from tests.never.conftest import ASKED, FINANCE
from tests.support.desk import open_desk

VERSION = policy_digest(policies_folder())
ALLOWED = {
    "allowed": True,
    "row_filters": [],
    "masked_columns": [],
    "denied": [],
    "policies": [],
    "reasons": [],
    "policy_version": VERSION,
}


def result(**changes: object) -> bytes:
    return json.dumps({"result": {**ALLOWED, **changes}}).encode()


ANSWERS = {
    "undefined": b"{}",
    "no decision": b'{"result": true}',
    "nothing": b'{"result": null}',
    "no json": b"<html>allowed</html>",
    "empty": b"",
    "another version": result(policy_version="0" * 16),
    "no version": result(policy_version=None),
    "allowed as text": result(allowed="true"),
    "allowed as a number": result(allowed=1),
    "filters left out": json.dumps({"result": {k: v for k, v in ALLOWED.items() if k != "row_filters"}}).encode(),
    "a filter of no values": result(row_filters=[{"dimension": "d", "operator": "in", "values": []}]),
    "something more": result(exceptions=["all"]),
}


@pytest.fixture
def opa():
    """An OPA that answers with `content` and `status`, after `seconds`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Scripted)
    server.content, server.status, server.seconds = result(), 200, 0.0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class _Scripted(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.seconds)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *arguments: object) -> None:
        pass


async def asked_under(desk, opa):
    engine = OpaEngine(httpx.AsyncClient(trust_env=False), f"http://127.0.0.1:{opa.server_port}", expected=VERSION)
    try:
        return await desk.having(policy=engine).ask(ASKED, FINANCE, execute=True)
    finally:
        await engine.close()


def is_denied(run) -> bool:
    """As unavailable, with nothing of an answer, and on the record."""
    answer = run.resolution
    return (
        isinstance(run.error, PolicyUnavailable)
        and answer.status == "failed"
        and answer.results is answer.execution_plan is None
        and answer.resolved_concepts.metrics == ()
        and "execute_queries" not in {n.id for n in run.nodes}
        and "policy" in {d.component for d in run.degradations}
    )


@pytest.fixture
async def fresh(enterprise):
    """A desk whose guards have seen no failure."""
    async with open_desk(enterprise.settings, enterprise.words) as desk:
        yield desk


async def test_a_well_formed_decision_of_the_expected_version_allows(fresh, opa):
    assert (await asked_under(fresh, opa)).resolution.status == "complete"


@pytest.mark.parametrize("content", ANSWERS.values(), ids=ANSWERS)
async def test_what_is_no_decision_denies(fresh, opa, content):
    opa.content = content
    assert is_denied(await asked_under(fresh, opa))


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
async def test_an_error_denies(fresh, opa, status):
    opa.status = status
    assert is_denied(await asked_under(fresh, opa))


async def test_a_late_decision_denies(enterprise, opa):
    opa.seconds = 3.5
    async with open_desk(enterprise.settings, enterprise.words, store_timeout_seconds=2) as impatient:
        assert is_denied(await asked_under(impatient, opa))


async def test_nobody_there_denies(enterprise):
    async with open_desk(enterprise.settings, enterprise.words, opa_url="http://127.0.0.1:1") as desk:
        assert is_denied(await desk.ask(ASKED, FINANCE, execute=True))


async def test_policies_that_are_not_what_their_version_says_deny(fresh, tmp_path):
    folder = tmp_path / "policies"
    shutil.copytree(policies_folder(), folder)
    with (folder / "decision.rego").open("a") as file:
        file.write("\n# changed by hand\n")
    assert is_denied(await fresh.having(policy=RegoEngine(folder)).ask(ASKED, FINANCE, execute=True))


async def test_no_policies_at_all_deny(fresh, tmp_path):
    assert is_denied(await fresh.having(policy=RegoEngine(tmp_path)).ask(ASKED, FINANCE, execute=True))
