"""Bounds on a number: "over 1 million", ">= 500k", "between 1 and 2 million"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ecp.domain.language import CHANGES, NUMBER_WORDS, NUMERIC_CUES, SCALES, TIME_UNITS, UNITS, Cue
from ecp.domain.values import Value
from ecp.domain.words import Token, normal_word

_VALUE = (
    r"([$€£¥]|\b(?:usd|eur|gbp|jpy)\b)?\s*(\d[\d,]*(?:\.\d+)?)"
    r"(?:\s*(k|mio|mn|m|bn|b|thousand|million|billion)\b)?"
    r"(?:\s*(%|[€$£¥]|[^\W\d_]+))?"
)
_NUMBER = re.compile(rf"\s*{_VALUE}(?![\w-])", re.I)
_SIGNED = re.compile(rf"(>=|=>|≥|<=|=<|≤|>|<)\s*{_VALUE}(?![\w-])", re.I)
_BETWEEN = re.compile(
    rf"\bbetween\s+{_VALUE}\s+(?:and|to)\s+{_VALUE}(?![\w-])(?!\s+(?:\w+\s+)?(?:ago|back|earlier)\b)", re.I
)
# "70-90%", "$100k-500k": a range of what is told in percent or in money.
_DASHED = re.compile(rf"(?<![\w.,/-])(?:{_VALUE}\s*[-–]\s*{_VALUE})(?![\w-])", re.I)
_OR_MORE = re.compile(
    rf"{_VALUE}\s*(?:or|and)\s+(more|less|above|below|higher|lower|over|under|greater|fewer|up|upwards)\b", re.I
)
# A bound whose scale is also the letter of a unit of time ("9M 2025").
_LETTERED = re.compile(
    r"(\b(?:over|above|under|below|than|exceed(?:s|ing|ed)?|at least|at most|up to)\s+|[<>≤≥]=?\s*"
    r"|\bbetween\s+[$€£¥]?[\d.,]+\s*\w*\s+and\s+|\bof\s+(?=\S+\s+in\b))"
    r"([$€£¥]?\s*\d[\d,.]*\s*m\b)(?!\s+(?:ago|back|old|earlier|to)\b)",
    re.I,
)
_WRITTEN_OUT = {"zero": 0} | NUMBER_WORDS
_NUMERALS = "|".join(sorted(_WRITTEN_OUT, key=len, reverse=True))
_IN_WORDS = re.compile(
    rf"(\b(?:than|at\s+least|at\s+most|over|under|above|below|exceed(?:s|ed|ing)?|up\s+to)\s+)({_NUMERALS})\b"
    rf"(?![\w-])(?!\s+(?:of|in|(?:{'|'.join(sorted(TIME_UNITS))})s?)\b)"
    rf"|\b({_NUMERALS})(?=\s+or\s+(?:more|fewer|less)\b)",
    re.I,
)
# Letters right behind digits that make something else of them: an age, an hour, a rank.
_NO_AMOUNT = frozenset({"s", "am", "pm", "h", "hr", "hrs", "y", "yr", "yrs", "d", "w", "th", "st", "nd", "rd"})
_UPWARDS = frozenset({"more", "above", "higher", "over", "greater", "up", "upwards"})
_JUST_SO = frozenset({("at", "or"), ("on", "or"), ("equal", "or")})
_WORDS = {"more": "gt", "less": "lt", "at_least": "gte", "at_most": "lte"}
SIDES_OF_ZERO = {"negative": "lt", "positive": "gt"}
_SIGNS = {">": "gt", "<": "lt", ">=": "gte", "=>": "gte", "≥": "gte", "<=": "lte", "=<": "lte", "≤": "lte"}


class NumberFilter(Value):
    """The operator of the contract and the number; `unit` is the currency or percent that was said with it."""

    first: int
    last: int
    operator: str
    value: float
    text: str = ""
    unit: str | None = None


def find_numbers(text: str, words: tuple[Token, ...], cues: Iterable[Cue]) -> tuple[NumberFilter, ...]:
    """Every bound on a number in a text; a number without a comparing word or sign is none."""
    digits = _in_digits(text)
    found = (
        *_after_cues(digits, words, cues),
        *_after_signs(digits, words),
        *_ranges(digits, words),
        *_open(digits, words),
        *_on_a_side_of_zero(words),
    )
    return tuple(_as_said(n, digits, text) for n in found if n is not None)


def _in_digits(text: str) -> str:
    """The text as long as before, with the numbers of "more than five" and "five or more" in digits."""

    def digits(match: re.Match[str]) -> str:
        word = match[2] or match[3]
        return (match[1] or "") + str(_WRITTEN_OUT[word.lower()]).ljust(len(word))

    return _IN_WORDS.sub(digits, text)


def _as_said(number: NumberFilter, digits: str, text: str) -> NumberFilter:
    at = digits.find(number.text)
    return number if at < 0 else number.model_copy(update={"text": text[at : at + len(number.text)]})


def without_bounds(text: str) -> str:
    """The text as long as before, with a word that says nothing where a bound looks like a time: the "1m" of "over 1m
    in 2025"; without one, "than 1m last year" would be told of last year."""
    return _LETTERED.sub(lambda m: m[1] + "x" * len(m[2]), text)


