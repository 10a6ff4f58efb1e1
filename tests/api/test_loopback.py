"""Without authentication nobody but this machine is served, whatever address the server was told to listen on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from api.main import create_app
from ecp.settings import Settings
from tests.support.service import InMemoryService, factory_of

HERE = ("127.0.0.1", 8000)


def app_with(settings: Settings, **fields: Any) -> ASGIApp:
    return create_app(settings.model_copy(update=fields), factory_of(InMemoryService()))


async def status_of(
    app: ASGIApp, *, client: Any = ("127.0.0.1", 50_000), server: Any = HERE, headers: list[tuple[bytes, bytes]]
) -> tuple[int, dict[str, Any]]:
    """One request exactly as a server hands it over."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/health/live", "raw_path": b"/health/live", "query_string": b"", "root_path": "",
        "headers": headers, "client": client, "server": server,
    }  # fmt: skip
    await app(scope, receive, send)
    return sent[0]["status"], json.loads(b"".join(m.get("body", b"") for m in sent[1:]))


def host(name: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", name.encode())]


@pytest.mark.parametrize(
    ("client", "server"),
    [
        (("192.168.1.7", 5), HERE),
        (("127.0.0.1", 5), ("192.168.1.5", 8000)),
        (("10.0.0.9", 5), ("10.0.0.1", 8000)),
        (("::ffff:10.0.0.9", 5), ("::", 8000)),
        (("fe80::1%eth0", 5), ("::1", 8000)),
        (("0.0.0.0", 5), HERE),
        (("somewhere", 5), HERE),
        (None, HERE),
        (("10.0.0.9", 5), ("/run/socket", None)),
    ],
)
async def test_a_connection_from_or_to_elsewhere_is_refused(api_settings: Settings, client: Any, server: Any) -> None:
    app = app_with(api_settings)
    for headers in (host("localhost"), [*host("localhost"), (b"x-forwarded-for", b"127.0.0.1")]):
        status, body = await status_of(app, client=client, server=server, headers=headers)
        assert status == 403 and body["type"] == "urn:ecp:problem:loopback-only"
        assert body["setting"] == "ECP_UNAUTHENTICATED_NETWORK" and "ECP_UNAUTHENTICATED_NETWORK" in body["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        host(""),
        host("evil.example"),
        host("evil.example:8000"),
        host("127.0.0.1.evil.example"),
        host("localhost.evil.example"),
        host("localhost@evil.example"),
        host("10.0.0.1:8000"),
        host("127.0.0.1:8000, evil.example"),
        host("[::1"),
        host("localhost") + host("evil.example"),
    ],
)
async def test_a_name_that_is_not_this_machine_is_refused(
    api_settings: Settings, headers: list[tuple[bytes, bytes]]
) -> None:
    status, body = await status_of(app_with(api_settings), headers=headers)
    assert status == 403 and body["type"] == "urn:ecp:problem:loopback-only"


@pytest.mark.parametrize(
    ("client", "server", "name"),
    [
        (("127.0.0.1", 5), HERE, "127.0.0.1:8000"),
        (("127.0.0.1", 5), HERE, "LOCALHOST:8000"),
        (("::1", 5), ("::1", 8000), "[::1]:8000"),
        (("::ffff:127.0.0.1", 5), ("::ffff:127.0.0.1", 8000), "localhost"),
        (("127.9.9.9", 5), ("127.0.0.1", 8000), "localhost."),
        (None, None, "localhost"),
        (None, ("/run/socket", None), "localhost"),
    ],
)
async def test_this_machine_is_served(api_settings: Settings, client: Any, server: Any, name: str) -> None:
    assert (await status_of(app_with(api_settings), client=client, server=server, headers=host(name)))[0] == 200


async def test_the_setting_opens_the_network_and_is_warned_of(api_settings: Settings) -> None:
    app = app_with(api_settings, unauthenticated_network=True)
    status, _ = await status_of(app, client=("10.0.0.9", 5), server=("10.0.0.1", 8000), headers=host("context.example"))
    assert status == 200
