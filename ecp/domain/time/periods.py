"""A stretch of time as it is answered, and the conventions that people disagree about."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from ecp.domain.calendar import Basis, Grain
from ecp.domain.values import Value
from ecp.errors import ValidationError


class TimeError(ValidationError):
    """A time that was understood and does not exist, or that has no agreed dates. `detail` is for the asker."""

    slug = "time"
    title = "This time cannot be used"


class Period(Value):
    """Inclusive dates. `granularity` is the unit it is made of, `rule` the convention that was used."""

    start: date
    end: date
    granularity: Grain
    calendar: Basis
    label: str
    rule: str

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.end < self.start:
            raise ValueError("a period ends before it begins")
        return self

    @property
    def is_point(self) -> bool:
        return self.start == self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


class TimeConventions(Value):
    """What people disagree about. Every choice that mattered is named in `Period.rule`."""

    window_ends: Literal["complete", "today"] = Field("complete", description='"last 3 months" ends with')
    trailing_ends: Literal["complete", "today"] = Field("complete", description='"rolling 3 months" ends with')
    days_end: Literal["yesterday", "today"] = Field("yesterday", description='"last 7 days" ends')
    past_unit: Literal["complete", "rolling"] = Field(
        "complete", description='"the past quarter"; "the past year" is twelve complete months, or ends today'
    )
    current_unit: Literal["whole", "to_date"] = Field("whole", description='"this quarter"')
    to_date_ends: Literal["today", "yesterday", "last_month"] = Field("today", description='"YTD" ends')
    bare_quarter: Basis = Field("calendar", description='"Q3", "Q3 2024"')
    quarter_of_relative_year: Literal["relative", "calendar"] = Field(
        "relative", description='"Q3 last year": the year as relative periods have it, or the calendar year'
    )
    month_of_relative_year: Literal["relative", "calendar"] = Field("calendar", description='"May last year"')
    bare_month: Literal["latest", "this_year"] = Field("latest", description='"in March"')
    month_and_number: Literal["year", "day"] = Field(
        "year", description='"Dec 25": the month of a year that is near, or a day'
    )
    bare_edge: Literal["latest", "current"] = Field("latest", description='"at year end"')
    numeric_dates: Literal["month_first", "day_first"] = Field("month_first", description="03/04/2024")
    last_weekday: Literal["most_recent", "previous_week"] = Field("most_recent", description='"last Friday"')
    weeks_within: Literal["seven_days", "calendar"] = Field(
        "seven_days", description='"the second week of March": days 8 to 14, or a week of the calendar'
    )
    until_includes: bool = Field(True, description='"until June" holds June')
    by_end: Literal["point", "until"] = Field("point", description='"by the end of June"')
    as_of: Literal["day", "year"] = Field(
        "day", description='"as of 15 January", "by the end of June": that day, or its year until then'
    )
    ago: Literal["unit", "day"] = Field("unit", description='"3 months ago": that month, or the day that long ago')
    open_start: Literal["earliest", "year"] = Field(
        "earliest", description='"until June 2024" begins with the earliest day, or with its year'
    )
    earliest_year: int = Field(1900, ge=1, le=9999, description="the earliest day is its first")
    earliest_day: date | None = Field(None, description="the earliest day, where it is known")
    part_against_year: Literal["same_part", "whole_year"] = Field("same_part", description='"Q3 2024 vs 2023"')
    few: int = Field(3, ge=2, le=12, description='"the last few months"')
    recent_days: int = Field(30, ge=1, le=366, description='"recently"')
    year_pivot: int = Field(69, ge=0, le=99, description="two digits up to this are 20xx, above 19xx")

    @property
    def first_day(self) -> date:
        return self.earliest_day or date(self.earliest_year, 1, 1)
