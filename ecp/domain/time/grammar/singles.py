"""One period or day, read by the rules that its first word allows."""

from __future__ import annotations

from ecp.domain.time.grammar import (
    dates,
    named_days,
    parts,
    relative,
    shorthand,
    spelled_years,
    trailing,
    weekdays,
    years,
)
from ecp.domain.time.grammar.basics import Found, Rule, longest, remembered
from ecp.domain.time.lexer import Token, Tokens

_COUNTED = (relative.ago, relative.several, relative.a_year_ago_today, trailing.trailing)
_AFTER_YEAR = (parts.part_after_year, parts.month_after_year, parts.fiscal_month_after_year)
_BY_KIND: dict[str, tuple[Rule, ...]] = {
    "number": (
        *_COUNTED,
        years.year,
        years.decade,
        parts.part,
        parts.months_of_a_year,
        parts.joined,
        *_AFTER_YEAR,
        dates.day,
    ),
    "count": (*_COUNTED, *spelled_years.RULES, dates.day),
    "ordinal": (relative.just_over, parts.part, dates.day, weekdays.nth),
    "month": (parts.month_of_quarter, parts.month, dates.day),
    "weekday": (weekdays.weekday,),
    "rel": (
        relative.relative_unit,
        shorthand.before_the_trailing,
        parts.part,
        parts.month_of_quarter,
        parts.month,
        weekdays.weekday,
        weekdays.in_week,
        weekdays.nth,
        weekdays.weekend,
        relative.a_year_ago_today,
        relative.just_over,
        trailing.trailing,
        *_AFTER_YEAR,
    ),
    "basis": (relative.before_last, relative.just_over, years.year, parts.part, parts.part_after_year),
    "unit": (
        relative.before_last,
        relative.just_over,
        relative.ago,
        years.year,
        parts.part,
        parts.month,
        parts.fiscal_month,
    ),
}
_BY_WORD: dict[str, tuple[Rule, ...]] = {
    **dict.fromkeys(("yesterday", "yday", "tomorrow", "day", "right", "now"), (named_days.named_day,)),
    "today": (named_days.named_day, relative.a_year_ago_today),
    **dict.fromkeys(("penultimate", "just"), (relative.just_over,)),
    **dict.fromkeys(spelled_years.DECADES, (spelled_years.decade,)),
    "fye": (years.year,),
    **dict.fromkeys(("currently", "at"), (named_days.named_day,)),
    **dict.fromkeys(("presently", "all", "since", "ever", "historically", "to"), (named_days.named_day,)),
    "recently": (named_days.named_day, relative.just_over),
    **dict.fromkeys(("l", "r", "t", "ttm", "ltm", "ntm", "lq", "pq", "lfy", "pfy"), (shorthand.short_form,)),
    **dict.fromkeys(("ly", "py"), (shorthand.short_form, *_AFTER_YEAR)),
    **dict.fromkeys(("a", "an", "few", "several"), _COUNTED),
    **dict.fromkeys(("trailing", "rolling", "running"), (trailing.trailing,)),
    "recent": (trailing.recent,),
    "most": (relative.relative_unit,),
    **dict.fromkeys(("fy", "full"), (years.year, *_AFTER_YEAR)),
    "cy": (years.year, shorthand.short_form, *_AFTER_YEAR),
    **dict.fromkeys(("q", "fq", "cq", "h", "hy", "fh", "w", "cw", "kw"), (parts.part,)),
    **dict.fromkeys(("p", "m", "period"), (parts.fiscal_month,)),
    "'": (years.decade,),
}
TIME_KINDS = frozenset({"number", "ordinal", "month", "weekday", "unit", "rel", "count", "adverb", "basis"})
_BEHIND_THE = (
    years.decade,
    parts.month_of_quarter,
    parts.month,
    named_days.named_day,
    relative.the_unit,
    dates.of_a_month,
)


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
