"""Parameters of an execution narrow, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp.domain.answer import ResolvedConcepts
from ecp.domain.narrowing import NarrowFilter, Narrowing, narrow, unplanned
from ecp.domain.periods import calendar_of
from ecp.domain.plan import draft
from ecp.domain.semantic import SemanticMeta
from ecp.errors import ValidationError
from tests.support.reading import TODAY, catalogue, understand

HOSPITAL = catalogue("hospital")
_WARDS = {"cardiology": "W1", "oncology": "W2", "icu": "W3", "emergency": "W4"}


def _concepts(question: str) -> ResolvedConcepts:
    return understand(question, HOSPITAL, "controlling").selection.concepts


def _narrowed(question: str, **narrowing: object) -> ResolvedConcepts:
    return narrow(_concepts(question), Narrowing.model_validate(narrowing), HOSPITAL, "controlling")


def _seen(concepts: ResolvedConcepts) -> set[str]:
    """The wards that are left, out of all."""
    inside = [set(map(str, f.values)) for f in concepts.filters if f.dimension == "ward" and f.operator == "in"]
    outside = {str(v) for f in concepts.filters if f.dimension == "ward" and f.operator == "not_in" for v in f.values}
    return (set.union(*inside) if inside else set(_WARDS.values())) - outside


@given(
    st.sets(st.sampled_from(sorted(_WARDS))),
    st.lists(
        st.tuples(st.sampled_from(["in", "not_in"]), st.sets(st.sampled_from(sorted(_WARDS)), min_size=1)), max_size=3
    ),
)
def test_whatever_is_asked_no_more_is_seen_than_before(asked: set[str], steps: list[tuple[str, set[str]]]) -> None:
    question = "admissions in 2025" + (" in " + " and ".join(sorted(asked)) if asked else "")
    before = _concepts(question)
    filters = [NarrowFilter(dimension="ward", operator=o, values=tuple(sorted(v))) for o, v in steps]  # type: ignore[arg-type]
    try:
        after = narrow(before, Narrowing(filters=tuple(filters)), HOSPITAL, "controlling")
    except ValidationError:
        return
    assert _seen(after) <= _seen(before)
    assert all(_seen(after) <= {_WARDS[w] for w in v} for o, v in steps[-1:] if o == "in")


@given(st.dates(date(2024, 6, 1), date(2026, 6, 1)), st.integers(0, 400))
def test_a_period_lies_within_the_one_that_was_resolved_or_is_refused(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    inside = date(2025, 1, 1) <= start and end <= date(2025, 12, 31)
    try:
        period = _narrowed("admissions in 2025", start=start, end=end).period
    except ValidationError:
        assert not inside
        return
    assert inside and period is not None and (period.start, period.end) == (start, end)


@pytest.mark.parametrize(
    ("question", "narrowing", "place"),
    [
        ("admissions in Oncology", {"filters": [{"dimension": "ward", "values": ["icu"]}]}, "values"),
        ("admissions", {"filters": [{"dimension": "ward", "values": ["basement"]}]}, "values"),
        ("admissions", {"filters": [{"dimension": "shoe", "values": ["icu"]}]}, "dimension"),
        ("occupied beds", {"filters": [{"dimension": "payer", "values": ["self_pay"]}]}, "dimension"),
        ("admissions in Oncology", {"filters": [{"dimension": "ward_group", "values": ["critical"]}]}, "values"),
        ("admissions in critical wards", {"filters": [{"dimension": "ward", "values": ["cardiology"]}]}, "values"),
        ("admissions in critical wards", {"filters": [{"dimension": "ward", "values": ["icu", "oncology"]}]}, "values"),
        (
            "admissions in critical wards",
            {"filters": [{"dimension": "ward", "operator": "not_in", "values": ["icu", "emergency"]}]},
            "values",
        ),
        (
            "admissions",
            {
                "filters": [
                    {"dimension": "ward", "values": ["icu"]},
                    {"dimension": "ward_group", "operator": "not_in", "values": ["critical"]},
                ]
            },
            "values",
        ),
        ("admissions", {"filters": [{"dimension": "ward", "operator": "gt", "values": ["icu"]}]}, "operator"),
        (
            "admissions in Oncology",
            {"filters": [{"dimension": "ward", "operator": "not_in", "values": ["W2"]}]},
            "values",
        ),
        ("admissions", {"start": "2025-02-01", "end": "2025-01-31"}, "period"),
        ("admissions in 2025 vs 2024", {"start": "2025-02-01", "end": "2025-02-28"}, "period"),
        ("top 3 wards by admissions", {"limit": 4}, "limit"),
    ],
)
def test_what_would_widen_or_contradict_is_refused_and_named(
    question: str, narrowing: dict[str, object], place: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        _narrowed(question, **narrowing)
    assert refused.value.extra["errors"][0]["loc"][-1] == place


@pytest.mark.parametrize(
    ("question", "dimension", "values"),
    [
        ("admissions in critical wards", "ward", ["icu"]),
        ("admissions in critical wards", "ward", ["icu", "emergency"]),
        ("admissions in Oncology", "ward_group", ["internal"]),
        ("admissions in Oncology", "site", ["north"]),
    ],
)
def test_what_leaves_something_on_the_same_column_is_taken(question: str, dimension: str, values: list[str]) -> None:
    after = _narrowed(question, filters=[{"dimension": dimension, "values": values}])
    assert after.filters[:-1] == _concepts(question).filters and after.filters[-1].dimension == dimension


def test_what_cannot_be_planned_for_a_parameters_sake_is_named() -> None:
    narrowing = Narrowing(filters=(NarrowFilter(dimension="payer", values=("self_pay",)),))
    concepts = narrow(_concepts("total cost"), narrowing, HOSPITAL, "controlling")
    layer = SemanticMeta(members={}, joined={"Costs": ()}, version="1")
    planned = draft(concepts, HOSPITAL, calendar_of(HOSPITAL)[0], layer, as_of=TODAY, department="controlling")
    refused = unplanned(concepts, narrowing, planned.problems)
    assert refused is not None and refused.extra["errors"][0]["loc"] == ["parameters", "filters", 0, "dimension"]
    assert unplanned(concepts, Narrowing(limit=1), planned.problems) is None


def test_a_parameters_period_of_a_part_of_the_units_that_a_metric_is_kept_by_is_named() -> None:
    narrowing = Narrowing(start=date(2025, 3, 1), end=date(2025, 3, 10))
    concepts = narrow(_concepts("planned admissions in 2025"), narrowing, HOSPITAL, "controlling")
    planned = draft(concepts, HOSPITAL, calendar_of(HOSPITAL)[0], None, as_of=TODAY, department="controlling")
    refused = unplanned(concepts, narrowing, planned.problems)
    assert refused is not None and refused.extra["errors"][0]["loc"] == ["parameters", "period"]


def test_what_is_asked_of_a_past_day_is_not_narrowed_to_later_ones() -> None:
    later = Narrowing(start=date(2026, 3, 1), end=date(2026, 3, 31))
    for question, taken in (("admissions", False), ("planned admissions", True), ("admissions in 2026", True)):
        try:
            narrow(_concepts(question), later, HOSPITAL, "controlling", until=TODAY)
        except ValidationError as refused:
            assert not taken and refused.extra["errors"][0]["loc"] == ["parameters", "period"]
        else:
            assert taken


@pytest.mark.parametrize("name", ["icu", "ICU", "Intensive care", "W3"])
def test_a_member_is_named_by_id_name_synonym_or_value(name: str) -> None:
    concepts = _narrowed("admissions", filters=[{"dimension": "Ward", "values": [name]}])
    assert _seen(concepts) == {"W3"}


def test_a_smaller_limit_is_taken() -> None:
    assert _narrowed("top 3 wards by admissions", limit=2).limit == 2


def test_a_question_without_a_period_is_about_all_of_them_and_takes_any() -> None:
    period = _narrowed("admissions", start="2025-01-01", end="2025-01-31").period
    assert period is not None and (period.start, period.end) == (date(2025, 1, 1), date(2025, 1, 31))
    assert period.rule == "narrowed by the caller" and period.label == "2025-01-01 to 2025-01-31"


def test_half_a_period_narrows_that_end() -> None:
    period = _narrowed("admissions in 2025", start="2025-06-01").period
    assert period is not None and (period.start, period.end) == (date(2025, 6, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    "narrowing", [{"start": "2025-06-01", "end": "2025-05-01"}, {"limit": 0}, {"end": "2026-01-01"}]
)
def test_a_period_that_ends_before_it_begins_and_no_rows_are_refused(narrowing: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        _narrowed("admissions in 2025", **narrowing)


def _filtered(question: str, **filters: list[str]) -> dict[str, list[tuple[str, tuple[object, ...]]]]:
    """By series, what its query is limited to."""
    asked = [{"dimension": name, "values": values} for name, values in filters.items()]
    concepts = _narrowed(question, filters=asked)
    planned = draft(concepts, HOSPITAL, calendar_of(HOSPITAL)[0], None, as_of=TODAY, department="controlling")
    assert not planned.problems
    return {q.series: sorted((f.member, f.values) for f in q.cube.filters) for q in planned.queries}


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("share of critical wards in admissions in 2025", {"ward": ["icu"]}),
        ("share of the ICU in admissions in 2025", {"ward_group": ["critical"]}),
        ("what percentage of admissions in 2025 came from critical wards", {"ward": ["emergency"]}),
        ("share of admissions by ward in 2025", {"ward": ["icu"]}),
    ],
)
def test_of_a_share_the_part_is_narrowed_and_not_the_whole(question: str, filters: dict[str, list[str]]) -> None:
    before, after = _filtered(question), _filtered(question, **filters)
    assert after["whole"] == before["whole"] == [] and after["actual"] != before["actual"]


def test_a_whole_within_a_limit_keeps_it() -> None:
    question = "share of the ICU in admissions at the north site in 2025"
    after = _filtered(question, ward=["icu"])
    assert after["whole"] == _filtered(question)["whole"] != []


def test_each_group_that_is_a_whole_by_itself_is_narrowed_with_its_part() -> None:
    question = "share of self-pay in admissions by ward in 2025"
    assert [v for _, v in _filtered(question, ward=["icu"])["whole"]] == [("W3",)]


@pytest.mark.parametrize(
    ("question", "dimension", "value"),
    [
        ("share of the ICU in admissions in 2025", "payer", "self_pay"),
        ("share of admissions by ward in 2025", "payer", "self_pay"),
        ("share of admissions by ward and payer in 2025", "ward", "icu"),
    ],
)
def test_what_would_make_it_a_share_of_something_else_is_refused(question: str, dimension: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _narrowed(question, filters=[{"dimension": dimension, "values": [value]}])
    (error,) = refused.value.extra["errors"]
    assert error["loc"][-1] == "dimension" and "in the question" in error["message"]
