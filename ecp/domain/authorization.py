"""What is put to the policy, and what it decides. One decision covers everything that would be shown."""

from __future__ import annotations

from typing import Literal

from ecp.domain.assets import Access
from ecp.domain.values import Value

Scalar = str | int | float | bool


class PolicyAsker(Value):
    user_id: str | None = None
    department: str | None = None
    roles: tuple[str, ...] = ()
    attributes: dict[str, tuple[str, ...]] = {}


class AssetForPolicy(Value):
    """An asset that would be used or shown. `required`: without it there is no answer; others are left out
    of the answer when denied. Department, role and attribute names arrive casefolded on both sides."""

    id: str
    kind: str
    name: str
    required: bool = False
    access: Access | None = None


class LimitForPolicy(Value):
    """A dimension the asker is limited on. `allowed` and `requested` are values of the semantic layer;
    `requested` is None when the question does not filter it. `applicable`: the metrics can be filtered by it.
    `outside`: what lies outside of it, in the question's own words, where something else that is asked for does not."""

    dimension: str
    name: str
    allowed: tuple[Scalar, ...]
    requested: tuple[Scalar, ...] | None = None
    applicable: bool = True
    outside: tuple[str, ...] = ()


class PolicyInput(Value):
    """The whole input of the decision `data.ecp.decision`."""

    action: Literal["resolve", "execute", "show"]
    asker: PolicyAsker
    assets: tuple[AssetForPolicy, ...] = ()
    limits: tuple[LimitForPolicy, ...] = ()
    registry_version: str


class RowFilter(Value):
    dimension: str
    operator: Literal["in"] = "in"
    values: tuple[Scalar, ...]


class Decision(Value):
    """What the policy decided. `denied` are ids of assets that must not be shown or used."""

    allowed: bool
    row_filters: tuple[RowFilter, ...] = ()
    masked_columns: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    policy_version: str
