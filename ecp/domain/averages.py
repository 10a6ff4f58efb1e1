""" "average A per month", "the monthly average of A": what came in a period, shared out over its units of time;
"average A per place": the mean of what the places have."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Literal

from ecp.domain.calendar import MONTHS_IN, ONE_DAY, Grain, add_months
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import ARTICLES, AVERAGES, EACH
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.time import GrainMention
from ecp.domain.values import Value
from ecp.domain.words import tokens

_MORE: dict[str, Literal["gt", "lt"]] = {
    **dict.fromkeys(("more", "higher", "greater", "larger", "bigger"), "gt"),
    **dict.fromkeys(("fewer", "less", "lower", "smaller"), "lt"),
}
_BEFORE_A_TIME = frozenset({"in", "for", "during", "on"})
_SIDES: dict[str, Literal["gt", "lt"]] = {"more": "gt", "less": "lt"}
_DAYS_IN: dict[str, int] = {"day": 1, "week": 7}


class Average(Value):
    """An average over units of time, or over groups, as it was said. `words` are the token positions that this
    explains, the unit's own among them; `over` is the text of what is cut by; `of_levels`: it is that of what a level
    was over its time; `operator`: only the groups that lie on this side of it were asked for."""

    text: str
    words: tuple[int, ...]
    unit: Grain | None = None
    over: str | None = None
    of_levels: bool = False
    operator: Literal["gt", "lt"] | None = None


def find_average(
    intent: Intent, spans: tuple[Span, ...], mentions: Iterable[Mention], left: Iterable[int], catalogue: Catalogue
) -> Average | None:
    """The average that a question asks for, where one unit of time, or one kind of group, is named for it. "By month"
    is a course, and what is no sum is an average of its own."""
    mentions = tuple(mentions)
    words = [at for at in sorted(left) if intent.tokens[at].norm in AVERAGES]
    if len(words) == 1 and (bound := _find_bound(intent, spans, mentions, words[0])):
        return bound if _adds_up(mentions, catalogue, "last") else None
    grains = [s.value for s in spans if isinstance(s.value, TimeSpan) and s.value.found.type == "grain"]
    if len(words) == 1 and not grains and (group := _spread_over(intent, mentions)):
        text = f"{intent.tokens[words[0]].text} {intent.tokens[group.first - 1].text} {group.text}"
        return Average(text=text, words=(words[0],), over=group.text) if _adds_up(mentions, catalogue, "last") else None
    if len(words) == 1 and not grains and _is_of_levels(intent, words[0], mentions, catalogue):
        return Average(text=intent.tokens[words[0]].text, words=(words[0],), of_levels=True)
    if len(words) != 1 or len(grains) != 1 or not _adds_up(mentions, catalogue):
        return None
    said, unit = words[0], _unit(grains[0])
    if unit is None or not (_beside(said, grains[0]) or _for_each(grains[0])):
        return None
    text = f"{intent.tokens[said].text} {grains[0].found.text}"
    return Average(text=text, unit=unit, words=(said, *range(grains[0].first, grains[0].last + 1)))


def _find_bound(intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], said: int) -> Average | None:
    """ "above average", "exceed the mean", "more A than average", of the groups of one kind: which of them. Of "the
    average of the rest" and of "the average in A" it is not known which that is."""
    groups = [m for m in mentions if m.role == "group"]
    first = next((at for at in range(said, 0, -1) if intent.norm(at - 1) not in ARTICLES), 0)
    found = _side(intent, mentions, first)
    if found is None or len(groups) != 1 or not _is_of_them(intent, spans, mentions, said + 1):
        return None
    operator, before = found
    text = intent.text[intent.tokens[before[0]].start : intent.tokens[said].end]
    return Average(text=text, words=(*before, *range(first, said + 1)), over=groups[0].text, operator=operator)


def _side(
    intent: Intent, mentions: tuple[Mention, ...], first: int
) -> tuple[Literal["gt", "lt"], tuple[int, ...]] | None:
    """On which side of what is named from `first` on, and the words that say so."""
    cue = next((c for c in intent.cues if c.last == first - 1 and c.kind in _SIDES), None)
    if cue is not None:
        return _SIDES[cue.kind], tuple(range(cue.first, cue.last + 1))
    measured = next((m for m in mentions if m.role in MEASURED and m.last == first - 2), None)
    if measured is None or intent.norm(first - 1) != "than" or measured.first == 0:
        return None
    operator = _MORE.get(intent.norm(measured.first - 1))
    return (operator, (measured.first - 1, first - 1)) if operator else None


def _is_of_them(intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], at: int) -> bool:
    """Whether nothing behind an average says of what else it is: a time, a cut or what is measured may follow."""
    if at < len(intent.tokens) and intent.norm(at) == "only":
        at += 1
    at += at < len(intent.tokens) and intent.norm(at) in _BEFORE_A_TIME
    measured = any(m.first == at and m.role in MEASURED for m in mentions)
    behind = [s for s in spans if s.first == at]
    return (
        at == len(intent.tokens)
        or measured
        or any(isinstance(s.value, TimeSpan) or cues_of([s], "group") for s in behind)
    )


