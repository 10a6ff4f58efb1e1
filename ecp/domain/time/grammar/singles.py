"""One period or day, read by the rules that its first word allows."""

from __future__ import annotations

from ecp.domain.time.grammar import dates, parts, relative, weekdays, years
from ecp.domain.time.grammar.basics import Found, Rule, longest, remembered
from ecp.domain.time.lexer import Token, Tokens

_COUNTED = (relative.ago, relative.trailing)
_AFTER_YEAR = (parts.part_after_year, parts.month_after_year)
_BY_KIND: dict[str, tuple[Rule, ...]] = {
    "number": (*_COUNTED, years.year, years.decade, parts.part, parts.months_of_a_year, *_AFTER_YEAR, dates.day),
    "count": (*_COUNTED, dates.day),
    "ordinal": (parts.part, dates.day, weekdays.nth),
    "month": (parts.month, dates.day),
    "weekday": (weekdays.weekday,),
    "rel": (
        relative.relative_unit,
        parts.part,
        parts.month,
        weekdays.weekday,
        weekdays.in_week,
        weekdays.nth,
        weekdays.weekend,
        *_AFTER_YEAR,
    ),
    "basis": (years.year, parts.part, parts.part_after_year),
    "unit": (relative.before_last, relative.ago, years.year, parts.part, parts.fiscal_month),
}
_BY_WORD: dict[str, tuple[Rule, ...]] = {
    **dict.fromkeys(("today", "yesterday", "tomorrow", "day", "right", "now"), (relative.named_day,)),
    **dict.fromkeys(("currently", "at"), (relative.named_day,)),
    **dict.fromkeys(("presently", "all", "since", "ever", "to", "recently"), (relative.named_day,)),
    **dict.fromkeys(("l", "r", "t", "ttm", "ltm", "ntm", "lq", "pq", "lfy", "pfy"), (relative.short_form,)),
    **dict.fromkeys(("ly", "py"), (relative.short_form, *_AFTER_YEAR)),
    **dict.fromkeys(("a", "an", "few", "several"), _COUNTED),
    **dict.fromkeys(("trailing", "rolling", "running"), (relative.trailing,)),
    "recent": (relative.recent,),
    "most": (relative.relative_unit,),
    **dict.fromkeys(("fy", "full"), (years.year, *_AFTER_YEAR)),
    "cy": (years.year, relative.short_form, *_AFTER_YEAR),
    **dict.fromkeys(("q", "fq", "cq", "h", "hy", "fh", "w", "cw", "kw"), (parts.part,)),
    **dict.fromkeys(("p", "m", "period"), (parts.fiscal_month,)),
    "'": (years.decade,),
}
TIME_KINDS = frozenset({"number", "ordinal", "month", "weekday", "unit", "rel", "count", "adverb", "basis"})
_BEHIND_THE = (years.decade, parts.month, relative.named_day, relative.the_unit, dates.of_a_month)


@remembered
def single(t: Tokens, i: int) -> Found:
    """One period or day without portions, points or ranges."""
    token = t[i]
    if token.word == "the":
        return longest(t, i, _BEHIND_THE) or single(t, i + 1) if t[i + 1].word != "the" else None
    return longest(t, i, (*_BY_KIND.get(token.kind, ()), *_BY_WORD.get(token.word, ())))


def names_time(token: Token) -> bool:
    """Whether a single period or day can begin with it."""
    return token.kind in TIME_KINDS or token.word in _BY_WORD or token.word == "the"
