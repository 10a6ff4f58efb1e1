"""Text to tokens: every character that matters keeps its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ecp.domain.calendar import Basis
from ecp.domain.time import vocabulary as v

_TOKEN = re.compile(
    r"(?P<amount>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?)"
    r"|(?P<ordinal>\d{1,2}(?:st|nd|rd|th)(?![^\W_]))"
    r"|(?P<number>\d+)|(?P<word>[^\W\d_]+)|(?P<mark>[^\w\s]|_)",
    re.IGNORECASE,
)
_MARKS = {"–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "’": "'", "‘": "'", "ʼ": "'", "`": "'"}
_LONGEST_NUMBER = 8
NO_YEARS: Mapping[str, str] = {}
_YEAR_NOUNS: Mapping[str, tuple[Basis, str]] = {
    "fy": ("fiscal", "year"), "fys": ("fiscal", "years"), "cy": ("calendar", "year"), "cys": ("calendar", "years"),
}  # fmt: skip
_KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("month", v.MONTHS),
    ("weekday", v.WEEKDAYS),
    ("unit", v.UNITS),
    ("rel", v.RELATIVE),
    ("count", v.COUNTS),
    ("ordinal", v.ORDINALS),
    ("adverb", v.ADVERBS),
    ("basis", v.BASES),
)


@dataclass(frozen=True, slots=True)
class Token:
    """`word` is the lower-cased, corrected form, `glued` says that nothing stands before it.

    `kind` is a class of time words (month, weekday, unit, rel, count, ordinal, adverb, basis) or number,
    amount, word, mark, end; `value` is what the class means: 3 for March, -1 for "last", "month" for "months".
    """

    kind: str
    word: str
    value: Any
    start: int
    end: int
    glued: bool
    text: str

    @property
    def number(self) -> int:
        """The value of digits, -1 for what is none."""
        return self.value if self.kind == "number" else -1

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def alphanumeric(self) -> bool:
        return self.kind not in ("mark", "end")


END = Token("end", "", None, 0, 0, False, "")


class Tokens(list[Token]):
    """The tokens of one text. `memo` holds what a rule has read at a place, so that no place is read twice; `taught`
    says that the enterprise's year is one of teaching."""

    def __init__(self, *, taught: bool = False) -> None:
        super().__init__()
        self.memo: dict[tuple[str, int], Any] = {}
        self.taught = taught


@lru_cache(maxsize=4096)
def _meaning(text: str) -> tuple[str, str, Any]:
    lower = text.lower()
    for word in (lower, v.corrected(lower)):
        for kind, words in _KINDS:
            if word in words:
                return kind, word, words[word]
    return "word", v.corrected(lower), None


def _read(kind: str, text: str, years: Mapping[str, str]) -> tuple[str, str, Any]:
    if kind == "word":
        return _meaning(years.get(text.lower(), text)) if len(text) <= 20 else (kind, text.lower(), None)
    if kind == "mark":
        return kind, _MARKS.get(text, text), None
    if kind == "ordinal":
        return kind, text.lower(), int(text[:-2])
    if kind == "number" and len(text) <= _LONGEST_NUMBER:
        return kind, text, int(text)
    return "amount", text, None


def lex(text: str, years: Mapping[str, str] = NO_YEARS) -> Tokens:
    """The tokens of a text, then enough end marks to look ahead. `years`: an enterprise's own words for what is
    "fiscal", or "FY"."""
    found = Tokens(taught=not v.TEACHING.isdisjoint(years))
    last = 0
    for match in _TOKEN.finditer(text):
        kind, word, value = _read(match.lastgroup or "word", match.group(), years)
        start, end = match.span()
        found.append(Token(kind, word, value, start, end, start == last and start > 0, match.group()))
        last = end
    _spell_out_years(found)
    found.extend([END] * 8)
    return found


def _spell_out_years(found: Tokens) -> None:
    """ "FY" is a noun where no number makes a name of it ("last FY", "by FY"), and reads as "fiscal year" does; "CY" is
    also the current year, so that one only behind what counts it ("last CY")."""
    for i in range(len(found) - 1, -1, -1):
        if found[i].word not in _YEAR_NOUNS:
            continue
        said, unit = _YEAR_NOUNS[found[i].word]
        counted = i > 0 and found[i - 1].kind in ("rel", "count", "number")
        if not _is_named(found, i + 1) and (counted or said == "fiscal"):
            token = found[i]
            basis = replace(token, kind="basis", word=said, value=said)
            noun = replace(token, kind="unit", word=unit, value="year", glued=True, text="")
            found[i : i + 1] = [basis] if _is_a_unit(found, i + 1) else [basis, noun]


def _is_a_unit(found: Tokens, i: int) -> bool:
    """ "FY quarter" is a fiscal one."""
    return i < len(found) and found[i].kind == "unit"


def _is_named(found: Tokens, i: int) -> bool:
    """Whether the name of a year goes on with a number: `25`, `-25`, `'25`, `twenty-five`."""
    rest = found[i : i + 2]
    named = rest[1:] if rest and rest[0].word in ("-", "'", ".") else rest[:1]
    return any(token.kind in ("number", "count") for token in named)
