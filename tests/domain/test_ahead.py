"""Times that had not begun on the day of which a question is asked hold plans, and nothing that was measured."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Metric
from ecp.domain.plan import as_known_on
from ecp.domain.plan.ahead import may_be_dated_ahead
from tests.support.reading import TODAY, Understood, catalogue, understand

_DEPARTMENT = {"demo": "finance", "hospital": "controlling"}


def _asked(pack: str, question: str) -> Understood:
    return understand(question, catalogue(pack), _DEPARTMENT.get(pack))


@pytest.mark.parametrize(
    ("pack", "question", "mention", "instead"),
    [
        ("demo", "net revenue next quarter", "next quarter", ["budget_net_revenue"]),
        ("demo", "gross revenue tomorrow", "tomorrow", ["budget_gross_revenue"]),
        ("demo", "net revenue Q1 2026 vs Q2 2026", "vs Q2 2026", ["budget_net_revenue"]),
        ("demo", "net revenue this month vs next month", "vs next month", ["budget_net_revenue"]),
        ("demo", "net revenue last year vs next year", "vs next year", ["budget_net_revenue"]),
        ("demo", "net revenue budget vs actual next quarter", "next quarter", ["budget_net_revenue"]),
        ("demo", "net revenue by month from March to June 2026", "from March to June 2026", ["budget_net_revenue"]),
        ("demo", "share of APAC in net revenue next quarter", "next quarter", ["budget_net_revenue"]),
        ("demo", "headcount end of June 2026", "end of June 2026", []),
        ("hospital", "admissions next quarter", "next quarter", ["planned_admissions"]),
        ("hospital", "admissions by ward next quarter", "next quarter", ["planned_admissions"]),
        ("workforce", "hires next month", "next month", ["hiring_plan"]),
        ("hotels", "reservations on the books next month", "next month", []),
        ("airline", "bookings next quarter", "next quarter", []),
        ("software", "bookings this quarter vs next quarter", "vs next quarter", ["quota"]),
    ],
)
def test_what_is_measured_is_refused_of_a_time_ahead_and_what_is_set_for_it_is_near(
    pack: str, question: str, mention: str, instead: list[str]
) -> None:
    found = _asked(pack, question)
    assert found.plan is not None and not found.plan.queries
    (problem,) = found.plan.problems
    assert problem.mention.startswith(f"{mention} (it lies after 10 February 2026, and nothing is known of ")
    assert [n.id for n in problem.nearest] == instead


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "budget for next quarter"),
        ("demo", "budget next quarter vs this quarter"),
        ("demo", "net revenue in 2026"),
        ("demo", "net revenue today"),
        ("demo", "net revenue until June 2026"),
        ("hospital", "planned admissions next quarter"),
        ("software", "quota next quarter"),
        ("electricity", "planned outages next month"),
    ],
)
def test_what_is_set_or_agreed_ahead_and_what_has_begun_can_be_asked_for(pack: str, question: str) -> None:
    assert _asked(pack, question).status == "complete"


def test_what_is_agreed_ahead_does_not_stand_beside_what_has_begun() -> None:
    assert _asked("electricity", "planned outages next month vs this month").status == "unresolved"


def test_of_a_day_that_is_past_it_is_not_known_what_was_agreed_for_later() -> None:
    found = _asked("electricity", "planned outages next month")
    assert found.plan is not None and not found.plan.problems
    (problem,) = as_known_on(TODAY, found.plan, catalogue("electricity")).problems
    assert problem.mention.startswith("from 1 March 2026 on (it lies after 10 February 2026")


@pytest.mark.parametrize(
    ("pack", "metric", "may_be"),
    [
        ("electricity", "planned_outages", True),
        ("airline", "bookings", False),
        ("hotels", "on_the_books", False),
        ("demo", "net_revenue", False),
    ],
)
def test_only_what_is_counted_by_a_day_that_was_agreed_before_may_be_dated_ahead(
    pack: str, metric: str, *, may_be: bool
) -> None:
    found = catalogue(pack).get(metric, Metric)
    assert found is not None and may_be_dated_ahead(found) is may_be


@pytest.mark.parametrize(
    ("name", "definition", "may_be"),
    [
        ("Leases expiring", "Leases by the month of their expiry.", True),
        ("Maturing deposits", "Deposits by the day on which they fall back.", True),
        ("Subscriptions lost", "Subscriptions that had expired and were not renewed.", False),
        ("Contracts signed", "Contracts by the day of signing, whatever their expiry; signed ones only.", False),
    ],
)
def test_the_day_on_which_something_ends_is_agreed_before(name: str, definition: str, *, may_be: bool) -> None:
    assert may_be_dated_ahead(Metric(id="m", name=name, definition=definition)) is may_be
