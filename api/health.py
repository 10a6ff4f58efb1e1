"""Asks every component at once how it is, each for no longer than its own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Literal

from api.deps import Ping, Service
from api.schemas import ComponentHealth
from ecp.errors import CircuitOpen, StoreError, StoreMalformed
from ecp.telemetry.logs import get_logger
from ecp.telemetry.metrics import BreakerState

REQUIRED = ("registry", "policy")
_log = get_logger("api.health")
Overall = Literal["ok", "degraded", "down"]


async def check(service: Service, *, seconds: float, only: Iterable[str] | None = None) -> dict[str, ComponentHealth]:
    """The health of all components, or of some; takes at most `seconds`."""
    pings = service.pings()
    names = [name for name in pings if only is None or name in only]
    breakers = service.breakers()
    checks = (_component(name, pings[name], breakers, seconds) for name in names)
    return dict(zip(names, await asyncio.gather(*checks), strict=True))


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
        return error.kind
    _log.warning("health_check_failed", component=name, error=repr(error))
    return "unavailable"
