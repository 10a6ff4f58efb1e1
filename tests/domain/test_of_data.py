"""What is known of the data behind a number: caveats of what is asked, how fresh it is; no meaning by date."""

from __future__ import annotations

from typing import Any

import pytest

from ecp.domain.assets import DataContract, Dimension, Member, Metric, PeriodScope, Scope, Term, TribalKnowledge
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import described, with_issues
from tests.support.reading import catalogue, understand


def _known(issue: str, **scope: Any) -> TribalKnowledge:
    return TribalKnowledge(id=issue, message=issue, scope=Scope(metrics=("weight",), **scope))


OLD = PeriodScope(start="2019-10-01", end="2019-12-31")  # type: ignore[arg-type]
PLACES = (Member(id="north", name="North"), Member(id="south", name="South"))
THINGS = Catalogue.of(
    "1",
    [
        Metric(id="weight", name="Net weight", semantic_layer_ref="A.weight"),
        Metric(id="gross", name="Gross weight", semantic_layer_ref="A.gross"),
        Term(id="heaviness", name="Heaviness", metrics=({"metric": "weight"},)),  # type: ignore[arg-type]
        Dimension(id="place", name="Place", semantic_layer_ref="A.place", members=PLACES),  # type: ignore[call-arg]
        _known("always"),
        _known("then", period=OLD),
        _known("there", members={"place": ("north",)}),
        _known("then_there", members={"place": ("north",)}, period=OLD),
        TribalKnowledge(id="of_another", message="x", scope=Scope(metrics=("gross",))),
        DataContract(id="fresh", metrics=("weight",), freshness_hours=6),
    ],
)


def _told(question: str, denied: tuple[str, ...] = ()) -> dict[str, Any]:
    understood = understand(question, THINGS)
    selection = understood.selection
    assert (understood.status, selection.kind) == ("complete", "definition"), (question, selection.unresolved)
    assert understood.reading.of_data
    (subject,) = selection.subjects
    return with_issues(described(subject, THINGS, denied), selection.concepts, THINGS, denied, None)


@pytest.mark.parametrize(
    ("question", "issues"),
    [
        ("caveats for net weight", {"always", "then", "there", "then_there"}),
        ("any caveats for net weight in North", {"always", "then", "there", "then_there"}),
        ("any caveats for net weight in South", {"always", "then"}),
        ("any caveats for net weight in Q4 2019", {"always", "then", "there", "then_there"}),
        ("are there any known issues with net weight in 2025?", {"always", "there"}),
        ("data quality issues of net weight in South in 2025", {"always"}),
        ("what should I know about net weight in South in November 2019", {"always", "then"}),
        ("how fresh is heaviness", {"always", "then", "there", "then_there"}),
    ],
)
def test_what_is_known_is_told_for_what_is_named(question: str, issues: set[str]) -> None:
    told = _told(question)
    assert {k["id"] for k in told["known_issues"]} == issues
    assert (told["id"], told["freshness_hours"]) == ("weight", 6)


def test_what_is_denied_is_not_among_it() -> None:
    assert {k["id"] for k in _told("caveats for net weight", ("then",))["known_issues"]} == {
        "always",
        "there",
        "then_there",
    }


@pytest.mark.parametrize(
    ("question", "mention"),
    [
        ("what does net weight mean in 2019", "2019"),
        ("definition of net weight last quarter", "last quarter"),
        ("how was net weight calculated in 2019?", "2019"),
        ("what does heaviness mean since 2020", "since 2020"),
        ("caveats for net weight in Nowhere", "Nowhere"),
        ("caveats for net weight over 100", "over 100"),
        ("when was net weight last updated", "last updated"),
    ],
)
def test_what_no_pack_tells_of_a_meaning_is_refused_by_name(question: str, mention: str) -> None:
    understood = understand(question, THINGS)
    assert understood.status == "unresolved"
    assert any(u.mention.startswith(mention) for u in understood.selection.unresolved)


@pytest.mark.parametrize("question", ["what is net weight in 2019", "net weight in 2019"])
def test_a_number_of_a_time_is_a_number(question: str) -> None:
    assert understand(question, THINGS).selection.kind == "metric"


def test_of_a_word_with_several_meanings_each_is_told() -> None:
    selection = understand("caveats for revenue", catalogue("demo")).selection
    assert selection.kind == "definition" and {"net_revenue", "gross_revenue"} <= set(selection.subjects)
    own = understand("caveats for revenue", catalogue("demo"), "finance").selection
    assert own.subjects == ("net_revenue",)
