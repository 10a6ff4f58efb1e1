"""What a receiver gets, and where nothing is ever sent."""

from __future__ import annotations

import hashlib
import hmac
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecp.domain.notice import Delivery
from ecp.settings import Settings
from ecp.webhooks import MOST_ATTEMPTS, Refused, Webhooks, next_attempt, webhook_client
from tests.support.receiver import receiving

NOW = datetime(2026, 2, 10, 8, tzinfo=UTC)
KEY = "a key of the operator's"


def settings(**changes: Any) -> Settings:
    given = {"webhook_hosts": "127.0.0.1", "webhook_secret": KEY, "webhook_timeout_seconds": 10.0, **changes}
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


async def sent(url: str, **changes: Any) -> str | None:
    own = settings(**changes)
    async with webhook_client(own) as client:
        delivery = Delivery(delivery_id="d-1", watch_id="w", url=url, body={"outcome": "changed", "ü": 1}, made_at=NOW)
        return await Webhooks(client, own).send(delivery, NOW)


async def test_a_receiver_can_tell_who_sent_it_and_when() -> None:
    with receiving() as receiver:
        assert await sent(receiver.url) is None
    ((headers, body),) = receiver.got
    stamp = headers["ECP-Timestamp"]
    expected = hmac.new(KEY.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["ECP-Signature"] == f"v1={expected}" and headers["ECP-Delivery"] == "d-1"
    assert datetime.fromtimestamp(int(stamp), UTC) == NOW
    assert receiver.bodies == [{"outcome": "changed", "ü": 1}]


@pytest.mark.parametrize("status", [302, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(status: int) -> None:
    with receiving() as elsewhere, receiving(status) as receiver:
        receiver.elsewhere = elsewhere.url
        assert await sent(receiver.url) == f"the receiver answered {status}"
        assert elsewhere.got == [] and len(receiver.got) == 1


async def test_what_fails_is_said_without_the_address() -> None:
    with receiving(500) as receiver:
        assert await sent(receiver.url) == "the receiver answered 500"
    assert await sent("http://127.0.0.1:1/") == "ConnectError"


async def test_what_nobody_wants_is_not_sent_again() -> None:
    with receiving(410) as receiver, pytest.raises(Refused):
        await sent(receiver.url)


async def test_a_target_that_is_listed_no_more_gets_nothing() -> None:
    with receiving() as receiver:
        with pytest.raises(Refused, match="ECP_WEBHOOK_HOSTS"):
            await sent(receiver.url, webhook_hosts="hooks.example.com")
        assert not receiver.got


async def test_without_a_key_nothing_is_sent_and_it_waits_for_one() -> None:
    with receiving() as receiver:
        assert "ECP_WEBHOOK_SECRET" in str(await sent(receiver.url, webhook_secret=None))
        assert not receiver.got


def test_it_is_sent_ever_more_rarely_and_not_for_ever() -> None:
    source = random.Random(1)
    times = [next_attempt(n, NOW, source) for n in range(1, MOST_ATTEMPTS)]
    waits = [at - NOW for at in times if at is not None]
    assert len(waits) == MOST_ATTEMPTS - 1 and waits[0] < timedelta(seconds=13)
    assert max(waits) <= timedelta(hours=1.25) and sum(waits, timedelta()) > timedelta(hours=2)
    assert next_attempt(MOST_ATTEMPTS, NOW, source) is None