def _after_cues(text: str, words: tuple[Token, ...], cues: Iterable[Cue]) -> Iterator[NumberFilter | None]:
    for cue in cues:
        match = _NUMBER.match(text, words[cue.last].end) if cue.kind in NUMERIC_CUES else None
        if match:
            first, operator = _or_just_so(cue, words)
            yield _bound(operator, words[first].start, match, 1, text, words)


def _or_just_so(cue: Cue, words: tuple[Token, ...]) -> tuple[int, str]:
    """Where the bound begins, and its operator: "at or above" holds the number itself."""
    operator = _WORDS[cue.kind]
    before = tuple(w.norm for w in words[max(0, cue.first - 2) : cue.first])
    if before in _JUST_SO and operator in ("gt", "lt"):
        return cue.first - 2, f"{operator}e"
    return cue.first, operator


def _after_signs(text: str, words: tuple[Token, ...]) -> Iterator[NumberFilter | None]:
    for match in _SIGNED.finditer(text):
        yield _bound(_SIGNS[match[1]], match.start(), match, 2, text, words)


def _ranges(text: str, words: tuple[Token, ...]) -> Iterator[NumberFilter | None]:
    told = (m for m in _DASHED.finditer(text) if _is_told_in_a_unit(m))
    for match in (*_BETWEEN.finditer(text), *told):
        scale = match[3] or match[7]
        most = _bound("lte", match.end(3) if match[3] else match.end(2), match, 5, text, words)
        if most is not None:
            yield from (_bound("gte", match.start(), match, 1, text, words, scale), most)


def _is_told_in_a_unit(match: re.Match[str]) -> bool:
    """ "70-90%", "$1-2m": days or years have no sign of money or percent right beside them."""
    percent = match[8] == "%" and match.start(8) == (match.end(7) if match[7] else match.end(6))
    return bool(match[1] or match[5]) or percent


def _open(text: str, words: tuple[Token, ...]) -> Iterator[NumberFilter | None]:
    """ "100 or more"."""
    for match in _OR_MORE.finditer(text):
        found = _bound("gte" if match[5].lower() in _UPWARDS else "lte", match.start(), match, 1, text, words)
        if found:
            last = max(i for i, w in enumerate(words) if w.start < match.end())
            told = {"last": last, "text": match.group().strip(), "unit": found.unit or _time_unit(match[4])}
            yield found.model_copy(update=told)


def _on_a_side_of_zero(words: tuple[Token, ...]) -> Iterator[NumberFilter]:
    """ "where income is negative"; a "negative variance" is no bound on what varies."""
    for at, word in enumerate(words):
        changes = any(w.norm in CHANGES for w in words[at + 1 : at + 3])
        if (operator := SIDES_OF_ZERO.get(word.norm)) and not changes:
            yield NumberFilter(first=at, last=at, operator=operator, value=0, text=word.text)


def _time_unit(word: str | None) -> str | None:
    """ "2 minutes or more", which is no bound of 2 on seconds."""
    unit = normal_word(word.lower()) if word else ""
    return unit if unit in TIME_UNITS else None


def _is_a_unit(behind: str) -> bool:
    """Whether what is written right behind digits may be a unit: "5kg", and not "5G"."""
    return len(behind) > 1 or not behind.isalpha()


def _bound(
    operator: str,
    start: int,
    match: re.Match[str],
    group: int,
    text: str,
    words: tuple[Token, ...],
    scale: str | None = None,
) -> NumberFilter | None:
    """`group` is the first of the four that make a value: currency, digits, scale, unit."""
    before, digits, own_scale, behind = (match[group + n] for n in range(4))
    attached = match.start(group + 3) == match.end(group + 1)
    if behind and attached and (behind.lower() in _NO_AMOUNT or not _is_a_unit(behind)):
        return None
    unit = UNITS.get(normal_word(behind) or behind) if behind else None
    end = match.end(group + 3) if unit else match.end(group + 2) if own_scale else match.end(group + 1)
    inside = [i for i, w in enumerate(words) if w.start < end and w.end > start]
    if not inside:
        return None
    value = float(digits.replace(",", "")) * SCALES.get((own_scale or scale or "").lower(), 1)
    said = unit or (UNITS.get(before.lower()) if before else None)
    last, first = inside[-1], inside[0]
    return NumberFilter(
        first=first, last=last, operator=operator, value=value, text=text[max(start, 0) : end].strip(), unit=said
    )
