"""Things that start in a time, and who of two kinds did something."""

from __future__ import annotations

import pytest

from tests.support.reading import assets_of, understand

_WORKS = """
{kind: metric, id: works, name: Works, definition: "Works by the day on which they begin.", unit: works,
 semantic_layer_ref: Works.count, time_dimension: Works.day}
---
{kind: metric, id: halted, name: Halted works, definition: "Works that were halted.", unit: works,
 synonyms: [works halted], semantic_layer_ref: Halts.count, time_dimension: Halts.day}
---
{kind: metric, id: cost, name: Cost, definition: "What was spent.", unit: EUR,
 semantic_layer_ref: Ledger.cost, time_dimension: Ledger.day}
---
{kind: dimension, id: builder, name: Builder, semantic_layer_refs: [Works.builder, Halts.builder]}
---
{kind: dimension, id: halted_by, name: Halted by, semantic_layer_refs: [Halts.by],
 members: [{id: by_owner, name: Owner}, {id: by_builder, name: Builder}]}
"""


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("works starting in March 2025", "2025-03-01", "2025-03-31"),
        ("how many works beginning in Q3 2025", "2025-07-01", "2025-09-30"),
        ("works starting from March 2025", "2025-03-01", "2026-02-10"),
        ("works by month starting in March 2025", "2025-03-01", "2026-02-10"),
        ("cost starting in March 2025", "2025-03-01", "2026-02-10"),
    ],
)
def test_what_starts_in_a_time_is_of_that_time_and_not_since_then(question: str, start: str, end: str) -> None:
    found = understand(question, assets_of(_WORKS))
    period = found.selection.concepts.period
    assert found.status == "complete" and period is not None
    assert (str(period.start), str(period.end)) == (start, end)


def test_when_something_starts_that_is_dated_otherwise_is_not_known() -> None:
    assert understand("halted works starting in March 2025", assets_of(_WORKS)).status == "unresolved"


@pytest.mark.parametrize(
    ("question", "members", "cut"),
    [
        ("how many works were halted by owners or builders?", ["by_owner", "by_builder"], []),
        ("works halted by builders or owners in 2025", ["by_builder", "by_owner"], []),
        ("halted works by builder type", [], None),
        ("halted works for each builder", [], ["builder"]),
    ],
)
def test_two_members_are_two_members_though_one_is_called_as_a_cut(
    question: str, members: list[str], cut: list[str] | None
) -> None:
    found = understand(question, assets_of(_WORKS))
    concepts = found.selection.concepts
    if cut is None:
        assert found.status == "unresolved"
        return
    assert found.status == "complete"
    assert [f.member for f in concepts.filters] == members
    assert [d.id for d in concepts.dimensions] == cut
