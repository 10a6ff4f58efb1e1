"""Parts of a year: quarters, halves, numbered weeks, named months."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ecp.domain.calendar import Basis, Grain
from ecp.domain.time.expressions import Anchored, Month, Part, Portion, Which, Year
from ecp.domain.time.grammar.basics import Found, Phrases, basis, is_month, is_short_year, skip
from ecp.domain.time.grammar.years import anchor, suffix
from ecp.domain.time.lexer import Token, Tokens
from ecp.domain.time.vocabulary import PLURALS

_LETTERS: dict[str, tuple[Grain, Basis | None]] = {
    "q": ("quarter", None), "fq": ("quarter", "fiscal"), "cq": ("quarter", "calendar"),
    "h": ("half", None), "hy": ("half", None), "fh": ("half", "fiscal"),
    "w": ("week", None), "cw": ("week", None), "kw": ("week", None),
}  # fmt: skip
_JOINED: dict[str, Grain] = {"qfy": "quarter", "hfy": "half", "mfy": "month"}
_NUMBER = Phrases("number", "no .", "no", "#", "nr .", "nr")
_WHICH: dict[int, Which] = {-1: "last", 0: "this", 1: "next"}
_CUTTING = frozenset({"by", "per", "each", "every"})
_MONTH_OF = Phrases("month of", "months of")
_MONTHS = {"quarter": 3, "half": 6}
_NUMBERED = ("quarter", "half", "week")
_BETWEEN_ORDINALS = frozenset({"and", "or", ",", "to", "through", "&", "-", "vs", "versus"})


@dataclass(frozen=True, slots=True)
class _Label:
    grain: Grain
    index: int
    basis: Basis | None
    end: int
    spelled: bool = False


def _digit(token: Token, size: int = 1) -> bool:
    return token.kind == "number" and token.size <= size


def _letter_label(t: Tokens, i: int) -> _Label | None:
    """`Q3`, `H1`, `FQ3`, `W12`, and `3Q`, `1H`."""
    if t[i].word in _LETTERS:
        grain, said = _LETTERS[t[i].word]
        size = 2 if grain == "week" else 1
        if _digit(t[i + 1], size) and (t[i + 1].glued or grain == "quarter" or t[i].word in ("kw", "cw")):
            return _Label(grain, t[i + 1].number, said, i + 2)
    if _digit(t[i]) and t[i + 1].glued and t[i + 1].word in ("q", "h"):
        return _Label(_LETTERS[t[i + 1].word][0], t[i].number, None, i + 2)
    return None


def _ordinal_label(t: Tokens, i: int) -> _Label | None:
    """`third quarter`, `2nd fiscal half`; the first one of `first and second quarter`."""
    if t[i].kind != "ordinal":
        return None
    said, j = basis(t, i + 1)
    j = skip(t, j, "-")
    if t[j].kind == "unit" and t[j].value in ("quarter", "half"):
        return _Label(t[j].value, t[i].value, said, j + 1, spelled=True)
    if t[i + 1].word in _BETWEEN_ORDINALS and (other := _ordinal_label(t, skip(t, i + 2, "the"))):
        return replace(other, index=t[i].value, end=i + 1)
    return None


def _numbered_label(t: Tokens, i: int) -> _Label | None:
    """`quarter 3`, `week 12`, `quarter three`."""
    if t[i].kind != "unit" or t[i].value not in _NUMBERED:
        return None
    grain: Any = t[i].value
    j = _NUMBER.at(t, i + 1) or i + 1
    token = t[j]
    if _digit(token, 2 if grain == "week" else 1) or token.kind == "count":
        return _Label(grain, token.value, None, j + 1)
    return None


def _label(t: Tokens, i: int) -> _Label | None:
    said, j = basis(t, skip(t, i, "the"))
    label = _letter_label(t, j) or _ordinal_label(t, j) or _numbered_label(t, j)
    return replace(label, basis=said) if label and said else label


def _short_year_alone(t: Tokens, j: int) -> bool:
    """`Q3 24`: two digits are a year when nothing countable follows."""
    after = t[j + 1]
    return is_short_year(t[j]) and t[j].number >= 10 and after.kind not in ("word", "amount", "unit", "adverb")


def _with_year(t: Tokens, label: _Label, which: Which | None) -> Found:
    part = Part(grain=label.grain, index=label.index, basis=label.basis, which=which)
    found = suffix(t, label.end)
    if found is None and _short_year_alone(t, label.end):
        found = Year(year=t[label.end].number), label.end + 1
    if found is None and label.spelled and t[label.end].word == "of":
        return None
    return (part.model_copy(update={"of": found[0]}), found[1]) if found else (part, label.end)


def part(t: Tokens, i: int) -> Found:
    """`Q3`, `Q3 FY26`, `third quarter of 2024`, `3Q24`, `last Q4`, `week 12 of 2024`."""
    i = skip(t, i, "the")
    if t[i].kind == "rel" and (label := _letter_label(t, i + 1)):
        return _with_year(t, label, _WHICH[t[i].value])
    label = _label(t, i)
    return _with_year(t, label, None) if label else None


def part_after_year(t: Tokens, i: int) -> Found:
    """`2024 Q3`, `FY26 H1`, `2024-W12`, `last year's third quarter`."""
    found = anchor(t, i)
    if found is None:
        return None
    label = _label(t, skip(t, found[1], "-", ","))
    if label is None or t[label.end].word == "of":
        return None
    return Part(grain=label.grain, index=label.index, basis=label.basis, of=found[0]), label.end


def _numbered_month(t: Tokens, i: int) -> bool:
    """`P3`, `period 3`, `M3`."""
    numbered = t[i].word in ("period", "month") or (t[i].word in ("p", "m") and t[i + 1].glued)
    return numbered and _digit(t[i + 1], 2)


def fiscal_month(t: Tokens, i: int) -> Found:
    """`P3 FY26`, `month 3 of FY26`, `period 3 of FY26`, `P1` of `P1-P3 FY26`: counted from the start of that year."""
    if not _numbered_month(t, i):
        return None
    found = suffix(t, i + 2)
    if found is None and t[i + 2].word in ("-", "to", "through") and _numbered_month(t, i + 3):
        of = suffix(t, i + 5) if t[i + 5].word not in ("in", "of", "for") else None
        found = (of[0], i + 2) if of else None
    if found and isinstance(found[0], Year):
        return Part(grain="month", index=t[i + 1].number, of=found[0]), found[1]
    return None


def fiscal_month_after_year(t: Tokens, i: int) -> Found:
    """`FY26P3`, `FY26-P3`, `FY26 period 3`, `2025M02`; "FY26 P3" may be of a priority, "2025 m3" are cubic metres."""
    found = anchor(t, i)
    j = skip(t, found[1], "-", ",") if found else i
    if found is None or not isinstance(found[0], Year) or not _numbered_month(t, j) or t[j].word == "month":
        return None
    if t[j].word != "period" and (not t[j].glued or (t[j].word == "m" and t[j + 1].size != 2)):
        return None
    return Part(grain="month", index=t[j + 1].number, of=found[0]), j + 2


def joined(t: Tokens, i: int) -> Found:
    """`1QFY26`, `2HFY2026`, `9MFY26`: written without a gap."""
    if not (_digit(t[i], 2) and t[i + 1].glued and t[i + 1].word in _JOINED and t[i + 2].glued):
        return None
    named = t[i + 2]
    if named.kind != "number" or named.size not in (2, 4):
        return None
    of = Year(year=named.number, basis="fiscal")
    grain = _JOINED[t[i + 1].word]
    if grain == "month":
        return (Portion(count=t[i].number, grain=grain, side="start", of=of), i + 3) if 1 <= t[i].number <= 12 else None
    return (Part(grain=grain, index=t[i].number, of=of), i + 3) if t[i].size == 1 else None


def _late_year(t: Tokens, j: int) -> Found:
    """`August 99`: no day of the month."""
    late = is_short_year(t[j]) and t[j].number > 31 and t[j + 1].kind in ("end", "mark")
    return (Year(year=t[j].number), j + 1) if late else None


def _may_be_its_year(t: Tokens, j: int) -> bool:
    """`Dec 25` and `Dec 25 month-end` may be of December 2025; `on Dec 25` and `Dec 25 days` are not."""
    named_day = j > 1 and t[j - 2].word == "on"
    counted = t[j + 1].kind == "unit" and t[skip(t, j + 2, "-")].word not in ("end", "close")
    return is_short_year(t[j]) and t[j].number >= 10 and not counted and not named_day


def months_of_a_year(t: Tokens, i: int) -> Found:
    """`9M 2024`, `6M FY25`: its first months."""
    if not (_digit(t[i], 2) and t[i + 1].glued and t[i + 1].word == "m" and 1 <= t[i].number <= 12):
        return None
    found = suffix(t, i + 2)
    if found is None and is_short_year(t[i + 2]) and t[i + 2].glued:
        found = Year(year=t[i + 2].number), i + 3
    return (Portion(count=t[i].number, grain="month", side="start", of=found[0]), found[1]) if found else None


def _short_year(t: Tokens, j: int) -> Found:
    return (Year(year=t[j].number), j + 1) if is_short_year(t[j]) else None


def month_of_quarter(t: Tokens, i: int) -> Found:
    """`December quarter`, `the June half of 2025`, `Dec 25 quarter`: named for the month that it ends with."""
    i = skip(t, i, "the")
    which = _WHICH[t[i].value] if t[i].kind == "rel" else None
    i = i + 1 if which else i
    early = None if which else suffix(t, i + 1) or _short_year(t, i + 1)
    j = skip(t, early[1] if early else i + 1, "-")
    if t[i].kind != "month" or t[j].value not in _MONTHS or t[j].word in PLURALS or not is_month(t, i, j):
        return None
    grain: Any = t[j].value
    late = None if which or early else suffix(t, j + 1)
    of, end = (early[0], j + 1) if early else late or (None, j + 1)
    if t[i].value % _MONTHS[grain] == 0 and getattr(of, "basis", None) != "fiscal":
        return Part(grain=grain, index=t[i].value // _MONTHS[grain], basis="calendar", of=of, which=which), end
    last = Month(month=t[i].value, of=of, which=which)
    return Anchored(count=1, grain=grain, place="ending", of=last), end


def month(t: Tokens, i: int) -> Found:
    """`March`, `March 2024`, `Mar '24`, `Mar 24`, `March of last year`, `last March`."""
    j = _MONTH_OF.at(t, skip(t, i, "the")) or i
    if j > i and i and t[i - 1].word in _CUTTING:
        return None
    which = _WHICH[t[j].value] if t[j].kind == "rel" else None
    j = j + 1 if which else j
    name = t[j]
    if name.kind != "month":
        return None
    end = j + 1
    if name.size <= 4 and t[end].word == "." and t[end].glued and t[end + 1].kind in ("number", "rel", "mark"):
        end += 1
    found = None if which else suffix(t, end) or _late_year(t, end)
    if found:
        return Month(month=name.value, of=found[0]), found[1]
    if not which and end == j + 1 and _may_be_its_year(t, end) and is_month(t, j, end):
        return Month(month=name.value, number=t[end].number), end + 1
    return (Month(month=name.value, which=which), end) if which or is_month(t, j, end) else None


def month_after_year(t: Tokens, i: int) -> Found:
    """`2024 March`, `last year's March`."""
    found = anchor(t, i)
    if found is None:
        return None
    j = skip(t, found[1], "-", ",", "/")
    if t[j].kind != "month" or not is_month(t, j, j + 1):
        return None
    return Month(month=t[j].value, of=found[0]), j + 1


RULES = (part, part_after_year, fiscal_month, month_of_quarter, month, month_after_year)
