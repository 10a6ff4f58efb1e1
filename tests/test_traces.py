"""Spans of request, stage and store call arrive over OTLP where an address is configured, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ecp.errors import StoreUnavailable
from ecp.settings import Settings
from ecp.telemetry import spans
from tests.support.service import InMemoryService, serving
from tests.tracking.toy import ToyStores, resolve, toy_run, toy_runtime, toy_settings

CALLER = "0af7651916cd43dd8448eb211c80319c"


class Receiver(ThreadingHTTPServer):
    """Takes traces as a collector does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Collects)
        self.by_id: dict = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def spans(self) -> list:
        """Each once, however often it was sent."""
        return list(self.by_id.values())

    def named(self, name: str) -> list:
        return [span for span in self.spans if span.name == name]


class _Collects(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = ExportTraceServiceRequest.FromString(body)
        self.server.by_id |= {s.span_id: s for r in sent.resource_spans for c in r.scope_spans for s in c.spans}
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    spans.configure(server.url)
    yield server
    spans.configure(None)
    server.shutdown()
    server.server_close()


def facts(span) -> dict[str, str]:
    return {a.key: a.value.string_value or str(a.value.int_value) for a in span.attributes}


async def test_a_store_call_stands_below_its_stage_and_that_below_whoever_asked(receiver, tmp_path):
    async def down():
        raise StoreUnavailable("graph", "the words of a question")

    settings = toy_settings(None, tmp_path, retry_attempts=0)
    runtime = toy_runtime(settings)
    await runtime.start()
    with spans.span("request"):
        await resolve(runtime, toy_run(settings, ToyStores(graph=down)))
    await runtime.stop()
    spans.shutdown()
    request, stage, store = (receiver.named(n)[0] for n in ("request", "stage search_graph", "store graph"))
    assert {s.trace_id for s in receiver.spans} == {request.trace_id}
    assert (stage.parent_span_id, store.parent_span_id) == (request.span_id, stage.span_id)
    assert facts(store)["ecp.outcome"] == "unavailable" and store.status.code == 2
    assert facts(stage)["ecp.status"] == "failed"
    assert b"the words of a question" not in b"".join(s.SerializeToString() for s in receiver.spans)


def test_a_request_continues_its_callers_trace_and_carries_its_id(receiver, tmp_path):
    headers = {"traceparent": f"00-{CALLER}-b7ad6b7169203331-01", "X-Request-ID": "r-42"}
    settings = Settings(home=tmp_path, env="prod", otlp_endpoint=receiver.url, _env_file=None)
    with serving(InMemoryService(), settings) as url:
        httpx.post(f"{url}/api/v1/resolve", json={"concept": "a secret wish"}, headers=headers, trust_env=False)
        httpx.get(f"{url}/api/v1/resolutions/none", headers=headers, trust_env=False)
    spans.shutdown()
    asked, missed = receiver.named("POST /api/v1/resolve"), receiver.named("GET /api/v1/resolutions/{id}")
    assert [s.trace_id.hex() for s in (*asked, *missed)] == [CALLER, CALLER]
    assert facts(asked[0])["ecp.request_id"] == "r-42" and facts(asked[0])["ecp.status"] == "200"
    assert facts(missed[0])["ecp.status"] == "404"
    assert b"secret wish" not in asked[0].SerializeToString()


def test_without_an_address_the_sdk_is_not_even_imported():
    code = (
        "import sys\nfrom ecp.telemetry import spans\nspans.configure(None)\n"
        "with spans.span('x', a=1) as noted: noted.note(b=2)\n"
        "print(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
