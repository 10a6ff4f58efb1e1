"""Weekdays and weekends: last Monday, the first Friday of March, last weekend."""

from __future__ import annotations

from ecp.domain.time.expressions import Day, NthWeekday, Relative, Weekday, Weekend, Which
from ecp.domain.time.grammar import dates, figures
from ecp.domain.time.grammar.basics import Found, skip
from ecp.domain.time.grammar.parts import month, part
from ecp.domain.time.grammar.relative import relative_unit
from ecp.domain.time.grammar.years import anchor
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import SHORT_WEEKDAYS

_NOT_A_DAY = frozenset({"black", "cyber", "good", "ash", "every", "each"})
_WHICH: dict[int, Which] = {-1: "last", 0: "this", 1: "next"}


def weekday(t: Tokens, i: int) -> Found:
    """`last Monday`, `Friday`, `Monday of last week`; with a date behind it, that date."""
    which = _WHICH[t[i].value] if t[i].kind == "rel" else None
    j = i + 1 if which else i
    name = t[j]
    if name.kind != "weekday" or (j and t[j - 1].word in _NOT_A_DAY):
        return None
    dated = dates.day(t, skip(t, skip(t, j + 1, "."), ","))
    if dated and isinstance(dated[0], Day):
        return dated[0].model_copy(update={"weekday": name.value}), dated[1]
    if which is None and name.word in SHORT_WEEKDAYS and (i == 0 or t[i - 1].word not in figures.ON):
        return None
    week = None if which else relative_unit(t, skip(t, j + 1, "of", "in"))
    if week and getattr(week[0], "grain", "") == "week":
        return Weekday(weekday=name.value, of=week[0]), week[1]
    return Weekday(weekday=name.value, which=which), j + 1


def in_week(t: Tokens, i: int) -> Found:
    """`last week Monday`, `next week on Friday`, `last week's Monday`."""
    week = relative_unit(t, i)
    if week is None or not isinstance(week[0], Relative) or week[0].grain != "week":
        return None
    j = skip(t, week[1], "on", ",")
    j = j + 2 if t[j].word == "'" and t[j + 1].word == "s" else j
    return (Weekday(weekday=t[j].value, of=week[0]), j + 1) if t[j].kind == "weekday" else None


def nth(t: Tokens, i: int) -> Found:
    """`the first Monday of March`, `last Friday of the month`, `third Tuesday in June 2024`."""
    i = skip(t, i, "the")
    last = t[i].word in ("last", "final")
    if not (last or (t[i].kind == "ordinal" and t[i].value > 0)) or t[i + 1].kind != "weekday":
        return None
    if t[i + 2].word not in ("of", "in"):
        return None
    j = skip(t, i + 3, "the")
    of = month(t, j) or part(t, j) or relative_unit(t, j) or anchor(t, j)
    if of is None and t[j].kind == "unit" and j > i + 3:
        of = Relative(grain=t[j].value, offset=0), j + 1
    if of is None or getattr(of[0], "grain", "month") in ("day", "week"):
        return None
    return NthWeekday(weekday=t[i + 1].value, index=-1 if last else t[i].value, of=of[0]), of[1]


def weekend(t: Tokens, i: int) -> Found:
    """`last weekend`, `this weekend`."""
    if t[i].kind == "rel" and t[i + 1].word == "weekend":
        return Weekend(offset=t[i].value), i + 2
    return None
