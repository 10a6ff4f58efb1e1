"""What is said beside a question of how its answer is to look or of what its time takes in, where that is so anyway."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNIT = r"(?:day|week|month|quarter|year)"
_SHOW = r"(?:return|show|list|display|retrieve|give|find|fetch|provide|output|include|report)"
_DATED = rf"(?:start|beginning|first (?:day|date)|date|end|last (?:day|date))(?: (?:of|in) (?:the|each|that) {_UNIT})?"
_END = r"(?:highest|lowest|most|least|best|worst|largest|smallest|biggest|fewest)"
_NO_KIND = r"(?:non|un|low|high|higher|well|best|top|full|late|early|not|self)\b"
_TARGET = r"(?:targets?|goals?|quotas?|plans?)"
_LOOK = r"(?:stacked|clustered|grouped|horizontal|vertical)"

# The positions in a text that say nothing but how it is told.
_IDLE = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (r"(?<=\beach )respective(?= \w)|(?<=\bevery )respective(?= \w)", re.I),
        (rf"(?<=\bany )single(?= {_UNIT}\b)", re.I),
        (rf"(?:(?<=[.!?;,])|\s[-–—])\s*(?:please )?(?:represent|label|show|display) (?:each|every|the) {_UNIT}s?"
         rf" (?:as|by|with) (?:its |the )?{_DATED}[.!]*\s*$", re.I),
        (rf"(?:(?<=[.!?;,])|\s[-–—])\s*(?:please )?us(?:e|ing) the {_DATED}"
         r" (?:as|for) the (?:group(?:[- ]?by)?|grouping|label|x-axis|axis|date)(?: (?:value|column|key|label))?"
         r"[.!]*\s*$", re.I),
        (r"\b(?:by|per|across|each) [^.?!]*?(?P<idle>,?\s*\b(?:as|on) (?:an? )?map)(?=\s*[.?!]*\s*$)", re.I),
        (rf",?\s*\bas (?:an? )?{_LOOK} (?:columns?|bars?)(?=\s*[.?!]*\s*$)", re.I),
        (r"^\s*returns(?= the\b)", re.I),
        (r"(?<=, )(?:showing|displaying|listing|returning)(?= the (?:number|total|count|sum|average)\b)", re.I),
        (r"^\s*is it (?:true|correct|right|the case) that\b", re.I),
        (r"(?<=\?)\s*(?:and )?if (?:so|yes|that is so),? (?:by )?how (?:much|many)(?: (?:more|less|fewer))?\s*\?*\s*$",
         re.I),
        (r"\b(?:the )?(?:ids?|identifiers?)(?:,| and)(?: the)? names? of(?= (?:the|each)\b)", re.I),
        (rf"(?<=[.!?] ){_SHOW} (?:me )?(?:the |its |their )?(?:ids?|names?)(?:, names?)?,? and"
         r"(?= (?:the )?(?:number|total|count)\b)", re.I),
        (rf"\b(?!{_NO_KIND})\w+(?P<idle>-paying)(?= (?:customers?|clients?|users?|members?|people|guests?)\b)", re.I),
        (rf"\b(?:behind|ahead) (?P<idle>on)(?= (?:the |their |its |our )?(?:[a-z]+ ){{0,3}}{_TARGET}\b)", re.I),
        (rf"\b(?P<idle>lagging|falling)(?= behind (?:the |their |its |our )?(?:[a-z]+ ){{0,3}}{_TARGET}\b)", re.I),
        (rf"\bfrom (?P<idle>the) {_END} to\b", re.I),
        (rf"\bfrom (?:the )?{_END} to (?P<idle>the)(?= {_END}\b)", re.I),
    )
)  # fmt: skip

# "The percentage of A against all B", "out of all B": in them.
_OF_ALL = re.compile(
    r"\b(?P<part>(?:percentage|percent|share|proportion|fraction) (?:(?!\bchange\b|\bgrowth\b)[^.?!])*?)"
    r"\b(?P<of>against|out of)(?= (?:the )?(?:overall|all|total)\b)",
    re.I,
)
# "Per A/month": by both.
_PER_BOTH = re.compile(rf"\b(?P<first>(?:per|by) [a-z]+(?: [a-z]+)?)/(?P<unit>{_UNIT})\b", re.I)
# "Over different periods (monthly)": by month.
_OVER_PERIODS = re.compile(
    r"\b(?:over|for|across) (?:different|various|several) (?:time )?(?:periods|intervals|frames) ?"
    r"\((?:(?P<unit>week|month|quarter|year)ly|(?P<day>daily))\)",
    re.I,
)
# "The growth rate for A from one month to another": the growth of A.
_RATE_OF_CHANGE = re.compile(
    r"\b(?P<change>growth|increase|decrease|decline|change) rate (?:of|for|in)(?= [^.?!]*\bfrom\b[^.?!]*\bto\b)", re.I
)
# ", show % of total": with it.
_AND_SHARE = re.compile(
    r"[,.;]\s*(?:please )?(?:and )?(?:show|include|add|display|give)(?: also)?(?: the| their)?"
    r"(?= (?:%|percent(?:age)?|share) of (?:the )?(?:grand |overall )?total\b)",
    re.I,
)
# "Furthest below B": the most.
_FURTHEST = re.compile(r"\b(?:furthest|farthest)(?= (?:below|above|behind|ahead|under|over|short)\b)", re.I)
# "The record month": the top one.
_RECORD = re.compile(rf"(?<![\w-])record(?= {_UNIT}\b(?! (?:by|over|on|to)\b))", re.I)
_RATIO = re.compile(r"\b(?P<part>ratio of [^.?!]*?\b)(?P<to>against|versus)\b", re.I)
_AND_TODAY = re.compile(
    r"(?P<lead>\s*[,(]\s*)?\b(?:inclusive of|including) today(?P<tail>['’]s(?: date)?)?(?P<end>\))?", re.I
)
_LAST = rf"\b(?:last|past|previous) (?:(?P<number>\w+) )?(?P<unit>{_UNIT})s?\b"
_WITHOUT_THIS = re.compile(
    rf"{_LAST}(?P<aside>\s*[,(]?\s*(?:exclusive of|excluding|not including|without|but not) (?:the |this )?"
    rf"(?:current|ongoing|running|present|this) (?P<again>{_UNIT})\)?)",
    re.I,
)
_WITHOUT_TODAY = re.compile(
    r"\b(?:last|past|previous) (?:\w+ )?days\b(?P<aside>\s*[,(]?\s*(?:exclusive of|excluding|not including|without) "
    r"today(?:['’]s date)?\)?)",
    re.I,
)
_WITH_THE_FIRST = re.compile(
    rf"{_LAST}(?P<aside>\s*[,(]?\s*(?:inclusive of|including) (?P<more>\w+) (?P<again>{_UNIT})s? ago\)?)", re.I
)


def without_what_is_told_anyway(text: str) -> str:
    """The text as long as before, with blanks where it says only how the answer is to look ("as a map", "represent
    each month as its first day", "is it true that"), or what its time takes in anyway ("the last two weeks, excluding
    the current week")."""
    text = _PER_BOTH.sub(lambda m: m["first"] + "," + m["unit"], text)
    text = _OVER_PERIODS.sub(lambda m: f"by {m['unit'] or 'day'}".ljust(len(m[0])), text)
    text = _RATE_OF_CHANGE.sub(lambda m: f"{m['change']} of".ljust(len(m[0])), text)
    text = _AND_SHARE.sub(lambda m: " with".ljust(len(m[0])), text)
    text = _RATIO.sub(lambda m: m["part"] + "to".ljust(len(m["to"])), text)
    text = _FURTHEST.sub(lambda m: "most".ljust(len(m[0])), text)
    text = _RECORD.sub(lambda m: "top".ljust(len(m[0])), text)
    text = _OF_ALL.sub(lambda m: m["part"] + "in".ljust(len(m["of"])), text)
    text = _AND_TODAY.sub(_with_today, text)
    for start, end in (*_idle(text), *_asides(text)):
        rest = text[:start] + text[end:]
        if any(c.isalnum() for c in rest):
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def _with_today(found: re.Match[str]) -> str:
    """ ", inclusive of today's date" as "inclusive of today"."""
    lead, tail, end = (" " * len(found[part] or "") for part in ("lead", "tail", "end"))
    said = found[0][len(lead) : len(found[0]) - len(tail) - len(end)]
    return f"{lead}{said}{tail}{end}"


def _idle(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _IDLE:
        part = "idle" if "idle" in pattern.groupindex else 0
        yield from (m.span(part) for m in pattern.finditer(text))


def _asides(text: str) -> Iterator[tuple[int, int]]:
    """Of periods that are over, and of all their units: the current one is in none of them, the first one in each."""
    yield from (m.span("aside") for m in _WITHOUT_THIS.finditer(text) if _same(m, "unit"))
    yield from (m.span("aside") for m in _WITHOUT_TODAY.finditer(text))
    yield from (
        m.span("aside") for m in _WITH_THE_FIRST.finditer(text) if _same(m, "unit") and m["number"] == m["more"]
    )


def _same(found: re.Match[str], part: str) -> bool:
    return found[part].casefold() == found["again"].casefold()
