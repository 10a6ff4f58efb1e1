"""A known issue is shown where it touches: its metric, its members and its period, all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ecp.domain.assets import TribalKnowledge
from ecp.domain.catalogue import Catalogue
from ecp.domain.caveats import caveats
from tests.support.reading import TODAY, pack, understand

_SCOPE = {
    "metrics": ["admissions"],
    "members": {"ward": ["icu"]},
    "period": {"start": "2024-03-01", "end": "2024-05-31"},
}


def _known(scope: dict[str, Any], severity: str = "high", known_id: str = "tk") -> TribalKnowledge:
    return TribalKnowledge.model_validate(
        {"kind": "tribal_knowledge", "id": known_id, "message": "m", "severity": severity, "scope": scope}
    )


def _found(question: str, *known: TribalKnowledge, department: str = "controlling") -> list[str]:
    everything = Catalogue.of("1", [*pack("hospital"), *known])
    concepts = understand(question, everything, department).selection.concepts
    return [w.id for w in caveats([k.id for k in known], concepts, everything, department)]


@pytest.mark.parametrize(
    "question",
    [
        "admissions in the ICU in April 2024",
        "admissions in 2024",
        "admissions",
        "admissions in critical wards in May 2024",
        "admissions in Oncology vs the ICU in April 2024",
        "admissions in the ICU in April 2025 vs April 2024",
        "admissions excluding Oncology in April 2024",
        "admissions by ward in April 2024",
        "length of stay and admissions in April 2024",
    ],
)
def test_a_question_that_takes_in_the_scope_has_the_caveat(question: str) -> None:
    assert _found(question, _known(_SCOPE)) == ["tk"]


@pytest.mark.parametrize(
    "question",
    [
        "length of stay in the ICU in April 2024",
        "admissions in Oncology in April 2024",
        "admissions in internal medicine in April 2024",
        "admissions in the ICU in June 2024",
        "admissions excluding the ICU in April 2024",
        "admissions excluding critical wards in April 2024",
        "admissions in Oncology vs Cardiology in April 2024",
        "admissions in the ICU in June 2025 vs June 2024",
    ],
)
def test_another_metric_member_or_period_has_not(question: str) -> None:
    assert _found(question, _known(_SCOPE)) == []


def test_a_department_takes_in_what_it_counts_in() -> None:
    question = "admissions in internal medicine in April 2024"
    assert _found(question, _known(_SCOPE), department="nursing") == ["tk"]


def test_a_scope_of_a_department_touches_that_department_alone() -> None:
    known = _known({"departments": ["Nursing"]})
    assert _found("admissions", known, department="nursing") == ["tk"]
    assert _found("admissions", known) == []


def test_an_open_period_goes_on() -> None:
    known = _known({"period": {"start": "2024-03-01"}})
    assert _found("admissions in 2025", known) == ["tk"]
    assert _found("admissions in 2023", known) == []


def test_the_gravest_comes_first() -> None:
    known = [_known({}, "low", "a"), _known({}, "critical", "z"), _known({}, "high", "b")]
    assert _found("admissions", *known) == ["z", "b", "a"]


@pytest.mark.parametrize("department", ["controlling", "nursing", None])
def test_whose_data_are_touched_does_not_depend_on_who_asks(department: str | None) -> None:
    known = _known({**_SCOPE, "members": {"ward_group": ["internal"], "ward": ["icu", "cardiology"]}})
    assert _found("admissions in the ICU in April 2024", known, department=department or "") == ["tk"]


def test_a_scope_of_dimensions_touches_what_is_cut_or_filtered_by_them():
    known = _known({"dimensions": ["site"]})
    assert _found("admissions by site", known) == ["tk"]
    assert _found("admissions by ward", known) == []
    assert _found("admissions", known) == []


def test_a_scope_of_domains_touches_their_metrics():
    known = _known({"domains": ["beds_domain"]})
    owned = [a.model_copy(update={"domain": "beds_domain"}) if a.id == "admissions" else a for a in pack("hospital")]
    everything = Catalogue.of("1", [*owned, known])
    for question, found in (("admissions in 2024", ["tk"]), ("length of stay in 2024", [])):
        concepts = understand(question, everything, "controlling").selection.concepts
        assert [w.id for w in caveats(["tk"], concepts, everything, "controlling")] == found


def test_a_level_without_a_period_is_of_today_and_has_no_caveat_of_another_year() -> None:
    known = _known({"metrics": ["occupied_beds"], "period": {"start": "2024-03-01", "end": "2024-05-31"}})
    everything = Catalogue.of("1", [*pack("hospital"), known])
    for question, found in (
        ("occupied beds", []),
        ("occupied beds by month", ["tk"]),
        ("occupied beds in 2024", ["tk"]),
    ):
        concepts = understand(question, everything, "controlling").selection.concepts
        assert [w.id for w in caveats(["tk"], concepts, everything, "controlling", TODAY)] == found, question


@pytest.mark.parametrize(("as_of", "found"), [(TODAY, ["tk"]), (date(2024, 3, 1), ["tk"]), (date(2024, 2, 29), [])])
def test_what_came_after_the_day_of_the_question_is_no_caveat_of_its_answer(as_of: date, found: list[str]) -> None:
    known = _known({"metrics": ["admissions"], "period": {"start": "2024-03-01", "end": "2024-05-31"}})
    everything = Catalogue.of("1", [*pack("hospital"), known])
    concepts = understand("admissions", everything, "controlling").selection.concepts
    assert [w.id for w in caveats(["tk"], concepts, everything, "controlling", as_of)] == found
