"""The periods of a question: the one it is about, those it is compared with, and the grain it is cut by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from typing import Any, Literal

from ecp.domain.adding import DO_NOT_ADJOIN, Added, Said, added_up
from ecp.domain.answer import ResolvedComparison, ResolvedPeriod, Unresolved
from ecp.domain.assets import CalendarAsset, Metric
from ecp.domain.averages import last_day_over
from ecp.domain.calendar import GRAINS, ONE_DAY, Basis, Calendar, Grain, shift
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import TimeSpan
from ecp.domain.language import COMPARATIVES, GROWTH
from ecp.domain.said_again import Timed, behind_compared, each_once, refused_beside, said_once
from ecp.domain.time import (
    ComparisonMention,
    GrainMention,
    Period,
    TimeConventions,
    TimeError,
    TimeMention,
    YearMention,
    compared_period,
    find_times,
    kind_of,
    resolve_beside,
    resolve_time,
    whole_units,
)
from ecp.domain.time.expressions import Dated, Day, Edge, Expression, Month, Relative, ToDate, Window, Year
from ecp.domain.time.sharing import comes_before
from ecp.domain.values import Value

_Timed = TimeMention | YearMention | ComparisonMention
_LISTING = re.compile(r"\b(?:and|or|to|with|than|against|versus|vs|from|over)\b|[,&/]")

_HELD_AGAINST = re.compile(r"(?:vs?|versus|compar\w*|relative|as|in|by|against|minus|than|with|to|over|from)\b", re.I)
_OVER_LONGER = "one time over a longer one is told neither for each part of it nor against all: name two as long"
_ROUND = 50
# How many whole units make a course of a stretch that is told by its ends.
_WHOLE_AT_LEAST = 2
# How many units a course has that is told without a period.
_UNITS_OF_A_COURSE: dict[Grain, int] = {"day": 14, "week": 12, "month": 12, "quarter": 8, "year": 5}
_ENDS = re.compile(r"\s*(?:$|[.?!,;)]|(?:by|per|for|in|on|at|across|and|split|broken)\b)", re.I)
_COMPARING = re.compile(rf"\b(?:{'|'.join(sorted(COMPARATIVES | {'which', 'best', 'worst', 'compare'}))})\b", re.I)
_GROWTH = re.compile(rf"\b(?:{'|'.join(sorted(GROWTH))})\b", re.I)

Of = Literal["anything", "levels", "flows", "plans"]
_APART: tuple[Of, Of] = ("levels", "flows")
_SAID_OF: dict[Of, tuple[dict[str, str], tuple[type, ...]]] = {
    "anything": ({}, ()),
    "levels": ({"ago": "day"}, (Relative, Dated)),
    "flows": ({"as_of": "year"}, (Edge, Dated)),
    "plans": ({}, ()),
}


class Periods(Value):
    """`grain` is that of a trend, in the text's own words with it; `unresolved` holds times that make no sense.
    `of_levels`, `of_flows` and `of_plans`: the same times where levels, what adds up, or what is set ahead are asked
    for, if they mean others then;
    `added_by`: the word that makes one period of several."""

    period: ResolvedPeriod | None = None
    comparisons: tuple[ResolvedComparison, ...] = ()
    grain: str | None = None
    grain_mention: str | None = None
    grain_basis: Basis | None = None
    unresolved: tuple[Unresolved, ...] = ()
    of_levels: Periods | None = None
    of_flows: Periods | None = None
    of_plans: Periods | None = None
    added_by: str | None = None

    def said_of(self, metrics: Iterable[Metric], names: Iterable[str], *, course: bool) -> Periods:
        """The times as they are said of these metrics, which the text calls by these names. A word that is part of a
        name adds nothing up, and levels are never added up; `course`: they are followed through the whole time."""
        measured = tuple(metrics)
        named = self.added_by is not None and any(self.added_by in name.casefold().split() for name in names)
        levels = bool(measured) and all(m.is_stock for m in measured) and not course
        if self.of_levels and (named or levels):
            return self.of_levels
        if self.of_plans and measured and all(m.target_of for m in measured):
            return self.of_plans
        if self.of_flows and any(m.aggregation == "sum" for m in measured):
            return self.of_flows
        return self

    def shared_out(self, unit: Grain, today: date) -> Periods:
        """A period that is not over ends with the last of its whole units that is."""
        period = self.period
        last = last_day_over(unit, period.start, period.end, today) if period and period.end >= today else None
        if period is None or last is None:
            return self
        told = "days" if unit in ("day", "week") else f"whole {unit}s"
        rule = f"{period.rule}, the {told} that are over"
        return self.model_copy(update={"period": period.model_copy(update={"end": last, "rule": rule})})


def calendar_of(catalogue: Catalogue) -> tuple[Calendar, TimeConventions]:
    """The pack's calendar; without one, the calendar year and UTC."""
    asset = next(catalogue.of_kind(CalendarAsset), None)
    if asset is None:
        return Calendar(relative="calendar"), TimeConventions()
    calendar = Calendar(
        fiscal_start_month=asset.fiscal_start_month,
        named_for=asset.named_for,
        relative=asset.relative,
        week_start=asset.week_start,
        timezone=asset.timezone,
    )
    return calendar, TimeConventions.model_validate({"earliest_day": asset.data_from, **asset.conventions})


