"""Data that are older than promised are answered with a warning that says what that means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ecp.domain.answer import Warning_
from ecp.domain.assets import DataContract
from ecp.domain.catalogue import Catalogue
from ecp.domain.freshness import Load, contracts, newest, overdue
from tests.support.reading import catalogue, pack, understand

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
LATE = DataContract(
    id="dc", name="Nightly stays", owner="Ward Office", metrics=("admissions",), freshness_hours=24,
    freshness_ref="StayLoads.loaded_at",
)  # fmt: skip
WITH = Catalogue.of("1", [*pack("hospital"), LATE])


def _warned(at: str | None, question: str = "admissions", *, known: bool = True, now: datetime = NOW) -> list[Warning_]:
    concepts = understand(question, catalogue("hospital")).selection.concepts
    return list(overdue([Load(contract="dc", at=at, known=known)], concepts, WITH, now))


@pytest.mark.parametrize(
    "at",
    ["2026-02-10T11:59:59.000", "2026-02-09T12:00:00.000", "2026-02-09", "2026-02-11", "2026-02-10T14:00:00+02:00"],
)
def test_what_was_loaded_in_time_is_not_spoken_of(at: str) -> None:
    assert _warned(at) == []


@pytest.mark.parametrize(
    ("at", "severity", "hours"),
    [
        ("2026-02-09T11:00:00.000", "medium", "25"),
        ("2026-02-08", "medium", "36"),
        ("2026-02-09T13:30:00+02:00", "medium", "24"),
        ("2026-02-01T00:00:00.000", "high", "228"),
    ],
)
def test_what_is_late_is_said_with_what_it_means_and_what_to_do(at: str, severity: str, hours: str) -> None:
    (warning,) = _warned(at)
    assert (warning.id, warning.source, warning.severity) == ("dc", "freshness", severity)
    assert f"{hours} hours ago, at most 24 are promised" in warning.message and "Nightly stays" in warning.message
    assert warning.impact and "Ward Office" in warning.workaround


def test_a_period_that_had_ended_before_the_load_is_hardly_touched() -> None:
    assert [w.severity for w in _warned("2026-01-20T00:00:00.000", "admissions in 2024")] == ["low"]
    assert [w.severity for w in _warned("2026-01-20T00:00:00.000", "admissions in 2026")] == ["high"]
    both = "admissions in 2024 vs 2026"
    assert [w.severity for w in _warned("2026-01-20T00:00:00.000", both)] == ["high"]


def test_what_cannot_be_looked_up_and_what_was_never_loaded_are_told_apart() -> None:
    (unknown,), (never,) = _warned(None, known=False), _warned(None)
    assert (unknown.severity, never.severity) == ("low", "high")
    assert "could not be checked" in unknown.message and "nothing has been loaded" in never.message


def test_now_is_now_in_whatever_zone() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-9)))
    assert _warned("2026-02-09T12:00:00.000", now=elsewhere) == [] != _warned("2026-02-09T11:00:00.000", now=elsewhere)


def test_a_contract_is_asked_about_where_it_speaks_of_what_is_measured_or_compared() -> None:
    def found(question: str, *known: DataContract) -> list[str]:
        concepts = understand(question, catalogue("hospital"), "controlling").selection.concepts
        return [c.id for c in contracts(concepts, Catalogue.of("1", [*pack("hospital"), *known]))]

    plan = LATE.model_copy(update={"id": "dc_plan", "metrics": ("planned_admissions",)})
    everything = LATE.model_copy(update={"id": "dc_all", "metrics": ()})
    silent = LATE.model_copy(update={"id": "dc_silent", "freshness_ref": None})
    known = (LATE, plan, everything, silent)
    assert sorted(found("admissions in 2025", *known)) == ["dc", "dc_all"]
    assert sorted(found("admissions vs planned admissions in March 2025", *known)) == ["dc", "dc_all", "dc_plan"]
    assert found("total cost in 2025", *known) == ["dc_all"]


def test_the_newest_load_is_asked_for_without_those_that_have_no_time() -> None:
    asked = newest(LATE.freshness_ref)
    assert asked["order"] == [["StayLoads.loaded_at", "desc"]] and asked["limit"] == 1
    assert asked["filters"] == [{"member": "StayLoads.loaded_at", "operator": "set"}]
