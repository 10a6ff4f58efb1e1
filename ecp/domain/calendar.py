"""Where the enterprise's days, weeks, months, quarters, halves and years begin, and what they are called."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from ecp.domain.values import Value

Basis = Literal["fiscal", "calendar"]
Grain = Literal["day", "week", "month", "quarter", "half", "year"]

GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "half", "year")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS_IN: dict[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
ONE_DAY = timedelta(days=1)
_FIRST_WEEKDAY = {"monday": 0, "saturday": 5, "sunday": 6}


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_month_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def add_months_keeping_end(day: date, months: int) -> date:
    """As `add_months`, and the last day of a month stays the last day of a month."""
    moved = add_months(day, months)
    return moved.replace(day=monthrange(moved.year, moved.month)[1]) if is_month_end(day) else moved


def shift(start: date, grain: Grain, units: int) -> date:
    """The start of the unit that lies `units` later (earlier when negative)."""
    if grain in MONTHS_IN:
        return add_months(start, MONTHS_IN[grain] * units)
    return start + timedelta(days=(7 if grain == "week" else 1) * units)


def day_label(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


class Calendar(Value):
    """The enterprise's calendar. `relative` says which calendar "last quarter" follows, `named_for` after
    which of its two calendar years a fiscal year is called."""

    fiscal_start_month: int = Field(default=1, ge=1, le=12)
    named_for: Literal["start", "end"] = "end"
    relative: Basis = "fiscal"
    week_start: Literal["monday", "sunday", "saturday"] = "monday"
    timezone: str = "UTC"

    def day_of(self, moment: datetime) -> date:
        """The day that it is then where the enterprise is."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def first_month(self, basis: Basis) -> int:
        return self.fiscal_start_month if basis == "fiscal" else 1

    def start_of(self, day: date, grain: Grain, basis: Basis = "calendar") -> date:
        """The first day of the unit that holds `day`."""
        if grain == "day":
            return day
        if grain == "week":
            return day - timedelta(days=(day.weekday() - _FIRST_WEEKDAY[self.week_start]) % 7)
        size, first = MONTHS_IN[grain], self.first_month(basis) - 1
        months = (day.year * 12 + day.month - 1 - first) // size * size + first
        return date(months // 12, months % 12 + 1, 1)

    def end_of(self, day: date, grain: Grain, basis: Basis = "calendar") -> date:
        """The last day of the unit that holds `day`."""
        return shift(self.start_of(day, grain, basis), grain, 1) - ONE_DAY

    def year_start(self, name: int, basis: Basis) -> date:
        """The first day of the year that is called `name`."""
        month = self.first_month(basis)
        return date(name - (month > 1 and self.named_for == "end"), month, 1)

    def year_name(self, day: date, basis: Basis) -> int:
        start = self.start_of(day, "year", basis)
        return start.year + (start.month > 1 and self.named_for == "end")

    def week_one(self, year: int) -> date:
        """The first day of week 1: the week with at least four days in January (ISO 8601 for Mondays)."""
        return self.start_of(date(year, 1, 4), "week")

    def weeks_in(self, year: int) -> int:
        return (self.week_one(year + 1) - self.week_one(year)).days // 7

    def label(self, day: date, grain: Grain, basis: Basis) -> str:
        """The name of the unit that holds `day`: `Q3 FY2026`, `Q3 2025`, `March 2024`, `Week 12 2024`."""
        if grain == "day":
            return day_label(day)
        if grain == "week":
            return self._week_label(self.start_of(day, "week"))
        if grain == "month":
            return f"{MONTH_NAMES[day.month - 1]} {day.year}"
        year = f"{'FY' if basis == 'fiscal' else ''}{self.year_name(day, basis)}"
        if grain == "year":
            return year
        month = (day.month - self.first_month(basis)) % 12
        return f"{grain[0].upper()}{month // MONTHS_IN[grain] + 1} {year}"

    def _week_label(self, start: date) -> str:
        year = (start + timedelta(days=3)).year
        return f"Week {(start - self.week_one(year)).days // 7 + 1} {year}"
