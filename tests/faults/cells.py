"""The fault matrix: what is broken in which way, and what an answer then has to be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

FAULTS = ("refuse", "delay", "reset", "slow_body", "garbage", "broken", "half_open")
Store = Literal["registry", "vector", "graph", "semantic", "policy"]
STORES: tuple[Store, ...] = ("registry", "vector", "graph", "semantic", "policy")
FOUR_PAIRS = (("vector", "graph"), ("graph", "semantic"), ("semantic", "policy"), ("registry", "policy"))
STAGES = {
    "vector": {"search_vectors", "find_precedents"},
    "graph": {"search_graph", "describe"},
    "semantic": {"build_execution_plan", "execute_queries"},
    "policy": {"check_authorization"},
    "known_issues": {"check_known_issues"},
}


@dataclass(frozen=True)
class Cell:
    """One question asked while `stores` suffer from `fault`. `known`: it was answered before they did.
    Every time in the settings is scaled down in one proportion, unless the cell has the `defaults`."""

    stores: tuple[str, ...]
    fault: str
    execute: bool = True
    known: bool = False
    defaults: bool = False

    def __str__(self) -> str:
        asked = "known" if self.known else "executed" if self.execute else "resolved"
        return f"{'+'.join(self.stores)}-{self.fault}-{asked}" + ("-defaults" if self.defaults else "")

    @property
    def refused(self) -> str | None:
        """The store without which there is no answer, None when there is one."""
        if "registry" in self.stores:
            return "registry"
        if "policy" in self.stores:
            return "policy"
        return "semantic" if "semantic" in self.stores and self.execute and not self.known else None

    @property
    def missing(self) -> set[str]:
        """The components that the answer says it did without."""
        gone = set(self.stores) - {"registry"}
        return gone | ({"known_issues"} if {"vector", "graph"} <= gone else set())


def singles() -> list[Cell]:
    executed = [Cell((store,), fault) for store in STORES for fault in FAULTS]
    resolved = [Cell(("semantic",), fault, execute=False) for fault in ("refuse", "half_open", "garbage")]
    return [*executed, *resolved, Cell(("semantic",), "refuse", known=True), Cell(("semantic",), "delay", known=True)]


def pairs(everything: bool) -> list[Cell]:
    if not everything:
        return [Cell(pair, "refuse") for pair in FOUR_PAIRS]
    return [Cell(pair, fault) for pair in combinations(STORES, 2) for fault in ("refuse", "half_open", "garbage")]


def defaults() -> list[Cell]:
    """With the settings as they are shipped."""
    return [Cell((store,), "half_open", defaults=True) for store in STORES]


def matrix(everything: bool) -> list[Cell]:
    return [*singles(), *pairs(everything), *(defaults() if everything else [])]
