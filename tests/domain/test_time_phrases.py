"""Texts and the dates they mean, over several calendars and days."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ecp.domain.calendar import Calendar
from ecp.domain.time import TimeError, find_times, resolve_time

_PHRASES = yaml.safe_load(Path(__file__).with_name("time_phrases.yaml").read_text(encoding="utf-8"))
_CALENDARS = {name: Calendar(**fields) for name, fields in _PHRASES["calendars"].items()}
_ROWS: list[dict[str, Any]] = _PHRASES["rows"]


def _name(row: dict[str, Any]) -> str:
    return f"{row['text']} on {row['today']} ({row['calendar']})"


@pytest.mark.parametrize("row", _ROWS, ids=_name)
def test_a_text_means_these_dates(row: dict[str, Any]) -> None:
    found = find_times(row["text"])
    mentions = [m for m in found if m.type == "time"]
    assert mentions and all(m.type in ("time", "year") for m in found), found
    calendar = _CALENDARS[row["calendar"]]
    if row["expect"] == "error":
        with pytest.raises(TimeError):
            resolve_time(mentions[0].expression, calendar, row["today"])
        return
    expected = row["expect"] if isinstance(row["expect"], list) else [row["expect"]]
    found = [resolve_time(m.expression, calendar, row["today"]) for m in mentions]
    assert [p.model_dump(include=set(e)) for p, e in zip(found, expected, strict=True)] == expected


def test_there_are_more_than_three_hundred_phrases_over_several_calendars_and_days() -> None:
    assert len({row["text"] for row in _ROWS}) > 300
    assert len({row["today"] for row in _ROWS}) > 10
    assert {row["calendar"] for row in _ROWS} == set(_CALENDARS)
