"""Points in time, and stretches between two ends, to dates."""

from __future__ import annotations

from datetime import date

from ecp.domain.calendar import ONE_DAY, Basis, Grain, day_label
from ecp.domain.time.absolute import Evaluate
from ecp.domain.time.days import lies_ahead
from ecp.domain.time.expressions import (
    Day,
    Edge,
    Expression,
    Month,
    NumericDate,
    Part,
    Range,
    Relative,
    Weekday,
    Within,
)  # fmt: skip
from ecp.domain.time.frame import Frame, called, finest
from ecp.domain.time.periods import Period, TimeError

_MONTHS = 12


def is_open(node: Expression | None) -> bool:
    """Named without its year, so that it lies next to something."""
    if isinstance(node, Edge):
        return is_open(node.of) or (isinstance(node.of, Relative) and node.of.word == "bare")
    if isinstance(node, NumericDate):
        return node.year is None
    return isinstance(node, Month | Part | Day | Weekday) and node.of is None and getattr(node, "which", None) is None


def _point(day: date, rule: str, frame: Frame, of: Basis = "calendar") -> Period:
    """A day; `of`: the calendar that has the unit which it begins or ends."""
    return frame.unit(day, "day", "calendar", rule).model_copy(update={"calendar": of})


def edge(node: Edge, frame: Frame, evaluate: Evaluate) -> Period:
    if isinstance(node.of, Relative) and node.of.word == "bare":
        latest = _bare_edge(node, node.of, frame)
        return _as_of(node, latest, latest, frame)
    looked = frame.looking("ended") if is_open(node.of) and node.side == "end" and frame.look == "begun" else frame
    of = evaluate(node.of, looked)
    day = of.start if node.side == "start" else of.end
    if node.how == "as_of":
        if of.start <= frame.today < of.end:
            return _as_of(node, _point(frame.today, f"today, within {of.label}", frame), of, frame)
        rule = "the state of that day" if of.is_point else f"the last day of {of.label}"
        return _as_of(node, _point(day, rule, frame), of, frame)
    if node.how == "by" and frame.conventions.by_end == "until":
        return _bounded(None, of, frame, f"until the end of {of.label}")
    rule = f"the {'first' if node.side == 'start' else 'last'} day of {of.label}"
    return _as_of(node, _point(day, rule, frame, of.calendar), of, frame)


def _as_of(node: Edge, day: Period, of: Period, frame: Frame) -> Period:
    """What adds up is told as of a day for the year until then."""
    if node.how == "at" or frame.conventions.as_of == "day":
        return day
    return _of_its_year(day.end, of, f"until {day.label}", frame)


def _of_its_year(end: date, last: Period, rule: str, frame: Frame) -> Period:
    """From the start of the year that holds `end`: a year as relative periods have it, unless `last` is told by
    another one."""
    told = last.granularity == "year" or last.calendar == "fiscal"
    whole = frame.unit(end, "year", last.calendar if told else frame.calendar.relative, "")
    label = whole.label if end == whole.end else f"{whole.label} until {day_label(end)}"
    rule = f"{rule}, from the start of its {called('year', whole.calendar)}"
    return whole.model_copy(update={"end": end, "label": label, "rule": rule})


def _bare_edge(node: Edge, unit: Relative, frame: Frame) -> Period:
    """ "At year end": the latest that has been, unless the current one is meant by convention."""
    basis = frame.relative_basis(unit.basis) if unit.grain in ("quarter", "half", "year") else "calendar"
    current = frame.unit(frame.near, unit.grain, basis, "")
    if node.side == "start":
        return _point(current.start, f"the first day of {current.label}", frame, basis)
    if frame.conventions.bare_edge == "current" or frame.look == "forward" or current.end == frame.near:
        return _point(current.end, f"the last day of {current.label}", frame, basis)
    ended = frame.unit(current.start - ONE_DAY, unit.grain, basis, "")
    return _point(ended.end, f"the most recent {called(unit.grain, basis)} end", frame, basis)


def _ends(node: Range, frame: Frame, evaluate: Evaluate) -> tuple[Period | None, Period | None]:
    """Both ends; one without its year lies next to the other one."""
    if node.first is None or node.last is None:
        return (
            evaluate(node.first, frame) if node.first else None,
            evaluate(node.last, frame) if node.last else None,
        )
    if is_open(node.last) and not is_open(node.first):
        first = evaluate(node.first, frame)
        return first, evaluate(node.last, frame.looking("forward", first.start, fiscal_basis(first)))
    in_figures = _alike(node, frame)
    last = evaluate(node.last, in_figures)
    nearer = in_figures.looking("begun", last.start, fiscal_basis(last)) if is_open(node.first) else in_figures
    return evaluate(node.first, nearer), last


def _alike(node: Range, frame: Frame) -> Frame:
    """Both ends of `2/1/2025 to 31/3/2025` are read the one way in which both exist, and neither lies ahead."""
    ends = [e for e in (node.first, node.last) if isinstance(e, NumericDate)]
    if len(ends) < 2:
        return frame
    if any(max(e.first, e.second) > _MONTHS for e in ends):
        return frame.in_figures("day_first" if any(e.first > _MONTHS for e in ends) else "month_first")
    usual = frame.in_figures(frame.conventions.numeric_dates)
    if any(e.year is None or e.dotted for e in ends) or not any(lies_ahead(e, usual) for e in ends):
        return usual
    turned = frame.in_figures("day_first" if frame.conventions.numeric_dates == "month_first" else "month_first")
    return usual if any(lies_ahead(e, turned) for e in ends) else turned


