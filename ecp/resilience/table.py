"""The one table: each store's timeout, retries, breaker or memory, whether it is required, and what stands in.

| store        | breaker | required | without it                                   |
|--------------|---------|----------|----------------------------------------------|
| vector       | memory  | no       | keyword search in the registry               |
| graph        | memory  | no       | the registry alone                           |
| registry     | memory  | yes      | nothing can be resolved                      |
| semantic     | cube    | no       | the plan is not checked; results as last known |
| policy       | opa     | yes      | nothing is allowed                           |
| known_issues | memory  | no       | caveats are not checked                      |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecp.settings import Settings

STORES = ("vector", "graph", "registry", "semantic", "policy", "known_issues")
COMPONENTS = (*STORES, "orchestrator")


@dataclass(frozen=True)
class StorePolicy:
    """One row. Seconds throughout. `margin` is kept free before a resolution's deadline, `reserve` must be left behind
    the wait when the store is asked again: for the required stores where it is optional, else for an attempt that would
    tell something. A store without a `breaker` has a short memory of `memory` seconds instead. `probe` is the time of
    the one call that may close the breaker: who comes back is slow."""

    store: str
    timeout: float
    retries: int
    required: bool
    fallback: str
    effect: str
    breaker: str | None = None
    memory: float = 0.0
    margin: float = 0.0
    reserve: float = 0.0
    probe: float = 0.0


_TEXTS: dict[str, tuple[bool, str, str]] = {
    "vector": (False, "keyword search", "matches by meaning are missing; lower confidence"),
    "graph": (False, "registry only", "no lineage and no evidence from the graph; lower confidence"),
    "registry": (True, "none", "nothing can be resolved"),
    "semantic": (False, "plan not checked", "the plan could not be checked against the semantic layer"),
    "policy": (True, "deny", "nothing is allowed"),
    "known_issues": (False, "none", "caveats could not be checked; lower confidence"),
    "orchestrator": (False, "untracked", "the run is recorded in the orchestrator later"),
}
_BREAKERS = {"semantic": "cube", "policy": "opa"}


def table(settings: Settings) -> Mapping[str, StorePolicy]:
    """The rows by store, `orchestrator` among them for its texts alone."""
    return {component: _row(component, settings) for component in COMPONENTS}


def _row(component: str, settings: Settings) -> StorePolicy:
    required, fallback, effect = _TEXTS[component]
    breaker = _BREAKERS.get(component)
    return StorePolicy(
        store=component,
        timeout=settings.store_timeout_seconds,
        retries=settings.retry_attempts,
        required=required,
        fallback=fallback,
        effect=effect,
        breaker=breaker,
        memory=0.0 if breaker else settings.down_memory_seconds,
        margin=settings.policy_margin_seconds if component == "policy" else 0.0,
        reserve=settings.store_timeout_seconds / 2 if required else _reserve(settings),
        probe=settings.query_timeout_seconds if breaker else 0.0,
    )


def _reserve(settings: Settings) -> float:
    """Time for the policy and the registry, and for one more attempt before them; never most of the deadline."""
    wanted = settings.policy_margin_seconds + 2 * settings.store_timeout_seconds
    return min(wanted, 0.5 * settings.deadline_seconds)
