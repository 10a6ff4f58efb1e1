"""What happens to a resolution, as a stream of events on the wire."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator

import httpx
import pytest

from api.deps import Event
from api.events import event_stream
from ecp import errors
from ecp.domain.answer import Resolution
from tests.api.test_requests import problem
from tests.support.service import InMemoryService, Telling
from tests.support.sse import Received, received

STAGE = {"id": "parse_intent", "type": "parse", "status": "complete"}
SAID = (
    Event("status", (1, 1), {"status": "running"}),
    Event("stage", (1, 2), STAGE),
    Event("stage", (1, 3), {**STAGE, "error": "two\nlines\r\nand “more”\u2028"}),
)
Of = Callable[..., str]


@pytest.fixture
def of(service: InMemoryService) -> Iterator[Of]:
    """The path of the events of a resolution that says these."""

    def path(*said: Event | Exception | None) -> str:
        service.known["res-e"] = Resolution(resolution_id="res-e", status="running")
        service.told["res-e"] = Telling(*said)
        return "/api/v1/resolutions/res-e/events"

    yield path
    service.known.pop("res-e", None)
    service.told.pop("res-e", None)


def events_of(client: httpx.Client, path: str, **headers: str) -> list[Received]:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    return list(received(response.text.split("\n")))


def test_events_are_named_numbered_and_one_object_each(client: httpx.Client, of: Of) -> None:
    response = client.get(of(*SAID))
    assert response.headers["content-type"].startswith("text/event-stream")
    assert "no-store" in response.headers["cache-control"]
    found = list(received(response.text.split("\n")))
    assert [(e.event, e.id) for e in found] == [("status", "1.1"), ("stage", "1.2"), ("stage", "1.3")]
    assert [e.data for e in found] == [e.data for e in SAID]


def test_a_finished_resolution_ends_with_itself(client: httpx.Client, service: InMemoryService) -> None:
    service.known["res-f"] = Resolution(resolution_id="res-f", status="complete")
    path = "/api/v1/resolutions/res-f/events"
    status, done = events_of(client, path)
    assert status.data == {"status": "complete"}
    assert done.event == "done" and done.data == client.get("/api/v1/resolutions/res-f").json()


def test_who_comes_back_is_told_the_rest(client: httpx.Client, of: Of) -> None:
    assert [e.id for e in events_of(client, of(*SAID), **{"Last-Event-ID": "1.2"})] == ["1.3"]
    assert len(events_of(client, of(*SAID), **{"Last-Event-ID": ""})) == 3


def test_who_has_had_everything_is_told_not_to_come_back(client: httpx.Client, service: InMemoryService) -> None:
    service.known["res-f"] = Resolution(resolution_id="res-f", status="complete")
    answer = client.get("/api/v1/resolutions/res-f/events", headers={"Last-Event-ID": "1.2"})
    assert (answer.status_code, answer.text) == (204, "")


@pytest.mark.parametrize("last", ["x", "1", "1.", "-1.2", "1.2.3", "9" * 20 + ".1", "1.1; drop"])
def test_an_id_that_is_of_no_event_is_refused(client: httpx.Client, of: Of, last: str) -> None:
    problem(client.get(of(*SAID), headers={"Last-Event-ID": last}), 400, "malformed-header")


def test_events_of_nothing_are_not_found(client: httpx.Client) -> None:
    for name in ("never-was", "x" * 200, "a%20b"):
        problem(client.get(f"/api/v1/resolutions/{name}/events"), 404, "resolution-not-found")


def test_what_goes_wrong_on_the_way_is_told_as_a_problem(client: httpx.Client, of: Of) -> None:
    denied = errors.AccessDenied("Not any more.", reasons=["gone"], resolution_id="res-e")
    *_, last = events_of(client, of(*SAID, denied))
    assert last.event == "problem"
    assert last.data["type"] == "urn:ecp:problem:access-denied" and last.data["reasons"] == ["gone"]
    assert last.data["instance"] == "/api/v1/resolutions/res-e/events" and last.data["request_id"]


def test_a_client_that_leaves_leaves_nothing_behind(client: httpx.Client, service: InMemoryService, of: Of) -> None:
    path = of(*SAID, None)
    with client.stream("GET", path) as response:
        events = received(response.iter_lines())  # kept: one that is dropped closes the connection
        assert next(events).event == "status"
        assert service.told["res-e"].listeners == 1
    ends = time.monotonic() + 60
    while service.told["res-e"].listeners and time.monotonic() < ends:
        time.sleep(0.02)
    assert service.told["res-e"].listeners == 0


async def test_in_silence_there_is_a_heartbeat() -> None:
    sent: list[bytes] = []
    twice = asyncio.Event()

    async def nothing() -> AsyncGenerator[Event, None]:
        await twice.wait()
        yield SAID[0]

    async def send(message: dict[str, object]) -> None:
        body = message.get("body", b"")
        assert isinstance(body, bytes)
        sent.append(body)
        if sum(chunk.startswith(b": ") for chunk in sent) == 2:
            twice.set()

    async def receive() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    await event_stream(nothing(), scope, heartbeat=0.02)(scope, receive, send)  # type: ignore[arg-type]
    assert b'data: {"status":"running"}' in b"".join(sent)
