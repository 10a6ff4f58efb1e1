"""A question that goes on from another may put right what that one said."""

from __future__ import annotations

import pytest

from ecp.domain.catalogue import Catalogue
from ecp.domain.conversation import Listener, Turn
from ecp.domain.follow import Followed
from ecp.domain.periods import calendar_of, resolve_periods
from ecp.domain.put_right import instead_of, put_right
from ecp.domain.reading import Reading
from ecp.domain.selection import Evidence, Selection, select
from tests.support.reading import IS_WORD, TODAY, catalogue

KNOWN = catalogue("logistics")


def _read(*texts: str, known: Catalogue = KNOWN) -> Followed:
    listener = Listener(known, IS_WORD)
    asked = listener.alone(Turn(text=texts[0], as_of=TODAY))
    result = Followed(asked=asked, onward=asked, parts=())
    for text in texts[1:]:
        result = listener.after(result.onward, Turn(text=text, as_of=TODAY))
    return result


def _reading(*texts: str, known: Catalogue = KNOWN) -> Reading:
    return _read(*texts, known=known).asked.reading


def _selected(*texts: str) -> Selection:
    asked = _read(*texts).asked
    calendar, conventions = calendar_of(KNOWN)
    periods = resolve_periods(asked.text, asked.reading.times, calendar, conventions, TODAY)
    return select(asked.reading, periods, KNOWN, None, Evidence(), None)


def _named(reading: Reading, *roles: str) -> list[str]:
    return [m.text for m in reading.mentions if m.role in roles]


@pytest.mark.parametrize(
    "said",
    [
        "no, Italy", "no, in Italy", "sorry, Italy", "sorry Italy", "wait, Italy", "no sorry, I meant Italy",
        "I mean Italy", "I meant Italy, not Germany", "not Germany but Italy", "not in Germany but in Italy",
        "not Germany, Italy", "no, Italy instead of Germany",
    ],
)  # fmt: skip
def test_another_member_is_put_in_the_place_of_the_one_that_was_said(said: str) -> None:
    reading = _reading("shipments in Germany last month", said)
    assert _named(reading, "member") == ["Italy"] and not reading.left


def test_what_is_put_in_the_place_of_one_leaves_the_others() -> None:
    demo = catalogue("demo")
    reading = _reading("net revenue in EMEA and APAC last month", "not EMEA but Americas", known=demo)
    assert _named(reading, "member") == ["APAC", "Americas"] and not reading.left
    reading = _reading("shipments by country and carrier last month", "by month instead of by country")
    assert _named(reading, "group") == ["carrier"] and not reading.left


def test_another_number_is_measured_instead_unless_something_was_computed_of_the_first() -> None:
    demo = catalogue("demo")
    reading = _reading("net revenue and headcount last month", "gross revenue instead of headcount", known=demo)
    assert _named(reading, "metric") == ["net revenue", "gross revenue"] and not reading.left
    for said in ("not net revenue but gross revenue", "gross revenue, not net revenue", "no, gross revenue"):
        reading = _reading("net revenue last month", said, known=demo)
        assert _named(reading, "metric") == ["gross revenue"] and not reading.left
    computed = "net revenue per employee last month"
    assert _reading(computed, "gross revenue instead of net revenue", known=demo).left


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("shipments last month", "not Germany but Italy"),
        ("shipments in Germany last month", "not France but Italy"),
        ("shipments in Germany last month", "not Germany but everything else"),
        ("shipments in Germany last month", "not only Germany but Italy"),
        ("shipments in Germany last month", "no, thanks"),
        ("shipments in Germany last month", "no"),
        ("shipments per carrier last month as a share of total", "no, wibble"),
    ],
)
def test_what_was_not_said_cannot_be_put_right(first: str, said: str) -> None:
    assert _reading(first, said).left


def test_what_is_left_out_stays_left_out() -> None:
    reading = _reading("shipments by country last month", "not Germany, Italy")
    assert _named(reading, "excluded") == ["Germany", "Italy"]
    assert _named(_reading("shipments last month", "no Germany"), "excluded") == ["Germany"]


def test_a_number_a_cut_and_a_time_are_put_right() -> None:
    assert not _reading("shipments by country last month", "not by country but by carrier").left
    assert _named(_reading("shipments by country last month", "no, by carrier"), "group") == ["carrier"]
    times = _reading("shipments in 2025", "2024, not 2025").times
    assert [t.found.text for t in times] == ["2024"]


def test_what_is_a_name_says_nothing_in_passing() -> None:
    assert put_right("wait, A", {"wait"}) == "wait, A"
    assert put_right("no filters", ()) == "no filters"
    assert list(instead_of("A but not B")) == []


@pytest.mark.parametrize("said", ["Italy", "I meant Italy", "in Italy", "and Italy?"])
def test_a_member_is_read_in_the_place_of_a_name_that_was_not_understood(said: str) -> None:
    assert not _reading("shipments in Narnia last month", said).left


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("shipments in Narnia last month", "2024"),
        ("shipments in Narnia last month", "by carrier"),
        ("shipments in Narnia and Germany last month", "Italy"),
        ("shipments not in Narnia last month", "Italy"),
        ("shipments in euros last month", "Italy"),
        ("shipments in Euros last month", "Italy"),
        ("shipments in EUR last month", "Italy"),
        ("shipments for wibble last month", "Italy"),
        ("shipments in Narnia last month", "not Italy"),
    ],
)
def test_what_was_not_understood_is_not_passed_over(first: str, said: str) -> None:
    assert _reading(first, said).left


def test_an_average_is_taken_over_other_units() -> None:
    average = _selected("average shipments per month in 2025", "per quarter").concepts.average
    assert average is not None and average.unit == "quarter"
    assert _selected("average shipments per month in 2025", "by quarter").concepts.average is None
    average = _selected("average shipments per carrier last month", "per country").concepts.average
    assert average is not None and average.over == "country"
    assert _selected("average shipments per carrier last month", "by country").concepts.average is None


def test_what_is_put_right_takes_the_place_of_what_it_is_said_of() -> None:
    demo = catalogue("demo")
    reading = _reading("net revenue excluding EMEA last month", "I meant excluding APAC", known=demo)
    assert _named(reading, "excluded") == ["APAC"]
    reading = _reading("net revenue by region last quarter", "no, by month", known=demo)
    assert not reading.of("group") and [t.found.text for t in reading.times] == ["last quarter", "by month"]
    for said, left in (("not EMEA but Americas", ["APAC"]), ("not APAC but Americas", ["EMEA"])):
        reading = _reading("net revenue in EMEA vs APAC last quarter", said, known=demo)
        assert sorted(_named(reading, "member", "compared")) == sorted([*left, "Americas"])
        assert _named(reading, "compared")
    assert _reading("shipments above 100 by country", "not above 100 but above 50").left


@pytest.mark.parametrize("said", ["all of them", "show all", "and show me all of them please"])
def test_all_of_them_are_those_of_which_the_first_were_shown(said: str) -> None:
    reading = _reading("top 2 carriers by shipments last month", said)
    assert reading.ranking is not None and reading.ranking.number is None and not reading.left
    assert _reading("shipments by carrier last month", said).left
    assert _reading("top 2 carriers by shipments in each country last month", said).left