def data_from(catalogue: Catalogue) -> date | None:
    """The first day there are data of, where the pack says so."""
    asset = next(catalogue.of_kind(CalendarAsset), None)
    return asset.data_from if asset else None


def first_day(catalogue: Catalogue) -> date:
    """The day that what is asked for without a beginning begins with."""
    _, conventions = calendar_of(catalogue)
    return conventions.first_day


def resolve_periods(
    text: str,
    spans: Iterable[TimeSpan],
    calendar: Calendar,
    conventions: TimeConventions,
    today: date,
    *,
    shared_over: Grain | None = None,
) -> Periods:
    """Settles every time of a question. Two periods without a comparing word between them are compared, unless a word
    adds them up; a third is not understood. What is shared out over units of time is told of those that are over."""
    known = tuple(spans)

    def of(what: Of) -> Periods:
        return _Resolver(text, calendar, conventions, today, what).resolve(known)

    found = of("anything")
    beside_none = any(_names_no_time(s.found) for s in known)
    apart = found.added_by or _told_otherwise(known, "levels") or beside_none
    levels = of("levels") if apart and not found.grain else None
    flows = of("flows") if _told_otherwise(known, "flows") else None
    plans = of("plans") if beside_none else None
    found = found.model_copy(update={"of_levels": levels, "of_flows": flows, "of_plans": plans})
    return found.shared_out(shared_over, today) if shared_over else found


def settled(expression: Expression, conventions: TimeConventions, on: Callable[[TimeConventions], Period]) -> Dated:
    """A time with its dates for good; `on` tells them by conventions. What it is of levels, or of what adds up, is kept
    with it where that is something else."""
    levels, flows = (
        on(conventions.model_copy(update=_SAID_OF[of][0])) if _is_told_otherwise(expression, of) else None
        for of in _APART
    )
    return Dated(period=on(conventions), of_levels=levels, of_flows=flows)


def _told_otherwise(spans: Iterable[TimeSpan], of: Of) -> bool:
    """Whether a time may mean another one of these."""
    return any(_is_told_otherwise(getattr(s.found, "expression", None), of) for s in spans)


def _is_told_otherwise(said: Expression | None, of: Of) -> bool:
    if isinstance(said, Dated):
        return bool(said.of_levels if of == "levels" else said.of_flows)
    if isinstance(said, Relative):
        return of == "levels" and said.is_ago
    return of == "flows" and isinstance(said, Edge) and said.how != "at"


