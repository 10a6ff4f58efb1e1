"""What a claimed confidence has been worth: how often answers that claimed it were right.

Isotonic regression by pooling adjacent violators (Zadrozny and Elkan 2002), each block counted together with a few
answers that were as right as they claimed, so that little evidence moves little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from ecp.domain.observed import OBSERVED
from ecp.domain.values import Value

BELIEVED = 5.0
ORDER_KEPT = 0.05


class Observed(Value):
    """So many complete answers claimed this, and so many of them were right."""

    claimed: float
    n: int
    right: int


class Knot(Value):
    claimed: float
    worth: float


def fit(observed: Iterable[Observed]) -> tuple[Knot, ...]:
    """The map through these observations: never falling, from 0 at a claim of 0."""
    blocks: list[tuple[int, int, float]] = []
    for each in sorted(observed, key=lambda o: o.claimed):
        blocks.append((each.n, each.right, each.n * each.claimed))
        while len(blocks) > 1 and _rate(blocks[-2]) >= _rate(blocks[-1]):
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    knots = (Knot(claimed=0.0, worth=0.0), *(_knot(block) for block in blocks))
    assert all(a.worth <= b.worth for a, b in pairwise(knots))
    return knots


def _rate(block: tuple[int, int, float]) -> float:
    n, right, claimed = block
    return (right + BELIEVED * claimed / n) / (n + BELIEVED)


def _knot(block: tuple[int, int, float]) -> Knot:
    return Knot(claimed=round(block[2] / block[0], 4), worth=round(_rate(block), 4))


KNOTS = fit(Observed(claimed=claimed, n=n, right=right) for claimed, n, right in OBSERVED)


def worth(claimed: float, knots: Sequence[Knot] = KNOTS) -> float:
    """What a claim is worth, and never more than it claims: that some like it came out better shows little about one
    that lacks something else. Of two claims the greater one stays the greater one."""
    return min(claimed, (1 - ORDER_KEPT) * _between(claimed, knots) + ORDER_KEPT * claimed)


def _between(claimed: float, knots: Sequence[Knot]) -> float:
    for low, high in pairwise(knots):
        if claimed <= high.claimed:
            share = (claimed - low.claimed) / (high.claimed - low.claimed)
            return low.worth + share * (high.worth - low.worth)
    return knots[-1].worth
