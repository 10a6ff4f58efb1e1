"""What an expression is read against: the calendar, today, the conventions; and how a period is made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ecp.domain.calendar import GRAINS, Basis, Calendar, Grain, day_label, is_month_end
from ecp.domain.time.periods import Period, TimeConventions, TimeError

Look = Literal["begun", "ended", "forward"]
Stretch = tuple[date, date]
_YEARS_TO_A_LEAP_DAY = 9


@dataclass(frozen=True, slots=True)
class Frame:
    """`near` and `look` say which of all Marches "March" is: the latest that has begun, the latest that has
    ended, or the first that begins no earlier. `basis` is what a bare quarter or year follows here; `in_order`: which
    of two figures is the month was settled by both ends of a stretch."""

    calendar: Calendar
    today: date
    conventions: TimeConventions
    near: date
    look: Look = "begun"
    basis: Basis | None = None
    in_order: bool = False

    def relative_basis(self, said: Basis | None) -> Basis:
        return said or self.basis or self.calendar.relative

    def absolute_basis(self, said: Basis | None) -> Basis:
        return said or self.basis or "calendar"

    def looking(self, look: Look, near: date | None = None, basis: Basis | None = None) -> Frame:
        return replace(self, look=look, near=near or self.near, basis=basis or self.basis)

    def within(self, basis: Basis | None) -> Frame:
        return replace(self, basis=basis) if basis else self

    def in_figures(self, order: Literal["day_first", "month_first"]) -> Frame:
        return replace(self, conventions=self.conventions.model_copy(update={"numeric_dates": order}), in_order=True)

    def unit(self, day: date, grain: Grain, basis: Basis, rule: str) -> Period:
        """The whole unit that holds `day`."""
        basis = basis if grain in ("quarter", "half", "year") else "calendar"
        return Period(
            start=self.calendar.start_of(day, grain, basis),
            end=self.calendar.end_of(day, grain, basis),
            granularity=grain,
            calendar=basis,
            label=self.calendar.label(day, grain, basis),
            rule=rule,
        )

    def nearest(self, name: str, in_year: Callable[[int], Stretch | None]) -> Stretch:
        """The occurrence that `near` and `look` ask for, of something that comes once a year."""
        years = range(self.near.year - 1, self.near.year + _YEARS_TO_A_LEAP_DAY)
        if self.look != "forward":
            years = range(self.near.year + 1, self.near.year - _YEARS_TO_A_LEAP_DAY, -1)
        for year in years:
            found = in_year(year)
            if found and self._suits(found):
                return found
        raise TimeError(f"There is no {name}.")

    def _suits(self, found: Stretch) -> bool:
        if self.look == "forward":
            return found[0] >= self.near
        return (found[1] if self.look == "ended" else found[0]) <= self.near


def called(grain: str, basis: Basis) -> str:
    """ "fiscal quarter", "quarter", "week"."""
    return f"fiscal {grain}" if basis == "fiscal" and grain in ("quarter", "half", "year") else grain


def plural(count: int, noun: str) -> str:
    if count == 1:
        return noun
    return f"{count} {noun[:-1]}ves" if noun.endswith("half") else f"{count} {noun}s"


def stretch_label(start: date, end: date, calendar: Calendar) -> str:
    """Months where both ends allow it, else days."""
    if start == end:
        return day_label(start)
    if start.day == 1 and is_month_end(end):
        first, last = (calendar.label(d, "month", "calendar") for d in (start, end))
        return first if first == last else f"{first} – {last}"
    return f"{day_label(start)} – {day_label(end)}"


def finest(a: Grain, b: Grain) -> Grain:
    return min(a, b, key=GRAINS.index)
