"""A plan before authorisation, and what cannot be planned."""

from __future__ import annotations

from ecp.domain.answer import Computation, ExecutionPlan, Nearest, PlannedQuery, Unresolved
from ecp.domain.averages import divided
from ecp.domain.semantic import CubeQuery
from ecp.domain.values import Value

SHARE = "share_pct"
RATIO = "ratio"
DIFFERENCE = "difference"
SUM = "sum"
"""What two metrics come to."""
GAP = "gap"
"""How far two metrics lie apart, whichever is higher."""
AVERAGE = "average"
COUNT = "count"
MEAN = "mean"
RANK = "rank"
RUNNING = "running_total"
COMBINED = "combined_total"
COMBINED_SHARE = "combined_share_pct"
PREVIOUS = "previous"
"""How the series are called that hold what another period has."""
OVERALL = "overall"
"""The series that tells what comes first, where its rows do not add up."""
CHANGE = ("variance", "variance_pct")
FROM_AVERAGE = "from_average"
COMPUTED = (*CHANGE, SHARE, RATIO, DIFFERENCE, SUM, GAP)
"""Computed columns that may decide an order."""
AT_ONCE = "all"
"""What is folded where a level is asked for at one time, and its last unit may not be kept yet. A bound on it holds for
what is left, and is not the layer's to keep."""


class DraftQuery(Value):
    """One query: which `series` of the answer it fills ("actual", or a comparison's id), which metric, and which
    member of a grouped dimension. `base` is the series it is compared with; `bounded`: rows may be missing because
    a bound on the metric left them out; `last_of`: the last value in each of these is the one that counts; `sum_of`:
    the values in each of these are added up; `offset`: by how many months these begin later than the calendar's;
    `over`: it is taken over the groups of these dimensions, as the whole of a share is; `limited`: no more rows than
    its limit are needed, so that none is missing; `unlike`: the first days of the asked units of time of which no
    change against this is told, as only one of the two is whole; `other_days`: none is, as it is of other days."""

    id: str
    series: str
    metric: str
    base: str | None = None
    bounded: bool = False
    last_of: str | None = None
    sum_of: str | None = None
    offset: int = 0
    over: tuple[str, ...] | None = None
    limited: bool = False
    unlike: tuple[str, ...] = ()
    other_days: bool = False
    group: dict[str, str] = {}
    cube: CubeQuery

    @property
    def folded(self) -> str | None:
        """What the layer's rows are brought together to, where it answers more finely than was asked."""
        return (self.last_of if self.last_of != AT_ONCE else None) or self.sum_of


class Draft(Value):
    """The plan before authorisation; `checked`: against the layer's metadata. `problems` is what cannot be planned;
    `gaps`, what its groups leave out or count twice; `left_out`: the first day of the units of time that are not over
    and left out; `unmodelled`: what is measured of which the layer has no model; `unfinished`: what is to be known of
    one that is kept; `until`: the past day that ends what has no
    period."""

    queries: tuple[DraftQuery, ...] = ()
    computations: tuple[Computation, ...] = ()
    checked: bool = False
    problems: tuple[Unresolved, ...] = ()
    notes: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    left_out: str | None = None
    unfinished: str = ""
    unmodelled: tuple[str, ...] = ()
    until: str | None = None

    @property
    def share(self) -> tuple[str, str] | None:
        """The series of the part and of the whole, where one is asked for; of a quotient or difference both sides."""
        found = self._divided
        return (found[1][0], found[1][2]) if found else None

    @property
    def share_as(self) -> tuple[str, int]:
        """What the two are told as, and how often their quotient is taken."""
        name, words = self._divided or (SHARE, [])
        return name, int(words[4]) if len(words) > 4 else 1

    @property
    def _divided(self) -> tuple[str, list[str]] | None:
        return next(
            ((c.id, c.expression.split()) for c in self.computations if c.id in (SHARE, RATIO, DIFFERENCE, SUM)), None
        )

    @property
    def average(self) -> tuple[str, int, int] | None:
        """The series that is averaged, by how many parts it is divided, and how many days a unit has of them."""
        found = (c.expression for c in self.computations if c.id == AVERAGE)
        return next((divided(e) for e in found if not e.startswith(MEAN)), None)

    @property
    def shown(self) -> ExecutionPlan:
        queries = tuple(PlannedQuery(id=q.id, cube=q.cube.to_json()) for q in self.queries)
        return ExecutionPlan(queries=queries, computations=self.computations)


class Unplannable(Exception):
    """A part of the question that the metric cannot be cut or limited by. `nearest`: what can be asked for instead."""

    def __init__(self, mention: str, why: str, nearest: tuple[Nearest, ...] = ()) -> None:
        super().__init__(f"{mention} ({why})")
        self.problem = Unresolved(mention=str(self), nearest=nearest)
