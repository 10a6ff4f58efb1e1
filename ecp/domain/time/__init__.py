"""What a question says about time: `find_times` reads it, `resolve_time` dates it by a calendar."""

from __future__ import annotations

from ecp.domain.time.comparing import (
    compared_period,
    iter_buckets,
    kind_of,
    previous_period,
    same_period_last_year,
    whole_units,
)
from ecp.domain.time.evaluation import resolve_beside, resolve_time
from ecp.domain.time.expressions import ComparisonMention, Expression, GrainMention, Mention, TimeMention, YearMention
from ecp.domain.time.finding import find_times
from ecp.domain.time.going_on import resolve_from
from ecp.domain.time.periods import Period, TimeConventions, TimeError

__all__ = [
    "ComparisonMention",
    "Expression",
    "GrainMention",
    "Mention",
    "Period",
    "TimeConventions",
    "TimeError",
    "TimeMention",
    "YearMention",
    "compared_period",
    "find_times",
    "iter_buckets",
    "kind_of",
    "previous_period",
    "resolve_beside",
    "resolve_from",
    "resolve_time",
    "same_period_last_year",
    "whole_units",
]
