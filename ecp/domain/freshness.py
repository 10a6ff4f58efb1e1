"""Whether the data behind an answer were loaded as lately as their contracts promise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from ecp.domain.answer import ResolvedConcepts, Warning_
from ecp.domain.assets import DataContract
from ecp.domain.catalogue import Catalogue
from ecp.domain.values import JsonObject, Value

_DAY_LONG = 10


class Load(Value):
    """The newest load of what a contract speaks of, as the layer tells it; `known` is false where it could not be
    asked, `at` is None where nothing was ever loaded."""

    contract: str
    at: str | None = None
    known: bool = True


def contracts(concepts: ResolvedConcepts, catalogue: Catalogue) -> tuple[DataContract, ...]:
    """Those that speak of what is measured, or of everything, and say how it is looked up."""
    measured = {m.id for m in concepts.metrics} | {c.metric for c in concepts.comparisons if c.metric}
    own = (c for c in catalogue.of_kind(DataContract) if not c.metrics or measured & set(c.metrics))
    return tuple(c for c in own if c.freshness_ref)


def newest(ref: str) -> JsonObject:
    """The query of the layer whose one value is the newest load: of a contract's `freshness_ref`."""
    return {
        "dimensions": [ref],
        "filters": [{"member": ref, "operator": "set"}],
        "order": [[ref, "desc"]],
        "limit": 1,
    }


def overdue(
    loads: Iterable[Load], concepts: ResolvedConcepts, catalogue: Catalogue, now: datetime
) -> Iterator[Warning_]:
    """A warning for each contract whose time is over. `now` with its zone; loads without one are UTC."""
    for load in loads:
        contract = catalogue.get(load.contract, DataContract)
        if contract is None:
            continue
        name = contract.name or contract.id
        at = moment(load.at) if load.at is not None else None
        if not load.known or (load.at is not None and at is None):
            yield _warning(
                contract, "low", f"{name} could not be checked: the semantic layer does not say when it loaded"
            )
        elif at is None:
            yield _warning(contract, "high", f"{name} does not hold: nothing has been loaded yet")
        elif (age := now - at) > timedelta(hours=contract.freshness_hours):
            yield _late(contract, name, at, age, concepts)


def _late(contract: DataContract, name: str, loaded: datetime, age: timedelta, concepts: ResolvedConcepts) -> Warning_:
    said = f"{loaded:%Y-%m-%d %H:%M} UTC"
    hours = age.total_seconds() / 3600
    promised = f"at most {contract.freshness_hours:g} are promised"
    message = f"{name} does not hold: the data were loaded {hours:.0f} hours ago, {promised}"
    if not _reaches(concepts, loaded.date()):
        impact = f"little: what was asked for had ended before the load of {said}, but corrections may be missing"
        return _warning(contract, "low", message, impact)
    severity: Literal["medium", "high"] = "high" if hours > 3 * contract.freshness_hours else "medium"
    return _warning(
        contract,
        severity,
        message,
        f"what has happened since the load of {said} is not in the numbers",
        f"ask for a period that ended before {loaded:%Y-%m-%d}, or ask again after the next load"
        + (f"; {contract.owner} knows when that is" if contract.owner else ""),
    )


def _reaches(concepts: ResolvedConcepts, day: date) -> bool:
    """Whether some period of the question goes on when the data end."""
    periods = [concepts.period, *(c.period for c in concepts.comparisons)]
    ends = [p.end for p in periods if p]
    return not ends or max(ends) >= day


def moment(text: str) -> datetime | None:
    """A day without a time is known to its end. None: it is no time that is kept there."""
    try:
        if len(text) <= _DAY_LONG:
            return datetime.combine(date.fromisoformat(text), time.min, UTC) + timedelta(days=1)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _warning(
    contract: DataContract,
    severity: Literal["low", "medium", "high"],
    message: str,
    impact: str = "the numbers may be older than they look",
    workaround: str = "ask again later",
) -> Warning_:
    return Warning_(
        id=contract.id, source="freshness", severity=severity, message=message, impact=impact, workaround=workaround
    )
