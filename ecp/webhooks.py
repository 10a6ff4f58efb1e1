"""Webhooks: signed, sent to listed targets alone, and never anywhere a receiver points at."""

from __future__ import annotations

import hashlib
import hmac
import random
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from ecp.domain.notice import Delivery
from ecp.domain.targets import check_target
from ecp.settings import Settings
from ecp.stores.postgres import json_text

FIRST_WAIT_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 3600.0
MOST_ATTEMPTS = 12
GONE = 410


class Sender(Protocol):
    async def send(self, delivery: Delivery, now: datetime) -> str | None:
        """None when it has arrived, else why not. Raises `Refused` where it never will."""
        ...


class Refused(Exception):
    """It may not go there, or nobody wants it there."""


class Webhooks:
    """`client` follows no redirects and knows no proxies: see `webhook_client`."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    async def send(self, delivery: Delivery, now: datetime) -> str | None:
        secret = self._settings.webhook_secret
        if secret is None:
            return "no key to sign with (ECP_WEBHOOK_SECRET)"
        try:
            check_target(delivery.url, self._settings.webhook_hosts)
        except ValueError as error:
            raise Refused(str(error)) from None
        body = json_text(delivery.body).encode()
        headers = signed(body, delivery.delivery_id, secret.get_secret_value(), now)
        return await self._post(delivery.url, body, headers)

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> str | None:
        try:
            async with self._client.stream("POST", url, content=body, headers=headers) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return type(error).__name__
        if status == GONE:
            raise Refused("410: the receiver wants no more")
        return None if 200 <= status < 300 else f"the receiver answered {status}"


def webhook_client(settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=settings.webhook_timeout_seconds, follow_redirects=False, trust_env=False)


def signed(body: bytes, delivery_id: str, secret: str, now: datetime) -> dict[str, str]:
    """The headers of a webhook. Its signature is the HMAC-SHA256, in hex, of the timestamp, a dot and the body."""
    stamp = str(int(now.timestamp()))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "ecp",
        "ECP-Delivery": delivery_id,
        "ECP-Timestamp": stamp,
        "ECP-Signature": f"v1={signature}",
    }


def next_attempt(attempts: int, now: datetime, source: random.Random) -> datetime | None:
    """When to send again after so many attempts in vain: ever later, with jitter. None: not any more."""
    if attempts >= MOST_ATTEMPTS:
        return None
    wait = min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), LONGEST_WAIT_SECONDS)
    return now + timedelta(seconds=wait * source.uniform(0.75, 1.25))
