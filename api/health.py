"""Asks every component at once how it is, each for no longer than its own time."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal

from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from api.deps import Ping, Service
from api.schemas import ComponentHealth
from ecp.errors import CircuitOpen, StoreError, StoreMalformed
from ecp.settings import Settings
from ecp.telemetry.logs import get_logger
from ecp.telemetry.metrics import BreakerState

REQUIRED = ("registry", "policy")
_log = get_logger("api.health")
Overall = Literal["ok", "degraded", "down"]


class Seen:
    """Since when each component has not been ok, as far as this process was asked; what it saw before a store answered
    somebody is of an outage that was over."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._since: dict[str, datetime] = {}

    def noted(self, name: str, found: ComponentHealth, answered_ago: float) -> ComponentHealth:
        now, since = self._now(), self._since.pop(name, None)
        if found.status == "ok":
            return found
        if since is None or (now - since).total_seconds() > answered_ago:
            since = now
        self._since[name] = since
        return found.model_copy(update={"since": since.isoformat(timespec="milliseconds")})


async def check(
    service: Service, seen: Seen, *, seconds: float, only: Iterable[str] | None = None
) -> dict[str, ComponentHealth]:
    """The health of all components, or of some; takes at most `seconds`."""
    pings = service.pings()
    names = [name for name in pings if only is None or name in only]
    breakers = service.breakers()
    checks = (_component(name, pings[name], breakers, seconds) for name in names)
    found, answered = await asyncio.gather(*checks), service.answered_ago()
    return {name: seen.noted(name, one, answered.get(name, math.inf)) for name, one in zip(names, found, strict=True)}


def explained(components: Mapping[str, ComponentHealth], settings: Settings) -> dict[str, ComponentHealth]:
    """Where the semantic layer is down for want of the warehouse's Postgres, it says so."""
    told, semantic = dict(components), components.get("semantic")
    if semantic is not None and semantic.status == "down" and _without_warehouse(components, settings):
        detail = f"{semantic.detail}: the warehouse's Postgres does not serve"
        told["semantic"] = semantic.model_copy(update={"detail": detail})
    return told


def _without_warehouse(components: Mapping[str, ComponentHealth], settings: Settings) -> bool:
    """The embedded layer is asked by way of the warehouse. Of one that runs by itself it is known where the warehouse
    is on the registry's server."""
    if settings.cube_url is None:
        return True
    registry = components.get("registry")
    places = (_server(settings.warehouse), _server(settings.postgres_dsn))
    return registry is not None and registry.status == "down" and None not in places and places[0] == places[1]


def _server(dsn: SecretStr | None) -> tuple[str, str] | None:
    if dsn is None:
        return None
    given = conninfo_to_dict(dsn.get_secret_value())
    return str(given.get("host", "")), str(given.get("port", ""))


def overall(components: Mapping[str, ComponentHealth]) -> Overall:
    """Down when no question could be answered."""
    if not can_answer(components):
        return "down"
    return "ok" if all(c.status == "ok" for c in components.values()) else "degraded"


def can_answer(components: Mapping[str, ComponentHealth]) -> bool:
    return all(name in components and components[name].status != "down" for name in REQUIRED)


async def _component(name: str, ping: Ping, breakers: Mapping[str, BreakerState], seconds: float) -> ComponentHealth:
    began = time.perf_counter()
    failure = await _failure(name, ping, seconds)
    latency = round((time.perf_counter() - began) * 1000, 2)
    breaker = breakers.get(name)
    if failure is not None:
        return ComponentHealth(status="down", latency_ms=latency, breaker=breaker, detail=failure)
    if breaker in ("open", "half_open"):
        return ComponentHealth(
            status="degraded", latency_ms=latency, breaker=breaker, detail="being asked again carefully"
        )
    return ComponentHealth(status="ok", latency_ms=latency, breaker=breaker)


async def _failure(name: str, ping: Ping, seconds: float) -> str | None:
    """What is wrong, without hosts or queries. A ping that does not even end when cancelled is left behind."""
    task = asyncio.ensure_future(ping())
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.add_done_callback(lambda late: late.cancelled() or late.exception())
        task.cancel()
        return f"no answer within {seconds:g} s"
    error = task.exception() if not task.cancelled() else TimeoutError()
    if error is None:
        return None
    if isinstance(error, CircuitOpen):
        return "circuit breaker open"
    if isinstance(error, StoreMalformed) and error.store == "policy":
        return error.detail
    if isinstance(error, StoreError):
        return f"{error.kind}: {error.detail}" if error.extra.get("told") else error.kind
    _log.warning("health_check_failed", component=name, error=repr(error))
    return "unavailable"
