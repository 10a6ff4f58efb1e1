"""A time that is said once more, in brackets or in other words: "MTD (month to date)", "vs last month (January)"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from ecp.domain.adding import Said
from ecp.domain.answer import ResolvedComparison, ResolvedPeriod, Unresolved
from ecp.domain.time import ComparisonMention, Period, TimeError
from ecp.domain.time.expressions import Expression, Relative, ToDate, Year

_IN = re.compile(r"^\s+(?:in|of)\s+$", re.I)
_WORD = re.compile(r"[^\W_]")
Timed = tuple[Said, Period]
Told = Callable[[Expression, date], Period]


def said_once(text: str, own: list[Timed], told: Told) -> tuple[list[Timed], list[Unresolved]]:
    """The times without those that say the dates of the one before once more, with no word between them, or the year
    that these lie in; and what in brackets, and which year, does not fit the one before. `told`: the dates of a time on
    another day."""
    kept, unfit = own[:1], list[Unresolved]()
    for mention, found in own[1:]:
        said, before = kept[-1]
        between = text[said.end : mention.start]
        explains = _is_bracketed(text, mention) or _is_its_year(said, between, mention)
        again = _same_dates(found, before) and mention.text.casefold() != said.text.casefold()
        if not (again or explains) or _WORD.search(_IN.sub("", between)):
            kept.append((mention, found))
        elif explains and (refused := refused_beside((mention, found), before, told)):
            unfit.append(refused)
    return kept, unfit


def _is_its_year(said: Said, between: str, mention: Said) -> bool:
    """ "This month in 2026", "last month 2025": a year right behind a time that is counted from today."""
    counted = isinstance(said.expression, Relative | ToDate) and isinstance(mention.expression, Year)
    return counted and not _IN.sub("", between).strip()


def behind_compared(text: str, own: Iterable[Timed], comparing: Iterable[ComparisonMention]) -> dict[int, Timed]:
    """The times in brackets right behind what is compared with, by where that ends."""
    ends = [m.end for m in comparing]
    bracketed = [(m, p) for m, p in own if _is_bracketed(text, m)]
    return {end: (m, p) for end in ends for m, p in bracketed if text[end : m.start].strip() == "("}


def refused_beside(timed: Timed, other: Period | ResolvedPeriod, told: Told) -> Unresolved | None:
    """Where neither this time nor what it is near the other one holds that other one: that it does not."""
    mention, found = timed
    near = _near(mention, found, other, told)
    if near.start <= other.start and other.end <= near.end:
        return None
    return Unresolved(mention=f"{mention.text} ({near.label} is not {other.label})")


def _near(mention: Said, found: Period, other: Period | ResolvedPeriod, told: Told) -> Period:
    """What is named without its year, as it lies within the other one."""
    if _same_dates(found, other):
        return found
    try:
        return told(mention.expression, other.end)
    except TimeError:
        return found


def each_once(compared: Iterable[ResolvedComparison]) -> Iterator[ResolvedComparison]:
    """ "WoW (week over week)": what was said in other words is not compared with again."""
    seen: set[tuple[date, date]] = set()
    for one in compared:
        dates = (one.period.start, one.period.end) if one.period else None
        if dates is None or dates not in seen:
            yield one
        seen |= {dates} if dates else set()


def _is_bracketed(text: str, mention: Said) -> bool:
    return text[: mention.start].rstrip()[-1:] == "(" and text[mention.end :].lstrip()[:1] == ")"


def _same_dates(one: Period, other: Period | ResolvedPeriod) -> bool:
    return (one.start, one.end) == (other.start, other.end)
