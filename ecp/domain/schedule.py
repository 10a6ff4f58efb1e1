"""When something is due: an interval, or cron in a time zone. Pure; the time is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from ecp.domain.values import JsonObject, Value

AS_STORED = "as stored"  # the context in which a schedule is read that was checked when it was given
LEAST_SECONDS = 60
MOST_SECONDS = 366 * 86_400
MOST_MISSED = 1_000
_FIELDS = 5
_BEYOND_DEBIAN = re.compile(r"(?<![A-Za-z])\d*[LW]+(?![A-Za-z])|\w+#\w*")
_BEFORE_THE_CHANGE = timedelta(hours=3)


_ONE_OF_THEM: JsonObject = {
    "oneOf": [
        {"properties": {"cron": {"type": "string"}, "every_seconds": {"type": "null"}}, "required": ["cron"]},
        {
            "properties": {
                "every_seconds": {"type": "integer"},
                "cron": {"type": "null"},
                "timezone": {"type": "null"},
            },
            "required": ["every_seconds"],
        },
    ]
}


class Schedule(Value):
    """`every_seconds`, or `cron` (minute, hour, day of month, month, day of week) in a time zone (default: UTC)."""

    model_config = ConfigDict(json_schema_extra=_ONE_OF_THEM)

    cron: str | None = Field(default=None, max_length=200, examples=["0 8 * * mon-fri"])
    timezone: str | None = Field(default=None, max_length=100, examples=["Atlantic/Reykjavik"])
    every_seconds: int | None = Field(default=None, strict=True, ge=LEAST_SECONDS, le=MOST_SECONDS)

    @model_validator(mode="after")
    def _one_of_them(self, info: ValidationInfo) -> Schedule:
        if info.context == AS_STORED:
            return self
        if (self.cron is None) == (self.every_seconds is None):
            raise ValueError('give either "cron" with its "timezone", or "every_seconds"')
        if self.every_seconds is not None and self.timezone is not None:
            raise ValueError('"timezone" belongs to "cron"; "every_seconds" is the same everywhere')
        if self.cron is not None:
            _check(self.cron, self.timezone or "UTC")
        return self

    @property
    def sent(self) -> JsonObject:
        """As it was sent."""
        return self.model_dump(exclude_none=True)


def due_times(schedule: Schedule, since: datetime, after: datetime) -> Iterator[datetime]:
    """Every time behind `after` at which it is due, in UTC. Intervals count from `since`.

    By cron, as Debian's does it: a time that a night skips comes right behind the gap; of one that a night has twice
    the first counts; but what is due every so many minutes or every hour is due so by the clock of real time.
    """
    if schedule.every_seconds is not None:
        yield from _by_interval(timedelta(seconds=schedule.every_seconds), since, after)
        return
    assert schedule.cron is not None
    local = after.astimezone(ZoneInfo(schedule.timezone or "UTC"))
    # begun in an hour that a night has twice, CronSim names times of its first one once more
    begin = after - _BEFORE_THE_CHANGE if _comes_twice(local) else after
    times = (due.astimezone(UTC) for due in CronSim(schedule.cron, begin.astimezone(local.tzinfo)))
    yield from (due for due in times if due > after)


def next_due(schedule: Schedule, since: datetime, after: datetime) -> datetime | None:
    """None where its time zone is not known here: it was in the database of another machine, or of another year."""
    try:
        return next(due_times(schedule, since, after))
    except ZoneInfoNotFoundError:
        return None


def passed(schedule: Schedule, since: datetime, after: datetime, until: datetime) -> int:
    """How often it was due behind `after` and up to `until`; no further than `MOST_MISSED`."""
    count = 0
    with suppress(ZoneInfoNotFoundError):
        for due in islice(due_times(schedule, since, after), MOST_MISSED):
            if due > until:
                break
            count += 1
    return count


def _by_interval(every: timedelta, since: datetime, after: datetime) -> Iterator[datetime]:
    number = max(1, (after - since) // every + 1)
    while True:
        yield (since + number * every).astimezone(UTC)
        number += 1


def _check(cron: str, timezone: str) -> None:
    if timezone not in _zones():
        raise ValueError(f"{timezone!r} is no time zone; name one of the IANA database, such as Atlantic/Reykjavik")
    shape = "write minute, hour, day of month, month and day of week, such as 0 8 * * mon-fri"
    if len(cron.split()) != _FIELDS:
        raise ValueError(f"a cron expression has five fields: {shape}")
    if found := _BEYOND_DEBIAN.search(cron):
        raise ValueError(
            f"{found.group()!r} is no cron of Debian's, which knows no last day of a month and no n-th weekday; "
            "take the first day of the next month, such as 0 8 1 * *"
        )
    try:
        next(CronSim(cron, datetime(2024, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(f"{str(error).lower()} in the cron expression: {shape}") from None
    except StopIteration:
        raise ValueError("there is no day on which this cron expression is due") from None


@lru_cache
def _zones() -> frozenset[str]:
    """Without those that mean something else on each machine, or nothing."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
