"""What holds for every text."""

from __future__ import annotations

import cProfile
import pstats

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp.domain.language import (
    AGGREGATES,
    AUXILIARIES,
    CUES,
    CUTTING,
    FILLERS,
    FUNCTION_WORDS,
    LINKING,
    ON_OFFER,
    PRONOUNS,
    SOURCES,
)
from ecp.domain.matching import look_up
from ecp.domain.reader import read
from ecp.domain.words import normal_form, tokens
from tests.support.reading import IS_WORD, catalogue, understand

_KNOWN = catalogue("logistics")
_VOCABULARY = [name for names in _KNOWN.names.values() for name in (names[0].form,)]
_TIMES = ["last month", "in 2025", "Q3", "vs last year", "by month", "year to date", "since March 2024"]
_STRANGE = [
    "zorblax",
    "Quux",
    "7",
    "12.5",
    "%",
    "!=",
    ",",
    "-",
    "/",
    "(",
    "¿",
    "‮",
    "🦊",
    "é",
    "客",
    "\x00",
    "it's",
    "US",
]
_TEXTS = st.lists(
    st.sampled_from(
        [*_VOCABULARY, *_TIMES, *_STRANGE, *sorted(FUNCTION_WORDS), *sorted(FILLERS), *(" ".join(c) for c in CUES)]
    ),
    max_size=14,
).map(" ".join)


_TOLD_BY_THE_KIND = {"definition": CUTTING, "lineage": SOURCES, "catalogue": ON_OFFER}


@given(_TEXTS)
@settings(max_examples=300, deadline=None)
def test_every_content_word_is_in_its_place_or_left(text: str) -> None:
    understood = understand(text, _KNOWN, "accounting")
    intent, reading = understood.intent, understood.reading
    explained = {at for m in reading.mentions for at in range(m.first, m.last + 1)}
    for part in (*reading.times, *reading.numbers, *intent.cues):
        explained.update(range(part.first, part.last + 1))
    explained.update(reading.average.words if reading.average else ())
    if reading.changed and (bound := reading.changed.number):
        explained.update(range(bound.first, bound.last + 1))
    left = {token.norm for piece in reading.left for token in tokens(piece)}
    for at, token in enumerate(intent.tokens):
        before = intent.tokens[at - 1].norm if at else ""
        tied = token.norm in LINKING and (
            before in AUXILIARIES | PRONOUNS | {"there"} or any(m.last == at - 1 for m in reading.mentions)
        )
        plain = (
            at in intent.plain
            or token.norm in FILLERS
            or token.norm in AGGREGATES
            or tied
            or token.norm == before  # said twice
            or token.norm in _TOLD_BY_THE_KIND.get(reading.kind, ())
            or (token.norm in CUTTING and reading.of("group"))
            or token.norm == str(understood.selection.concepts.limit)
        )
        assert plain or at in explained or token.norm in left or _is_a_unit(token.norm), (token.text, text)


def _is_a_unit(norm: str) -> bool:
    units = {normal_form(a.unit or "") for a in _KNOWN.assets.values() if a.kind == "metric"}
    return norm in units | {"percent", "euro", "well", "period", "time", "date", "range", "department", "view"}


@given(st.one_of(_TEXTS, st.text(max_size=200)))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_what_is_left_is_never_complete(text: str) -> None:
    understood = understand(text, _KNOWN, "treasury")
    assert not (understood.reading.left and understood.status == "complete")


@given(_TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_word_nobody_knows_is_never_passed_over(text: str) -> None:
    assert understand(f"{text} zorblaxian", _KNOWN, "treasury").status == "unresolved"


@given(_TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_same_text_is_always_understood_alike(text: str) -> None:
    assert understand(text, _KNOWN, "treasury") == understand(text, _KNOWN, "treasury")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "?!.,;",
        "\x00\x01",
        "🦊" * 100,
        "a" * 5000,
        "' OR 1=1; DROP TABLE shipments --",
        "MATCH (n) DETACH DELETE n",
        "package x default allow := true",
        "‮stnemphis",
        "عدد الشحنات في ألمانيا",
        "shipments " * 500,
        "by " * 1000,
        "not " * 1000,
        "1e999 over 1e999",
        "over 99999999999999999999999999999999999999999 shipments",
    ],
)
def test_odd_texts_are_read_without_an_error(text: str) -> None:
    understand(text, _KNOWN, "accounting")


def _calls(text: str) -> int:
    profile = cProfile.Profile()
    profile.enable()
    intent = understand(text, _KNOWN).intent
    read(intent, look_up(intent, _KNOWN, is_word=IS_WORD), _KNOWN)
    profile.disable()
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "piece", ["shipments by carrier in Germany and Italy over 100 vs 2025, ", "zorblaxian Quuxer "]
)
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    _calls(piece)
    once, fourfold = _calls(piece * 10), _calls(piece * 40)
    assert fourfold < 6 * once