class _Resolver:
    def __init__(self, text: str, calendar: Calendar, conventions: TimeConventions, today: date, of: Of) -> None:
        self._text = text
        self._of = of
        self._calendar = calendar
        self._conventions = conventions
        self._today = today
        self._unresolved: list[Unresolved] = []

    def resolve(self, spans: tuple[TimeSpan, ...]) -> Periods:
        found = [s.found for s in spans]
        years: list[Said] = [m for m in found if isinstance(m, YearMention)]
        times: list[Said] = [m for m in found if isinstance(m, TimeMention)]
        comparing = [_to_date_too(m, times) for m in found if isinstance(m, ComparisonMention)]
        own = [(m, p) for m in times or years if (p := self._period(m))]
        noted = behind_compared(self._text, own, comparing)
        own, unfit = said_once(self._text, [o for o in own if o not in noted.values()], self._told_on)
        self._unresolved += unfit
        own = self._of_one_year(own, comparing)
        unnamed = comparing and len(times or years) == len(noted)
        grains = [m for m in found if isinstance(m, GrainMention)]
        taken = self._last_units(comparing[0], grains) or self._latest(comparing[0]) if unnamed else None
        comparing = [_of_the_same_part(m) for m in comparing] if taken else comparing
        added = self._added_up(own)
        listed = None if added else self._in_a_row(own)
        either = self._either(own, {m.grain for m in grains})
        own = [either] if either else own
        own = [listed] if listed else own
        if added:
            own = [(added.said, added.period)] if added.period else own[:1]
        own = self._so_far_beside_as_much(own, comparing, grains)
        period = own[0] if own else (comparing[0], taken) if taken else None
        course = [self._within_a_course(m, period[1], grains) if period else m for m in comparing]
        beside = ((m, self._beside_whole_ones(m, period, grains)) for m in course)
        compared = [c for m, of in beside if (c := self._noted(m, self._comparison(m, of), noted))]
        second = own[1:2] if len(own) > 1 and self._listed(own[0], own[1], comparing) else []
        compared += [c for m, p in second if (c := self._beside(m, p, own[0][1]))]
        behind = own[1 + len(second) :]
        whole = [m for m, p in behind[:1] if not second and self._is_over_longer(own[0], (m, p))]
        self._unresolved += [
            Unresolved(mention=f"{m.text} ({_OVER_LONGER})" if m in whole else m.text) for m, _ in behind
        ]
        grain = next((m for m in grains if m.grain), next(iter(grains), None))
        self._unresolved += [Unresolved(mention=m.text) for m in grains[1:] if grain and self._differ(m, grain)]
        self._unresolved += [Unresolved(mention=grain.text) for m in comparing[:1] if grain and _is_longer(grain, m)]
        grain = grain or self._each_beside_the_one_before(comparing, period[1] if period else None)
        if listed and not grain:
            grain = GrainMention(**_place(listed[0]), grain=listed[1].granularity, basis=listed[1].calendar)
        return self._one_step(
            comparing,
            Periods(
                period=_shown(period[0].text, period[1]) if period else None,
                comparisons=tuple(each_once(compared)),
                grain=(grain.grain or "month") if grain else None,
                grain_mention=grain.text if grain else None,
                grain_basis=self._basis(grain, own) if grain else None,
                unresolved=tuple(self._unresolved),
                added_by=added.word if added else None,
            ),
        )

    def _one_step(self, comparing: list[ComparisonMention], periods: Periods) -> Periods:
        """ "MoM, January vs February": one step from the one to the other, which is told of the later one."""
        own, compared = periods.period, periods.comparisons
        step = next((m for m in comparing if _is_stepwise(m)), None)
        named = [c.period for c in compared if c.kind == "period" and c.period]
        if own is None or step is None or len(named) != 1 or len(compared) != 2:
            return self._told_of_the_later(periods)
        later = Period.model_validate(named[0].model_dump(exclude={"mention"}))
        try:
            before = compared_period(step, later, self._calendar, self._today, self._conventions)
        except TimeError:
            return periods
        if (before.start, before.end) != (own.start, own.end):
            return periods
        told = ResolvedComparison(kind=kind_of(step, later, self._calendar), mention=own.mention, period=own)
        return periods.model_copy(update={"period": named[0], "comparisons": (told,)})

    @staticmethod
    def _basis(grain: GrainMention, own: list[tuple[Said, Period]]) -> Basis | None:
        """Years of a stretch of calendar years are such years too; what was said of the units themselves goes first."""
        return grain.basis or (own[0][1].calendar if own else None)

    def _told_of_the_later(self, periods: Periods) -> Periods:
        """ "2023 and 2024", "between this year and last year", "growth 2023 vs 2024": what changed is told of the later
        one, unless one is only held against the other."""
        own, compared = periods.period, periods.comparisons
        other = compared[0].period if len(compared) == 1 and compared[0].kind == "period" else None
        if own is None or other is None or own.start >= other.start or own.granularity != other.granularity:
            return periods
        said = compared[0].mention
        listed = self._is_listed(own.mention, said) or self._is_between(said, own.mention)
        if not (listed or _GROWTH.search(self._text)):
            return periods
        turned = compared[0].model_copy(update={"mention": own.mention, "period": own})
        return periods.model_copy(update={"period": other, "comparisons": (turned,)})

    def _is_between(self, first: str, second: str) -> bool:
        """ "between this month and last month"."""
        return first.casefold().startswith("between ") and self._is_listed(first, second)

    def _is_listed(self, first: str, second: str) -> bool:
        """Whether only "and" or a comma stands between two texts, or at the head of the second."""
        one = self._text.find(first)
        other = self._text.find(second, one + len(first))
        joined = self._text[one + len(first) : other] + second.split(" ")[0]
        return 0 <= one < other and set(_LISTING.findall(joined.casefold())) in ({"and"}, {","}, {"&"})

    def _either(self, own: list[tuple[Said, Period]], cut_by: set[Grain | None]) -> tuple[Said, Period] | None:
        """ "January or February": one stretch, where the one follows the other and neither is compared; "which month,
        January or February": the course over both."""
        apart = len(own) == 2 and {p.granularity for _, p in own} != cut_by
        if len(own) != 2 or (apart and _COMPARING.search(self._text)):
            return None
        (mention, one), (last, other) = own
        joined = _LISTING.findall(self._text[mention.end : last.start].casefold()) == ["or"]
        if not joined or other.start != one.end + ONE_DAY:
            return None
        found = one.model_copy(
            update={"end": other.end, "label": f"{one.label} – {other.label}", "rule": "both of them"}
        )
        return mention.model_copy(update={"end": last.end, "text": self._text[mention.start : last.end]}), found

    def _added_up(self, own: list[tuple[Said, Period]]) -> Added | None:
        """Levels are added up by nobody. What does not adjoin is no period, and is not understood."""
        added = None if self._of == "levels" else added_up(self._text, own)
        if added and added.period is None:
            self._unresolved.append(Unresolved(mention=f"{added.said.text} ({DO_NOT_ADJOIN})"))
        return added

    def _each_beside_the_one_before(
        self, comparing: list[ComparisonMention], own: Period | None
    ) -> GrainMention | None:
        """ "month over month in 2025", "YoY, last 3 years": the units of it, each with the one before."""
        for mention in comparing:
            if own and _is_stepwise(mention) and self._are_several(mention.grain, own):
                return GrainMention(**_place(mention), grain=mention.grain)
        return None

    def _are_several(self, unit: Grain | None, own: Period) -> bool:
        """Whether a period is made of more than one such unit."""
        if unit == own.granularity:
            return whole_units(own, self._calendar) > 1
        if unit is not None and own.granularity == "day":
            begun = self._calendar.start_of(own.start, unit, own.calendar)
            first = begun if begun == own.start else shift(begun, unit, 1)
            return shift(first, unit, _WHOLE_AT_LEAST) - ONE_DAY <= own.end
        return unit is not None and GRAINS.index(unit) < GRAINS.index(own.granularity)

    def _within_a_course(
        self, mention: ComparisonMention, own: Period, grains: Iterable[GrainMention]
    ) -> ComparisonMention:
        """ "by month, against the previous month": each unit of the course beside the one before it."""
        before = mention.kind == "previous_period" and mention.grain in {g.grain for g in grains} and not mention.count
        if not before or not self._are_several(mention.grain, own):
            return mention
        return mention.model_copy(update={"same": True})

    def _beside_whole_ones(
        self, mention: ComparisonMention, own: tuple[_Timed, Period] | None, grains: Iterable[GrainMention]
    ) -> tuple[_Timed, Period] | None:
        """Of a course that ends within a unit, with all of that unit: each stands beside the whole one before it."""
        units = {g.grain for g in grains} or {mention.grain}
        if own is None or mention.grain is None or units != {mention.grain} or not _is_stepwise(mention):
            return own
        said, period = own
        if not self._are_several(mention.grain, period):
            return own
        end = self._calendar.end_of(period.end, mention.grain, mention.basis or period.calendar)
        return said, period.model_copy(update={"end": end})

    def _in_a_row(self, own: list[tuple[Said, Period]]) -> tuple[Said, Period] | None:
        """ "2023, 2024 and 2025": three or more of one kind that follow each other are one stretch, cut into them."""
        if len(own) < 3 or not all(self._listed(a, b) for a, b in pairwise(own)):
            return None
        if len({(p.granularity, p.calendar) for _, p in own}) > 1:
            return None
        periods = sorted((p for _, p in own), key=lambda p: p.start)
        if any(b.start != a.end + ONE_DAY for a, b in pairwise(periods)):
            return None
        first, last = periods[0], periods[-1]
        label = f"{first.label} – {last.label}"
        found = first.model_copy(update={"end": last.end, "label": label, "rule": "one after the other"})
        start, end = own[0][0].start, own[-1][0].end
        return own[0][0].model_copy(update={"end": end, "text": self._text[start:end]}), found

    def _beside(self, mention: Said, found: Period, own: Period) -> ResolvedComparison | None:
        """The second of two periods. A year beside a part of another one ("Q1 in 2024 and 2025") is that part of it."""
        if isinstance(mention.expression, Year):
            as_compared = ComparisonMention(
                start=mention.start, end=mention.end, text=mention.text, kind="period", expression=mention.expression
            )
            try:
                found = compared_period(as_compared, own, self._calendar, self._today, self._conventions)
            except TimeError as error:
                self._unresolved.append(Unresolved(mention=f"{mention.text} ({error.detail})"))
                return None
        return _beside_it(mention, found)

    def _listed(self, one: Timed, other: Timed, comparing: Iterable[ComparisonMention] = ()) -> bool:
        """Two periods stand side by side ("2023 and 2024"); a year apart from its quarter is not another period, nor is
        "since 2023" in "Q1 vs Q2 since 2023", nor is what is longer than the part of it that is told over it."""
        first, second = one[0], other[0]
        ends = [m.end for m in comparing if first.end <= m.start and m.end <= second.start]
        between = self._text[max([first.end, *ends]) : second.start].casefold()
        if self._is_over_longer(one, other):
            return False
        return bool(_LISTING.findall(between)) or not (ends or any(c.isalnum() for c in between))

    def _is_over_longer(self, one: Timed, other: Timed) -> bool:
        """ "A in December over the last five years", "A in Q3 over last year", "A last weekend, a year ago": the one is
        longer than the other. A year with its number stands for the same part of it."""
        (first, part), (second, whole) = one, other
        between = self._text[first.end : second.start].casefold()
        told = set(_LISTING.findall(between))
        ago = isinstance(second.expression, Relative) and second.expression.word == "ago"
        apart = ago and told <= {","} and not any(c.isalnum() for c in between)
        if not (apart or told == {"over"}) or isinstance(second.expression, Year):
            return False
        if isinstance(first.expression, ToDate) and whole.granularity == part.granularity:
            return True
        longer = (whole.end - whole.start + ONE_DAY) * 2 >= (part.end - part.start + ONE_DAY) * 3
        return longer or isinstance(second.expression, Window)

    def _noted(
        self, mention: ComparisonMention, compared: ResolvedComparison | None, noted: dict[int, Timed]
    ) -> ResolvedComparison | None:
        """What is compared with, which a time in brackets behind it has to fit ("vs last month (January)")."""
        again = noted.get(mention.end)
        if again and compared and compared.period:
            refused = refused_beside(again, compared.period, self._told_on)
            self._unresolved += [refused] if refused else []
        return compared

    def _told_on(self, expression: Expression, today: date) -> Period:
        return resolve_time(expression, self._calendar, today, self._said_of(expression))

    def _differ(self, other: GrainMention, grain: GrainMention) -> bool:
        """ "over time" says nothing that "by month" does not say better."""
        return other.grain is not None and (other.grain, other.basis) != (grain.grain, grain.basis)

    def _period(self, mention: _Timed) -> Period | None:
        if mention.expression is None:
            return None
        try:
            said = self._said_of(mention.expression)
            return resolve_time(mention.expression, self._calendar, self._today, said)
        except TimeError as error:
            self._unresolved.append(Unresolved(mention=f"{mention.text} ({error.detail})"))
            return None

    def _said_of(self, expression: Expression | None) -> TimeConventions:
        """The conventions for a time, by what it is said of."""
        told, kinds = _SAID_OF[self._of]
        return self._conventions.model_copy(update=told) if isinstance(expression, kinds) else self._conventions

    def _of_one_year(
        self, own: list[tuple[Said, Period]], comparing: list[ComparisonMention]
    ) -> list[tuple[Said, Period]]:
        """ "Q1 vs Q2" before this year's Q2 has begun: both of the year before."""
        if not own or (expression := own[0][0].expression) is None:
            return own
        (said, period), others = own[0], [m for m, _ in own[1:2]] + comparing[:1]
        beside = next((m.expression for m in others if comes_before(expression, m.expression)), None)
        if beside is None:
            return own
        later = resolve_time(beside, self._calendar, self._today, self._said_of(beside))
        if later.start >= period.start:
            return own
        moved = resolve_beside(expression, later, self._calendar, self._today, self._said_of(expression))
        return [(said, moved), *own[1:]] if moved.start < period.start else own

    def _latest(self, mention: ComparisonMention) -> Period | None:
        """ "year over year", "vs the previous 3 months", without a period: the last complete unit, or so many. "More
        than last year", "vs a year ago": this year, as far as it has come."""
        if self._of == "levels" and _is_told_otherwise(mention.expression, self._of):
            now = resolve_time(Relative(grain="day", offset=0), self._calendar, self._today, self._conventions)
            return self._unnamed(now)
        if isinstance(mention.expression, Relative) and mention.expression.is_the_one_before:
            return self._so_far(mention.grain, mention.basis)
        if isinstance(mention.expression, Year):
            return self._since_that_year(mention, mention.expression)
        if mention.kind == "same_period_last_year" and mention.grain is None and _HELD_AGAINST.match(mention.text):
            return self._so_far("year", mention.basis)
        unit = f"{mention.count} {mention.grain}s" if mention.count else mention.grain
        said = find_times(f"last {unit}") if mention.grain and mention.expression is None else ()
        if len(said) != 1 or not isinstance(said[0], TimeMention):
            return None
        return self._unnamed(resolve_time(said[0].expression, self._calendar, self._today, self._conventions))

    def _so_far_beside_as_much(
        self, own: list[tuple[Said, Period]], comparing: list[ComparisonMention], grains: list[GrainMention]
    ) -> list[tuple[Said, Period]]:
        """ "Did it grow this quarter", where nothing names another time: a unit that is not over, as far as it has
        come, beside as much of the other one. A level has its state on one day, and the other one at its end; a plan
        is whole."""
        unnamed = bool(comparing) and all(_names_no_time(m) for m in comparing)
        if self._of in ("levels", "plans") or len(own) != 1 or grains or not unnamed:
            return own
        said, whole = own[0]
        open_ = whole.start <= self._today < whole.end and whole_units(whole, self._calendar) == 1
        if not open_ or any(self._are_several(m.grain, whole) for m in comparing):
            return own
        until = resolve_time(ToDate(grain=None, of=said.expression), self._calendar, self._today, self._conventions)
        return [(said, until.model_copy(update={"rule": f"{until.rule}, as it is not over"}))]

    def _last_units(self, mention: ComparisonMention, grains: Iterable[GrainMention]) -> Period | None:
        """ "By month, month over month", without a period: a course of the last complete ones."""
        cut = next((g for g in grains if g.grain == mention.grain), None)
        said = mention.expression
        before = said is None or (isinstance(said, Relative) and said.is_the_one_before)
        if cut is None or cut.grain not in _UNITS_OF_A_COURSE or not before or mention.count:
            return None
        unit = f"{cut.basis or mention.basis or ''} {cut.grain}s".strip()
        last = find_times(f"last {_UNITS_OF_A_COURSE[cut.grain]} {unit}")
        if len(last) != 1 or not isinstance(last[0], TimeMention):
            return None
        return self._unnamed(resolve_time(last[0].expression, self._calendar, self._today, self._conventions))

    def _so_far(self, grain: Grain | None, basis: Basis | None) -> Period:
        so_far = ToDate(grain=grain, basis=basis)
        return self._unnamed(resolve_time(so_far, self._calendar, self._today, self._conventions))

    def _since_that_year(self, mention: ComparisonMention, year: Year) -> Period | None:
        """ "How does it compare to 2024": this year of that calendar, where no noun takes the year for its own ("vs the
        2024 plan"), and the number counts nothing ("vs 2000")."""
        other = resolve_time(year, self._calendar, self._today, self._conventions)
        so_far = self._so_far("year", other.calendar)
        alone = _ENDS.match(self._text[mention.end :]) and (year.basis or year.year % _ROUND)
        return so_far if alone and other.end < so_far.start and whole_units(other, self._calendar) == 1 else None

    @staticmethod
    def _unnamed(period: Period) -> Period:
        return period.model_copy(update={"rule": f"{period.rule}, as no period was named"})

    def _comparison(self, mention: ComparisonMention, own: tuple[_Timed, Period] | None) -> ResolvedComparison | None:
        if own and (_are_both_ago(own[0], mention) or _are_both_told_of_today(own[0], mention)):
            beside = self._period(mention)
            return _beside_it(mention, beside) if beside else None
        period = self._compared_with(mention, own[1] if own else None)
        if period is None or own is None:
            return None
        kind = kind_of(mention, own[1], self._calendar)
        return ResolvedComparison(kind=kind, mention=mention.text, period=_shown(mention.text, period))

    def _compared_with(self, mention: ComparisonMention, own: Period | None) -> Period | None:
        if own is None:
            self._unresolved.append(Unresolved(mention=f"{mention.text} (which period is compared?)"))
            return None
        try:
            said = self._said_of(mention.expression)
            return compared_period(mention, own, self._calendar, self._today, said)
        except TimeError as error:
            self._unresolved.append(Unresolved(mention=f"{mention.text} ({error.detail})"))
            return None


