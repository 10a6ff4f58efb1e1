"""Expressions to periods."""

from __future__ import annotations

from datetime import date
from typing import Any

from ecp.domain.calendar import ONE_DAY, Basis, Calendar, add_months, shift
from ecp.domain.time import absolute, bounds, counted, days
from ecp.domain.time.bounds import fiscal_basis, is_open
from ecp.domain.time.expressions import (
    Anchored,
    Containing,
    Dated,
    Expression,
    FromShown,
    Portion,
    Relative,
    Vague,
    Window,
    YearEarlier,
)
from ecp.domain.time.frame import Frame, called, plural, stretch_label
from ecp.domain.time.periods import Period, TimeConventions, TimeError

_DEFAULTS = TimeConventions()


def portion(node: Portion, frame: Frame, _: Any) -> Period:
    whole = evaluate(node.of, frame)
    if node.grain == "half" and node.count == 1 and whole.granularity == "month":
        return absolute.half_of_month(whole, node.side == "start", frame)
    if node.grain == "week" and frame.conventions.weeks_within == "calendar":
        return absolute.calendar_weeks(whole, 1 if node.side == "start" else -1, node.count, frame)
    if node.side == "start":
        start, end = whole.start, shift(whole.start, node.grain, node.count) - ONE_DAY
    else:
        start, end = shift(whole.end + ONE_DAY, node.grain, -node.count), whole.end
    name = plural(node.count, node.grain)
    if start < whole.start or end > whole.end:
        raise TimeError(f"{whole.label} does not hold {name if node.count > 1 else 'a ' + name}.")
    rule = f"{'first' if node.side == 'start' else 'last'} {name} of {whole.label}"
    if node.count == 1 and node.grain != "week":
        return frame.unit(start, node.grain, whole.calendar, rule)
    label = rule[0].upper() + rule[1:]
    note = ", seven days each" if node.grain == "week" else ""
    return Period(start=start, end=end, granularity=node.grain, calendar=whole.calendar, label=label, rule=rule + note)


def anchored(node: Anchored, frame: Frame, _: Any) -> Period:
    of = evaluate(node.of, frame)
    if node.place in ("starting", "after"):
        start = of.end + ONE_DAY if node.place == "after" else of.start
        end = shift(start, node.grain, node.count) - ONE_DAY
    else:
        end = of.end if node.place == "ending" else of.start - ONE_DAY
        start = shift(end + ONE_DAY, node.grain, -node.count)
    basis: Basis = "fiscal" if node.basis == "fiscal" else "calendar"
    name = plural(node.count, called(node.grain, basis))
    words = {"ending": "ending with", "before": "before", "starting": "starting with", "after": "after"}
    return Period(
        start=start, end=end, granularity=node.grain, calendar=basis,
        label=stretch_label(start, end, frame.calendar), rule=f"{name} {words[node.place]} {of.label}",
    )  # fmt: skip


def containing(node: Containing, frame: Frame, _: Any) -> Period:
    of = evaluate(node.of, frame)
    return frame.unit(of.start, node.grain, "calendar", f"the {node.grain} that holds {of.label}")


def year_earlier(node: YearEarlier, frame: Frame, _: Any) -> Period:
    of = evaluate(node.of, frame)
    start = shift(of.start, "week", -52) if of.granularity == "week" else add_months(of.start, -12)
    return frame.unit(start, of.granularity, of.calendar, f"{of.rule}, a year earlier")


def vague(node: Vague, frame: Frame, _: Any) -> Period:
    raise TimeError(f"“{node.text}” {node.what}: {node.reason}.")


def dated(node: Dated, frame: Frame, _: Any) -> Period:
    if node.of_levels and frame.conventions.ago == "day":
        return node.of_levels
    if node.of_flows and frame.conventions.as_of == "year":
        return node.of_flows
    return node.period


def from_shown(node: FromShown, frame: Frame, _: Any) -> Period:
    raise TimeError("goes on from a period, and none was shown.")


_RULES: dict[str, Any] = {
    "year": absolute.year,
    "decade": absolute.decade,
    "month": absolute.month,
    "day": days.day,
    "numeric_date": days.numeric_date,
    "weekday": days.weekday,
    "nth_weekday": days.nth_weekday,
    "weekend": days.weekend,
    "part": absolute.part,
    "relative": counted.relative,
    "window": counted.window,
    "to_date": counted.to_date,
    "portion": portion,
    "anchored": anchored,
    "containing": containing,
    "edge": bounds.edge,
    "range": bounds.range_,
    "within": bounds.within,
    "year_earlier": year_earlier,
    "dated": dated,
    "from_shown": from_shown,
    "vague": vague,
}


def evaluate(node: Expression, frame: Frame) -> Period:
    found: Period = _RULES[node.type](node, frame, evaluate)
    return found


def resolve_time(
    expression: Expression, calendar: Calendar, today: date, conventions: TimeConventions = _DEFAULTS
) -> Period:
    """The dates an expression means on `today`. Raises `TimeError` for what does not exist ("31 June") and
    for what has no agreed dates ("early 2024")."""
    try:
        return evaluate(_alone(expression, conventions), Frame(calendar, today, conventions, near=today))
    except (ValueError, OverflowError) as error:
        raise TimeError("This time lies outside the calendar.") from error


def _alone(expression: Expression, conventions: TimeConventions) -> Expression:
    """ "The past year" is the twelve months that have been, "over the next year" those to come. What is told by it
    ("May of the past year") is told by a year that has a name, and so is "the past fiscal year"."""
    if not isinstance(expression, Relative) or expression.basis or expression.grain != "year":
        return expression
    said = (expression.word, expression.offset)
    if said == ("ahead", 1):
        return Window(count=12, grain="month", style="next")
    rolling = conventions.past_unit == "rolling"
    return Window(count=12, grain="month") if said == ("past", -1) and not rolling else expression


def resolve_beside(
    expression: Expression, beside: Period, calendar: Calendar, today: date, conventions: TimeConventions = _DEFAULTS
) -> Period:
    """As `resolve_time`; what is named without its year ("February") is the one nearest to `beside` that has
    begun."""
    latest = resolve_time(expression, calendar, today, conventions)
    if not is_open(expression):
        return latest
    frame = Frame(calendar, today, conventions, near=beside.start, basis=fiscal_basis(beside))
    try:
        found = [evaluate(expression, frame), evaluate(expression, frame.looking("forward"))]
    except (ValueError, OverflowError) as error:
        raise TimeError("This time lies outside the calendar.") from error
    begun = [period for period in found if period.start <= today] or found[:1]
    return min(begun, key=lambda period: abs(period.start - beside.start))
