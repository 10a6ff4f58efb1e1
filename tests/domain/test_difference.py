"""What has changed between two answers: each thing once, and nothing that did not."""

from __future__ import annotations

from typing import Any

import pytest

from ecp.domain.answer import Resolution
from ecp.domain.difference import Comparison, compare, failure
from ecp.domain.question import Asker
from ecp.domain.snapshot import MOST_CELLS, Snapshot, snapshot_of

METRIC = {
    "id": "orders",
    "mention": "orders",
    "name": "Orders",
    "definition": "Orders that were shipped.",
    "certification_tier": 1,
    "semantic_layer_ref": "Orders.count",
    "unit": None,
    "confidence": 0.98,
    "reason": "the department means this one",
}
PERIOD = {
    "mention": "last month",
    "start": "2026-01-01",
    "end": "2026-01-31",
    "granularity": "month",
    "calendar": "calendar",
    "label": "January 2026",
    "rule": "last complete month",
}
FEBRUARY = PERIOD | {"start": "2026-02-01", "end": "2026-02-28", "label": "February 2026"}
FILTER = {"dimension": "site", "operator": "in", "member": "north", "values": ["N1"], "mention": "north", "reason": ""}
CAVEAT = {"id": "tk_1", "source": "tribal_knowledge", "severity": "high", "message": "half of it is missing"}
GONE = {"component": "graph", "fallback": "registry only", "effect": "no lineage"}
KEEPER = Asker(user_id="u-1", department="logistics")


def concepts(**changes: Any) -> dict[str, Any]:
    return {"metrics": [METRIC], "filters": [FILTER], "period": PERIOD, **changes}


def table(rows: list[list[Any]], *columns: str) -> dict[str, Any]:
    types = {"month": "time", "site": "string"}
    named = columns or ("orders",)
    return {"columns": [{"name": c, "type": types.get(c, "number")} for c in named], "rows": rows}


def answer(asker: Asker = KEEPER, **fields: Any) -> Snapshot:
    usual = {
        "resolution_id": "r",
        "status": "complete",
        "resolved_concepts": concepts(),
        "authorization": {"allowed": True},
        "confidence_score": 0.96,
        "results": table([[100]]),
    }
    return snapshot_of(Resolution.model_validate(usual | fields), asker)


def denied(asker: Asker = KEEPER) -> Snapshot:
    return answer(asker, status="access_denied", resolved_concepts={}, results=None, confidence_score=None)


def told(found: Comparison) -> dict[str, tuple[Any, Any]]:
    fields = [d.field for d in found.differences]
    assert len(fields) == len(set(fields))
    return {d.field: (d.before, d.after) for d in found.differences}


def test_the_first_answer_differs_from_nothing() -> None:
    found = compare(None, answer())
    assert (found.outcome, found.differences, found.baseline) == ("unchanged", (), answer())


def test_the_same_answer_is_unchanged() -> None:
    assert compare(answer(), answer(resolution_id="s")).outcome == "unchanged"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"results": table([[120]])}, "numbers"),
        ({"resolved_concepts": concepts(metrics=[METRIC | {"definition": "Orders that were paid."}])}, "definition"),
        ({"resolved_concepts": concepts(metrics=[METRIC | {"semantic_layer_ref": "Orders.paid"}])}, "definition"),
        ({"resolved_concepts": concepts(metrics=[METRIC | {"certification_tier": 3}])}, "definition"),
        ({"resolved_concepts": concepts(filters=[FILTER | {"values": ["N1", "N2"]}])}, "filters"),
        ({"resolved_concepts": concepts(period=FEBRUARY)}, "period"),
        ({"warnings": [CAVEAT]}, "caveats"),
        ({"confidence_score": 0.8}, "confidence"),
        ({"authorization": {"allowed": True, "masked_columns": ["orders"]}}, "permission"),
    ],
)
def test_one_thing_that_changed_is_one_difference_and_is_told_once(fields: dict[str, Any], field: str) -> None:
    found = compare(answer(), answer(**fields))
    assert (found.outcome, list(told(found))) == ("changed", [field])
    assert compare(found.baseline, answer(**fields)).outcome == "unchanged"


def test_wording_and_evidence_are_no_difference() -> None:
    other = METRIC | {"mention": "Orders", "reason": "its own name", "confidence": 1.0, "sources": ["graph"]}
    assert compare(answer(), answer(resolved_concepts=concepts(metrics=[other]))).outcome == "unchanged"


def test_a_definition_says_what_of_it_is_another() -> None:
    found = compare(answer(), answer(resolved_concepts=concepts(metrics=[METRIC | {"definition": "Paid orders."}])))
    before = {"orders": {"definition": "Orders that were shipped."}}
    assert told(found)["definition"] == (before, {"orders": {"definition": "Paid orders."}})


def test_a_reply_about_meaning_is_a_definition() -> None:
    one, other = ({"id": "churn", "definition": text} for text in ("Who left.", "Who left within a year."))
    found = compare(answer(answer=one, results=None), answer(answer=other, results=None))
    assert list(told(found)) == ["definition"]


def test_another_metric_has_other_figures_and_that_is_no_news_of_its_own() -> None:
    gross = concepts(metrics=[METRIC | {"id": "gross", "name": "Gross orders"}])
    sales = Asker(user_id="u-1", department="sales")
    found = compare(answer(), answer(sales, resolved_concepts=gross, results=table([[180]], "gross")))
    assert list(told(found)) == ["department", "definition"]
    assert told(found)["department"] == ("logistics", "sales")


