"""The phrase of a query template stands for the question that the pack has agreed on."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Access, QueryTemplate
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import read_intent
from ecp.domain.templates import written_out
from tests.support.reading import IS_WORD, Understood, pack, understand

ROUND = QueryTemplate(
    id="qt_round", name="Morning round", phrases=("morning round", "round"), metrics=("admissions",),
    dimensions=("ward",), period="last month",
)  # fmt: skip
BOARD = QueryTemplate(
    id="qt_board", name="Board round", phrases=("board round",), metrics=("admissions", "length_of_stay")
)
KNOWN = Catalogue.of("1", [*pack("hospital"), ROUND, BOARD])


def _asked(question: str) -> tuple[list[str], list[str], str | None]:
    found: Understood = understand(question, KNOWN, "controlling")
    assert found.status == "complete", found.selection.unresolved
    concepts = found.selection.concepts
    period = concepts.period.label if concepts.period else None
    return [m.id for m in concepts.metrics], [d.id for d in concepts.dimensions], period


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Show me the morning round", (["admissions"], ["ward"], "January 2026")),
        ("MORNING ROUNDS?", (["admissions"], ["ward"], "January 2026")),
        ("morning round for 2025", (["admissions"], ["ward"], "2025")),
        ("morning round in the ICU", (["admissions"], ["ward"], "January 2026")),
        ("morning round by site", (["admissions"], ["site"], "January 2026")),
        ("board round in 2025", (["admissions", "length_of_stay"], [], "2025")),
    ],
)
def test_its_plan_is_asked_for_and_the_question_s_own_words_go_first(
    question: str, expected: tuple[list[str], list[str], str | None]
) -> None:
    assert _asked(question) == expected


def test_the_longest_phrase_is_meant() -> None:
    assert written_out(read_intent("board round"), KNOWN, is_word=IS_WORD).template == "qt_board"
    assert written_out(read_intent("the round"), KNOWN, is_word=IS_WORD).template == "qt_round"


@pytest.mark.parametrize("question", ["background admissions", "morning", "admissions around noon", "rounding"])
def test_a_part_of_a_word_or_of_a_phrase_is_no_phrase(question: str) -> None:
    assert written_out(read_intent(question), KNOWN, is_word=IS_WORD).text == question


def test_a_question_for_the_origin_is_about_the_metrics_alone() -> None:
    found = understand("Where does the morning round come from?", KNOWN)
    assert (found.status, found.selection.kind) == ("complete", "lineage")
    assert [m.id for m in found.selection.concepts.metrics] == ["admissions"]


def test_what_is_the_name_of_something_else_stays_that() -> None:
    taken = ROUND.model_copy(update={"phrases": ("cost per case",)})
    known = Catalogue.of("1", [*pack("hospital"), taken])
    assert written_out(read_intent("cost per case in 2025"), known, is_word=IS_WORD).template is None


@pytest.mark.parametrize("changed", [{"access": Access(roles=("chief",))}, {"metrics": ()}])
def test_a_template_that_is_restricted_or_asks_for_no_metric_stands_for_nothing(changed: dict[str, object]) -> None:
    known = Catalogue.of("1", [*pack("hospital"), ROUND.model_copy(update=changed)])
    assert written_out(read_intent("morning round"), known, is_word=IS_WORD).template is None