def _spread_over(intent: Intent, mentions: tuple[Mention, ...]) -> Mention | None:
    """ "per place", "for each place", "across places"; not "by place", which has one for each of them."""
    groups = [m for m in mentions if m.role == "group"]
    told = len(groups) == 1 and groups[0].first and intent.tokens[groups[0].first - 1].norm in EACH | {"across"}
    return groups[0] if told else None


def _is_of_levels(intent: Intent, said: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "the average A", "A on average", of one level and of no groups."""
    measured = [m for m in mentions if m.role in MEASURED]
    metrics = catalogue.metrics_meant(t.asset_id for m in measured for t in m.targets)
    if len(measured) != 1 or not metrics or not all(m.is_stock and not m.target_of for m in metrics):
        return False
    own = measured[0]
    before = {intent.norm(at) for at in range(said + 1, own.first)}
    behind = {intent.norm(at) for at in range(own.last + 1, said)}
    beside = before <= ARTICLES | {"of"} if said < own.first else behind <= {"on"}
    return beside and not any(m.role == "group" for m in mentions)


def _unit(span: TimeSpan) -> Grain | None:
    return span.found.grain if isinstance(span.found, GrainMention) else None


def _adds_up(mentions: Iterable[Mention], catalogue: Catalogue, *also: str) -> bool:
    measured = catalogue.metrics_meant(t.asset_id for m in mentions if m.role in MEASURED for t in m.targets)
    return any(m.aggregation in ("sum", *also) for m in measured)


def _beside(at: int, span: TimeSpan) -> bool:
    return span.first == span.last and at in (span.first - 1, span.last + 1)


def _for_each(span: TimeSpan) -> bool:
    return any(t.norm in EACH for t in tokens(span.found.text))


def last_day_over(unit: Grain, start: date, end: date, as_of: date) -> date | None:
    """The last day of the whole units from `start` on that are over before `as_of`; None where there is none, or where
    a period that is over does not end with one."""
    last = min(end, as_of - ONE_DAY)
    if unit in _DAYS_IN:
        return last if start <= last else None
    length = MONTHS_IN[unit]
    behind = last + ONE_DAY
    months = (behind.year - start.year) * 12 + behind.month - start.month
    found = add_months(start, months - months % length) - ONE_DAY
    whole = start.day == 1 and start <= found and (found == end or end >= as_of)
    return found if whole else None


def divisor(unit: Grain, start: date, end: date, as_of: date) -> tuple[int, int] | None:
    """By how many days and of how long a unit, or by how many units (of length 1), what came from `start` to `end` is
    divided; None where these are not whole units that are over."""
    if last_day_over(unit, start, end, as_of) != end:
        return None
    if unit in _DAYS_IN:
        return (end - start).days + 1, _DAYS_IN[unit]
    return ((end.year - start.year) * 12 + end.month - start.month + 1) // MONTHS_IN[unit], 1


def expression(series: str, parts: int, length: int) -> str:
    """ "actual / 12", "actual / 365 * 7"."""
    return f"{series} / {parts}" + (f" * {length}" if length > 1 else "")


def divided(told: str) -> tuple[str, int, int]:
    """The series, the number of parts and their length, from an expression as `expression` makes them."""
    words = [w for w in told.split() if w not in "/*"]
    return words[0], int(words[1]), int(words[2]) if len(words) > 2 else 1


def of_another_unit(
    old: Average | None, text: str, mentions: Iterable[Mention], times: Iterable[TimeSpan], passing: Collection[str]
) -> Average | None:
    """ "per quarter", behind an average per month, and "per thing", behind one per place: the average over those, where
    nothing else is said beside words `passing` by. "By quarter" is a course."""
    mentions, times, words = tuple(mentions), tuple(times), tokens(text)
    if old is None or old.of_levels or len(mentions) + len(times) != 1:
        return None
    own = (mentions or times)[0]
    rest = [w.norm for at, w in enumerate(words) if not own.first <= at <= own.last]
    lead, _, over = old.text.partition(" ")
    if old.over and mentions and mentions[0].role == "group" and "per" in rest and set(rest) <= {"per", *passing}:
        return Average(text=f"{lead} per {mentions[0].text}", words=(), over=mentions[0].text)
    unit = _unit(times[0]) if times and set(rest) <= set(passing) else None
    if unit is None or old.unit is None or not _said_alike(over, times[0].found.text):
        return None
    return Average(text=f"{lead} {times[0].found.text}", words=(), unit=unit)


def _said_alike(one: str, other: str) -> bool:
    """ "per month" and "per quarter", "monthly" and "quarterly"."""
    (*before, _), (*now, _) = ([t.norm for t in tokens(text)] for text in (one, other))
    return before == now