class TestNumbers:
    def test_a_single_figure_is_told_as_it_is(self) -> None:
        assert told(compare(answer(), answer(results=table([[120]]))))["numbers"] == (100, 120)

    def test_of_several_those_that_changed_are_told_with_what_they_are_of(self) -> None:
        before = answer(results=table([["north", 1], ["south", 2]], "site", "orders"))
        after = answer(results=table([["south", 3], ["north", 1], ["west", 5]], "site", "orders"))
        found = told(compare(before, after))["numbers"]
        assert found == ({"south / orders": 2}, {"south / orders": 3, "west / orders": 5})

    @pytest.mark.parametrize(("value", "outcome"), [(100.9, "unchanged"), (101.1, "changed"), (None, "changed")])
    def test_a_tolerance_is_relative(self, value: float | None, outcome: str) -> None:
        assert compare(answer(), answer(results=table([[value]])), tolerance=0.01).outcome == outcome

    def test_a_slow_drift_is_told_once_it_has_come_far_enough(self) -> None:
        baseline, outcomes = answer(), []
        for value in (100.6, 101.0, 101.2, 101.3):
            found = compare(baseline, answer(results=table([[value]])), tolerance=0.011)
            baseline = found.baseline
            outcomes.append(found.outcome)
        assert outcomes == ["unchanged", "unchanged", "changed", "unchanged"]

    def test_of_another_period_another_figure_is_no_news(self) -> None:
        moved = answer(resolved_concepts=concepts(period=FEBRUARY), results=table([[300]]))
        found = compare(answer(), moved)
        assert list(told(found)) == ["period"]
        corrected = answer(resolved_concepts=concepts(period=FEBRUARY), results=table([[310]]))
        assert told(compare(found.baseline, corrected))["numbers"] == (300, 310)

    def test_of_a_window_that_moved_the_months_that_both_have_are_compared(self) -> None:
        before = answer(results=table([["2025-12", 1], ["2026-01", 2]], "month", "orders"))
        rows = [["2026-01", 7], ["2026-02", 3]]
        after = answer(resolved_concepts=concepts(period=FEBRUARY), results=table(rows, "month", "orders"))
        found = told(compare(before, after))
        assert list(found) == ["period", "numbers"]
        assert found["numbers"] == ({"2026-01 / orders": 2}, {"2026-01 / orders": 7})

    def test_what_less_permission_shows_is_told_as_that_and_no_figure_from_before(self) -> None:
        less = {"allowed": True, "row_filters": [{"dimension": "site", "values": ["N1"]}]}
        found = compare(answer(), answer(authorization=less, results=table([[40]])))
        assert list(told(found)) == ["permission"]

    def test_of_very_many_it_is_told_that_they_changed(self) -> None:
        rows = [[f"s{n}", n] for n in range(MOST_CELLS + 1)]
        before = answer(results=table(rows, "site", "orders"))
        assert compare(before, answer(results=table(rows, "site", "orders"))).outcome == "unchanged"
        after = answer(results=table([["s0", -1], *rows[1:]], "site", "orders"))
        assert list(told(compare(before, after))) == ["numbers"]
        assert before.numbers is not None and before.numbers.cells == {}

    def test_two_rows_of_the_same_name_are_two(self) -> None:
        before = answer(results=table([["s", 1], ["s", 2]], "site", "orders"))
        after = answer(results=table([["s", 1], ["s", 3]], "site", "orders"))
        assert list(told(compare(before, after))) == ["numbers"]


class TestOutages:
    def test_what_could_not_be_found_out_has_not_changed(self) -> None:
        before = answer(warnings=[CAVEAT])
        found = compare(before, answer(degradations=[GONE], confidence_score=0.7))
        assert found.outcome == "unchanged"
        assert compare(found.baseline, before).outcome == "unchanged"

    def test_last_known_figures_are_none_to_compare_with(self) -> None:
        found = compare(answer(), answer(age_seconds=60, results=table([[90]])))
        assert found.outcome == "unchanged"
        assert told(compare(found.baseline, answer(results=table([[110]]))))["numbers"] == (100, 110)

    def test_an_attempt_that_failed_says_nothing_and_forgets_nothing(self) -> None:
        found = failure(answer())
        assert (found.outcome, found.differences, found.baseline) == ("failed", (), answer())


class TestPermission:
    def test_taken_away_it_is_denied_and_told_once(self) -> None:
        found = compare(answer(), denied())
        assert (found.outcome, told(found)) == ("denied", {"permission": ("allowed", "denied")})
        again = compare(found.baseline, denied())
        assert (again.outcome, again.differences) == ("denied", ())

    def test_given_back_it_is_told_with_what_changed_meanwhile(self) -> None:
        away = compare(answer(), denied()).baseline
        found = compare(away, answer(results=table([[120]]), warnings=[CAVEAT]))
        assert found.outcome == "changed" and list(told(found)) == ["permission", "caveats"]
        assert compare(found.baseline, answer(results=table([[120]]), warnings=[CAVEAT])).outcome == "unchanged"

    def test_denied_from_the_start_there_is_nothing_to_tell(self) -> None:
        first = compare(None, denied())
        assert (first.outcome, first.differences) == ("denied", ())
        assert compare(first.baseline, denied()).differences == ()
        assert told(compare(first.baseline, answer())) == {"permission": ("denied", "allowed")}


def test_a_word_that_is_no_longer_understood_is_a_status_and_nothing_else() -> None:
    lost = answer(status="unresolved", unresolved=[{"mention": "orders"}], resolved_concepts={}, results=None)
    found = compare(answer(), lost)
    assert told(found) == {"status": ("complete", {"status": "unresolved", "open": ["orders"]})}
    assert compare(found.baseline, lost).outcome == "unchanged"
    assert list(told(compare(found.baseline, answer()))) == ["status"]
