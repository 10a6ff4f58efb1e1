"""Whether the layer told all rows of a query, or only as many as it was asked for at most."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.answer import ResolvedConcepts, Validation
from ecp.domain.plan import Draft, DraftQuery
from ecp.domain.plan.drafts import COMPUTED
from ecp.domain.plan.planning import ROWS_AT_MOST
from ecp.domain.semantic import QueryResult

CUT_SHORT = "rows_at_most"


def cut_short(plan: Draft, results: dict[str, QueryResult], concepts: ResolvedConcepts) -> Iterator[Validation]:
    """A broken rule where rows are missing for the sake of our own limit; one that withholds the numbers where they
    hang on all rows."""
    cut = [q for q in plan.queries if not q.limited and len(results[q.id].rows) >= _most(q)]
    if not cut:
        return
    told = f"the layer answered with {_most(cut[0]):,} rows, the most that are asked for, so rows may be missing"
    needed = any(_is_needed_whole(q, concepts) for q in cut)
    note = f"{told}, and what is asked for hangs on all of them" if needed else f"{told}: the table is cut there"
    yield Validation(rule=CUT_SHORT, passed=False, severity="error" if needed else "warning", note=note)


def _most(query: DraftQuery) -> int:
    return ROWS_AT_MOST if query.cube.limit is None else query.cube.limit


def _is_needed_whole(query: DraftQuery, concepts: ResolvedConcepts) -> bool:
    """Whether a number of the answer would be another one with the rows that are missing: what is added up, counted
    or taken last over rows, and any place among them."""
    over_rows = concepts.running or concepts.count or (concepts.average and concepts.average.over)
    return bool(over_rows or query.folded or query.last_of) or _hides_what_comes_first(query, concepts)


def _hides_what_comes_first(query: DraftQuery, concepts: ResolvedConcepts) -> bool:
    """Whether an order is not the layer's own, which tells the first rows first."""
    order = concepts.order
    if order is None:
        return False
    if order.by in COMPUTED:
        return True
    decides = query.metric == order.by and query.base is None and query.over is None
    apart = concepts.within or concepts.leading or concepts.both_ends
    return decides and bool(apart or not query.cube.order)