def _names_no_time(mention: object) -> bool:
    """ "Did it grow", "year over year": what it is compared with is said by no name of its own."""
    return isinstance(mention, ComparisonMention) and (mention.implied or _is_stepwise(mention))


def _is_stepwise(mention: ComparisonMention) -> bool:
    """ "Month over month", "YoY"."""
    yearly = (mention.kind, mention.grain) == ("same_period_last_year", "year")
    return mention.expression is None and (mention.same or yearly)


def _is_longer(grain: GrainMention, step: ComparisonMention) -> bool:
    """ "By month, week over week": no month lies within a week."""
    known = grain.grain in GRAINS and step.grain in GRAINS and _is_stepwise(step)
    return known and GRAINS.index(grain.grain) > GRAINS.index(step.grain)


def _of_the_same_part(mention: ComparisonMention) -> ComparisonMention:
    """ "Compared to 2024", of a year that is not over: that part of it."""
    return mention.model_copy(update={"same": True}) if isinstance(mention.expression, Year) else mention


def _to_date_too(mention: ComparisonMention, times: list[Said]) -> ComparisonMention:
    """ "YTD March 2026 vs March 2025": its year until then, as that of the period."""
    said = times[0].expression if times else None
    if not isinstance(said, ToDate) or said.until is None or not isinstance(mention.expression, Month | Day):
        return mention
    return mention.model_copy(update={"expression": said.model_copy(update={"until": mention.expression, "of": None})})


