"""Days and stretches that are named by one word: today, yesterday, now, ever, recently."""

from __future__ import annotations

from ecp.domain.time.expressions import Range, Relative, Window
from ecp.domain.time.grammar.basics import Found, Phrases
from ecp.domain.time.lexer import Tokens

_DAYS = (
    (Phrases("the day before yesterday", "day before yesterday"), -2),
    (Phrases("yesterday", "yday"), -1),
    (Phrases("today", "right now", "now", "currently", "at present", "at the moment", "presently"), 0),
    (Phrases("the day after tomorrow", "day after tomorrow"), 2),
    (Phrases("tomorrow"), 1),
)
_EVER = Phrases("all time", "since inception", "since the beginning", "ever", "to date", "historically")


def named_day(t: Tokens, i: int) -> Found:
    for words, offset in _DAYS:
        if j := words.at(t, i):
            return Relative(grain="day", offset=offset), j
    if j := _EVER.at(t, i):
        return Range(), j
    if t[i].word == "recently":
        return Window(count=None, grain="day", style="recently"), i + 1
    return None
