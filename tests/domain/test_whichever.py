"""Questions that measure something and say not what are asked back, with few options, and go on from there."""

from __future__ import annotations

import pytest

from ecp.domain.clarify import choose
from ecp.domain.conversation import Listener, Turn
from tests.support.reading import IS_WORD, TODAY, Understood, catalogue, understand


def _options(question: str, pack: str, asker: str | None = None) -> list[str]:
    found = understand(question, catalogue(pack), asker)
    assert found.status == "disambiguation_required", question
    return [o.id for o in found.selection.options]


def _chosen(question: str, pack: str, option: str) -> Understood:
    asked = understand(question, catalogue(pack))
    return understand(question, catalogue(pack), forced=choose(asked.selection.options, option))


@pytest.mark.parametrize(
    ("pack", "question"),
    [
        ("demo", "how did EMEA do"),
        ("demo", "how did EMEA do last quarter?"),
        ("demo", "how is Germany doing"),
        ("demo", "how is Germany performing this year"),
        ("demo", "performance of APAC last quarter"),
        ("demo", "APAC performance last quarter"),
        ("demo", "how is the business doing"),
        ("demo", "how are we doing vs last year"),
        ("demo", "give me the numbers for Germany"),
        ("demo", "show me the numbers"),
        ("demo", "what were the results last quarter"),
        ("demo", "Q3 2025 results"),
        ("demo", "how well did Germany do last year"),
        ("demo", "how did the enterprise segment do in Q3 2025"),
        ("demo", "tell me how Germany is doing"),
        ("demo", "summary of APAC last quarter"),
        ("demo", "give me an overview of Germany"),
        ("demo", "biggest country in 2025"),
        ("demo", "best region last quarter"),
        ("demo", "which region did best last quarter"),
        ("demo", "which country is doing worst"),
        ("logistics", "how did Germany do"),
        ("logistics", "top 3 carriers"),
        ("logistics", "which carrier performed worst in 2025"),
        ("logistics", "the figures for Swift in 2025"),
        ("hospital", "how is the ICU doing"),
        ("retail", "top 5 stores"),
        ("bank", "branch performance"),
    ],
)
def test_what_is_meant_is_asked_back_with_few_options(pack: str, question: str) -> None:
    options = _options(question, pack)
    assert 2 <= len(options) <= 6
    assert _chosen(question, pack, options[0]).status == "complete"


def test_what_the_askers_department_has_as_its_own_comes_first_and_what_is_anothers_is_left_out() -> None:
    assert _options("how did EMEA do", "demo", "finance")[0] == "net_revenue"
    theirs = _options("how did EMEA do", "demo", "sales")
    assert theirs[0] == "gross_revenue" and "net_revenue" not in theirs
    assert _options("best region last quarter", "demo", "sales")[0] == "gross_revenue"


def test_the_choice_is_kept() -> None:
    chosen = _chosen("how did EMEA do last quarter", "demo", "headcount").selection.concepts
    assert [m.id for m in chosen.metrics] == ["headcount"]
    assert [f.dimension for f in chosen.filters] == ["region"] and chosen.period is not None
    ranked = _chosen("which carrier performed worst in 2025", "logistics", "days_to_ship").selection.concepts
    assert ranked.order is not None and (ranked.order.by, ranked.limit) == ("days_to_ship", 1)


@pytest.mark.parametrize("then", ["how did EMEA do", "performance of EMEA", "and how is EMEA doing?"])
def test_behind_another_question_it_is_what_was_measured_there(then: str) -> None:
    listener = Listener(catalogue("demo"), IS_WORD)
    asked = listener.alone(Turn(text="net revenue last quarter", as_of=TODAY))
    reading = listener.after(asked, Turn(text=then, as_of=TODAY)).asked.reading
    assert [m.text for m in reading.of("metric")] == ["net revenue"]
    assert [m.text for m in reading.of("member")] == ["EMEA"] and not reading.left


@pytest.mark.parametrize(
    ("pack", "question", "status"),
    [
        ("demo", "Show me the data", "unresolved"),
        ("demo", "how did flurb do", "unresolved"),
        ("demo", "how do we define performance", "unresolved"),
        ("demo", "number of regions", "unresolved"),
        ("demo", "how is headcount doing", "complete"),
        ("logistics", "what's our on-time performance in Germany", "unresolved"),
        ("films", "how are our titles doing", "unresolved"),
        ("logistics", "how are shipments doing against planned shipments in 2025", "complete"),
    ],
)
def test_what_names_something_else_is_not_asked_back(pack: str, question: str, status: str) -> None:
    assert understand(question, catalogue(pack)).status == status