def _are_both_ago(own: _Timed, other: ComparisonMention) -> bool:
    """ "Two years ago vs a year ago": both are counted from today."""
    return all(
        isinstance(m.expression, Relative | Dated) and _is_told_otherwise(m.expression, "levels") for m in (own, other)
    )


def _are_both_told_of_today(own: _Timed, other: ComparisonMention) -> bool:
    """ "Two quarters ago vs last quarter", "the year before last vs last year": the last one is not the one before."""
    said, last = own.expression, other.expression
    if not isinstance(said, Relative) or not isinstance(last, Relative) or said.grain != last.grain:
        return False
    return said.offset < last.offset == -1 and "last" in other.text.casefold().split()


def _beside_it(mention: _Timed, found: Period) -> ResolvedComparison:
    return ResolvedComparison(kind="period", mention=mention.text, period=_shown(mention.text, found))


def _place(mention: Said | ComparisonMention) -> dict[str, Any]:
    return {"start": mention.start, "end": mention.end, "text": mention.text}


def _shown(mention: str, period: Period) -> ResolvedPeriod:
    return ResolvedPeriod(
        mention=mention,
        start=period.start,
        end=period.end,
        granularity=period.granularity,
        calendar=period.calendar,
        label=period.label,
        rule=period.rule,
    )
