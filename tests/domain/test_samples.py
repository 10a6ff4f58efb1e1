"""A sample stands in for just the number that it is of."""

from __future__ import annotations

import pytest

from ecp.domain.answer import Results
from ecp.domain.assets import Metric
from ecp.domain.authorization import Decision, RowFilter
from ecp.domain.catalogue import Catalogue
from ecp.domain.samples import approximate_warning, sampled
from tests.support.reading import pack, understand

OF_2025 = {"value": 1250, "start": "2025-01-01", "end": "2025-12-31", "as_of": "2026-01-05"}
OF_ALL = {"value": 9.5}


def _sampled(question: str, sample: object, *limits: RowFilter) -> Results | None:
    known = [
        a.model_copy(update={"sample": sample}) if isinstance(a, Metric) and a.id == "admissions" else a
        for a in pack("hospital")
    ]
    catalogue = Catalogue.of("1", known)
    concepts = understand(question, catalogue, "controlling").selection.concepts
    decision = Decision(allowed=True, denied=(), row_filters=limits, policy_version="p", reasons=())
    return sampled(concepts, decision, catalogue)


@pytest.mark.parametrize(
    ("question", "sample", "value"),
    [("admissions in 2025", OF_2025, 1250), ("admissions", OF_ALL, 9.5)],
)
def test_the_number_it_is_of_is_given_as_approximate(question: str, sample: object, value: float) -> None:
    found = _sampled(question, sample)
    assert found is not None and found.approximate and found.rows == ((value,),)
    assert [c.name for c in found.columns] == ["admissions"]
    warning = approximate_warning(found)
    assert warning.severity == "high" and "sample" in warning.message
    assert ("2026-01-05" in warning.message) is (sample == OF_2025)


@pytest.mark.parametrize(
    ("question", "sample"),
    [
        ("admissions in 2024", OF_2025),
        ("admissions", OF_2025),
        ("admissions in 2025", OF_ALL),
        ("admissions in the ICU in 2025", OF_2025),
        ("admissions by ward in 2025", OF_2025),
        ("admissions vs planned admissions in 2025", OF_2025),
        ("top 3 wards by admissions in 2025", OF_2025),
        ("admissions and length of stay in 2025", OF_2025),
        ("length of stay in 2025", OF_2025),
        ("admissions in 2025", {**OF_2025, "value": True}),
        ("admissions in 2025", {**OF_2025, "value": "many"}),
        ("admissions in 2025", {}),
        ("admissions in 2025", None),
    ],
)
def test_a_number_of_something_else_is_no_approximation(question: str, sample: object) -> None:
    assert _sampled(question, sample) is None


def test_who_is_limited_is_given_no_number_of_everything() -> None:
    assert _sampled("admissions in 2025", OF_2025, RowFilter(dimension="ward", values=("W1",))) is None
