"""A named part of a question and what it is there for."""

from __future__ import annotations

from typing import Literal

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.matching import CUT, METRIC, Target
from ecp.domain.values import Value

Role = Literal["metric", "member", "excluded", "group", "target", "compared", "department", "descriptor", "order"]
MEASURED: frozenset[Role] = frozenset({"metric", "order", "target"})
_FITTING: dict[Role, frozenset[str]] = {
    "metric": METRIC,
    "order": METRIC,
    "target": METRIC,
    "member": frozenset({"member"}),
    "excluded": frozenset({"member"}),
    "compared": frozenset({"member"}),
    "group": CUT,
    "department": frozenset({"department"}),
}


class Mention(Value):
    """Token positions are inclusive. `targets` are those that fit the role; `unsaid`: nothing says which of them, and
    no department has a word for it."""

    text: str
    first: int
    last: int
    role: Role
    targets: tuple[Target, ...]
    method: Literal["exact", "typo"] = "exact"
    read_as: str | None = None
    unsaid: bool = False

    @property
    def kinds(self) -> set[str]:
        return {t.kind for t in self.targets}

    @property
    def asset_ids(self) -> set[str]:
        return {t.asset_id for t in self.targets}

    def same_as(self, other: Mention) -> bool:
        return self.targets == other.targets


def metrics_named(mention: Mention, catalogue: Catalogue) -> list[Metric]:
    """What a mention may measure, in the order of what it may mean."""
    return catalogue.metrics_meant(t.asset_id for t in mention.targets)


def fitting(role: Role, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    return tuple(t for t in targets if t.kind in _FITTING[role]) if role in _FITTING else targets


__all__ = ["CUT", "MEASURED", "METRIC", "Mention", "Role", "fitting"]
