"""How the data behind a number are kept: how often they are loaded, when that was last, since when there are any."""

from __future__ import annotations

from datetime import date

import pytest

from ecp.domain.entries import described
from ecp.domain.kept_since import with_beginning, with_contracts
from tests.support.reading import catalogue, understand


@pytest.mark.parametrize(
    ("pack", "question", "metrics"),
    [
        ("demo", "how often is headcount updated", ["headcount"]),
        ("demo", "how frequently is the headcount data refreshed", ["headcount"]),
        ("demo", "what is the refresh frequency of headcount", ["headcount"]),
        ("demo", "is net revenue up to date", ["net_revenue"]),
        ("demo", "how often do we update headcount", ["headcount"]),
        ("demo", "is headcount updated daily", ["headcount"]),
        ("demo", "how often is churn updated", ["revenue_churn", "logo_churn"]),
        ("demo", "how old is the headcount data", ["headcount"]),
        ("hotels", "how often is occupancy updated", ["occupancy"]),
    ],
)
def test_how_often_it_is_loaded_is_told_by_its_contracts(pack, question, metrics):
    found = understand(question, catalogue(pack))
    assert (found.status, found.selection.kind) == ("complete", "definition")
    assert list(found.selection.subjects) == metrics
    for metric in metrics:
        assert with_contracts(described(metric, catalogue(pack), ()), catalogue(pack), ())["contracts"]


def test_contracts_that_may_not_be_seen_are_not_told():
    entry = described("headcount", catalogue("demo"), ())
    assert with_contracts(entry, catalogue("demo"), ("dc_headcount",))["contracts"] == []


def test_where_no_contract_tells_it_is_refused():
    (missing,) = understand("how often is headcount updated", catalogue("workforce")).selection.unresolved
    assert missing.mention == "headcount (no contract says how fresh it has to be)"


@pytest.mark.parametrize(
    "question", ["when was headcount last updated", "when did we last refresh headcount", "last update of headcount"]
)
def test_when_it_was_last_loaded_is_told_with_numbers_alone(question):
    (missing,) = understand(question, catalogue("demo")).selection.unresolved
    assert "as_of_data" in missing.mention


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("since when do we have headcount", ("headcount",)),
        ("how far back does headcount go", ("headcount",)),
        ("since when do we have data on churn", ("revenue_churn", "logo_churn")),
        ("what is the earliest date for net revenue", ("net_revenue",)),
        ("when does the data start", ("fiscal_calendar",)),
        ("how far back does our data go", ("fiscal_calendar",)),
        ("do we have data on churn before 2020", ("revenue_churn", "logo_churn")),
    ],
)
def test_since_when_there_are_data_is_told_where_the_pack_says_so(question, subjects):
    found = understand(question, catalogue("demo"))
    assert (found.status, found.selection.kind, found.selection.subjects) == ("complete", "definition", subjects)
    assert understand(question.replace("net revenue", "headcount"), catalogue("workforce")).status == "unresolved"


@pytest.mark.parametrize(("end", "has"), [(None, None), (date(2017, 12, 31), False), (date(2019, 1, 1), True)])
def test_whether_there_are_data_of_a_time_is_told_by_its_end(end, has):
    assert with_beginning({}, date(2018, 1, 1), end) == {"data_from": "2018-01-01", "has_data": has}


@pytest.mark.parametrize(
    "question",
    [
        "how often are invoices updated",
        "how old are active customers",
        "when did revenue start to fall",
        "how often did revenue fall",
        "do we have data on churn",
        "latest data for revenue",
        "is revenue up",
    ],
)
def test_what_things_do_and_numbers_are_no_question_of_the_data(question):
    assert understand(question, catalogue("demo")).reading.kept is None