def fiscal_basis(period: Period) -> Basis | None:
    return "fiscal" if period.calendar == "fiscal" else None


def _as_days(node: Range, last: Period | None, frame: Frame) -> Range | None:
    """`Dec 24 to Dec 26`: days of one month, where that month of the later year lies ahead."""
    ends = node.first, node.last
    if last is None or last.start <= frame.today or not all(map(_is_numbered, ends)):
        return None
    first_end, last_end = (e for e in ends if isinstance(e, Month))
    if first_end.month != last_end.month or first_end.as_day == last_end.as_day:
        return None
    return node.model_copy(update={"first": first_end.as_day, "last": last_end.as_day})


def range_(node: Range, frame: Frame, evaluate: Evaluate) -> Period:
    first, last = _ends(node, frame, evaluate)
    if days := _as_days(node, last, frame):
        return range_(days, frame, evaluate)
    if first is None:
        return _until(node, last, frame)
    start = first.end + ONE_DAY if node.after else first.start
    if last is None:
        return _since(node, first, start, frame)
    end = last.start - ONE_DAY if _excludes(node, frame) else last.end
    if end < start:
        raise TimeError(f"{last.label} comes before {first.label}.")
    grain: Grain = finest(first.granularity, last.granularity)
    label = first.label if first.label == last.label else f"{first.label} – {last.label}"
    rule = f"from {'after ' if node.after else ''}{first.label} to {last.label}, both ends included"
    told = first if isinstance(node.first, NumericDate) else last if _is_numbered(node.last) else None
    rule = f"{rule}; {told.rule}" if told else rule
    return Period(start=start, end=end, granularity=grain, calendar=_basis(first, last), label=label, rule=rule)


def _basis(first: Period, last: Period) -> Basis:
    """Whose units a stretch is made of: those of its ends, where they agree; a day is a day of every calendar."""
    told = {end.calendar for end in (first, last) if end.granularity != "day"} or {first.calendar, last.calendar}
    return "fiscal" if told == {"fiscal"} else "calendar"


def _is_numbered(end: Expression | None) -> bool:
    return isinstance(end, Month) and end.number is not None


def _excludes(node: Range, frame: Frame) -> bool:
    return node.before or (node.first is None and not frame.conventions.until_includes)


def _since(node: Range, first: Period, start: date, frame: Frame) -> Period:
    word = "after" if node.after else "since"
    if start > frame.today:
        told = day_label(first.end if node.after else first.start) if " – " in first.label else first.label
        raise TimeError(f"Nothing has happened {word} {told} yet.")
    return Period(
        start=start, end=frame.today, granularity="day", calendar=first.calendar,
        label=f"{word.capitalize()} {first.label}", rule=f"{word} {first.label}, until today",
    )  # fmt: skip


def _until(node: Range, last: Period | None, frame: Frame) -> Period:
    if last is None:
        return _bounded(None, _point(frame.today, "today", frame), frame, "all there is, until today")
    before = _excludes(node, frame)
    day = last.start - ONE_DAY if before else None
    rule = f"before {last.label}" if before else f"until {last.label}, included"
    if node.of_its_year:
        return _of_its_year(day or last.end, last, rule, frame)
    return _bounded(day, last, frame, rule)


def within(node: Within, frame: Frame, evaluate: Evaluate) -> Period:
    """The whole, cut where the open stretch ends or begins. What lies outside of it cuts nothing, and is refused."""
    whole = evaluate(node.whole, frame)
    near = frame.within(fiscal_basis(whole))
    why = f"That does not lie within {whole.label}."
    for looked in (near, near.looking("forward", whole.start)):
        try:
            found = evaluate(node.open, looked)
        except TimeError as error:
            why = str(error.detail)
            continue
        if cut := _cut(found, whole, since=isinstance(node.open, Range) and node.open.last is None):
            return cut
    raise TimeError(why)


def _cut(found: Period, whole: Period, *, since: bool) -> Period | None:
    day = found.start if since else found.end
    if not whole.start <= day <= whole.end:
        return None
    told = f"{'since' if since else 'until'} {day_label(day)}"
    cut = whole.model_copy(update={"label": f"{whole.label} {told}", "rule": f"{whole.rule}, {told}"})
    if since:
        return cut.model_copy(update={"start": day, "end": min(found.end, whole.end), "granularity": "day"})
    return cut.model_copy(update={"end": day})


def _bounded(day: date | None, last: Period, frame: Frame, rule: str) -> Period:
    end = day or last.end
    start = frame.conventions.first_day
    if frame.conventions.open_start == "year":
        start = frame.calendar.start_of(end, "year", last.calendar)
        rule += ", from the start of its year"
    if end < start:
        raise TimeError(f"There is nothing before {last.label}.")
    label = f"{'Before' if day else 'Until'} {last.label}"
    return Period(start=start, end=end, granularity="day", calendar=last.calendar, label=label, rule=rule)
