"""A watch over time: when it is due, what a change of it means, and what is written of a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecp.domain.answer import Resolution
from ecp.domain.notice import notice
from ecp.domain.question import Asker
from ecp.domain.schedule import Schedule
from ecp.domain.targets import check_target
from ecp.domain.watch import Claim, Watch, changed, done, scheduled
from tests.domain.test_difference import GONE, answer

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def watch(**fields: Any) -> Watch:
    usual = {
        "watch_id": "w",
        "concept": "orders last month",
        "owner": Asker(user_id="u-1", department="logistics"),
        "schedule": Schedule(every_seconds=3600),
        "created_at": NOW,
        "since": NOW,
    }
    return scheduled(Watch.model_validate(usual | fields), NOW)


def resolution(**fields: Any) -> Resolution:
    return Resolution.model_validate({"resolution_id": "r", "status": "complete"} | fields)


def claim(of: Watch) -> Claim:
    assert of.next_at is not None
    return Claim(watch=of, due_at=of.next_at, token="t")


def test_a_run_in_time_missed_nothing_and_is_next_due_by_the_schedule() -> None:
    over = done(claim(watch()), resolution(), NOW + HOUR + timedelta(seconds=3))
    assert (over.run.outcome, over.run.missed, over.next_at) == ("unchanged", 0, NOW + 2 * HOUR)
    assert not over.tells


def test_after_a_worker_was_away_it_is_run_once_and_said_how_often_it_was_due() -> None:
    over = done(claim(watch()), resolution(), NOW + 5 * HOUR + timedelta(minutes=1))
    assert (over.run.due_at, over.run.missed, over.next_at) == (NOW + HOUR, 4, NOW + 6 * HOUR)


def test_due_again_while_it_still_runs_it_is_skipped_and_said() -> None:
    each_minute = watch(schedule=Schedule(every_seconds=60))
    over = done(claim(each_minute), resolution(), NOW + timedelta(seconds=190))
    assert (over.run.missed, over.next_at) == (2, NOW + timedelta(seconds=240))


def test_on_the_night_that_skips_its_time_it_runs_once_and_the_next_night_as_ever() -> None:
    nightly = Schedule(cron="30 2 * * *", timezone="Europe/Berlin")
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    due = scheduled(watch(schedule=nightly), saturday)
    assert due.next_at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    over = done(claim(due), resolution(), datetime(2026, 3, 29, 1, 0, 5, tzinfo=UTC))
    assert (over.run.missed, over.next_at) == (0, datetime(2026, 3, 30, 0, 30, tzinfo=UTC))


def test_on_the_night_that_has_its_time_twice_it_runs_once() -> None:
    nightly = Schedule(cron="30 2 * * *", timezone="Europe/Berlin")
    due = scheduled(watch(schedule=nightly), datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert due.next_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    over = done(claim(due), resolution(), datetime(2026, 10, 25, 1, 45, tzinfo=UTC))
    assert (over.run.missed, over.next_at) == (0, datetime(2026, 10, 26, 1, 30, tzinfo=UTC))


def test_paused_it_is_never_due_and_taken_up_again_at_its_next_time() -> None:
    paused = changed(watch(), {"paused": True}, NOW)
    assert paused.next_at is None
    assert changed(paused, {"paused": False}, NOW + 10 * HOUR + HOUR / 2).next_at == NOW + 11 * HOUR


def test_another_schedule_counts_from_now() -> None:
    later = NOW + timedelta(minutes=7)
    moved = changed(watch(), {"schedule": Schedule(every_seconds=60)}, later)
    assert moved.next_at == later + timedelta(minutes=1)


def test_another_question_has_nothing_to_be_compared_with_and_another_department_has() -> None:
    known = watch(baseline=answer(), last_outcome="changed")
    assert changed(known, {"concept": "returns last month"}, NOW).baseline is None
    moved = changed(known, {"owner": Asker(user_id="u-1", department="sales")}, NOW)
    assert moved.baseline == known.baseline and moved.next_at == known.next_at


def test_a_failure_is_told_when_it_begins_and_not_each_time() -> None:
    first = done(claim(watch(last_outcome="unchanged")), None, NOW + HOUR, "the registry is down")
    again = done(claim(watch(last_outcome="failed")), resolution(status="timed_out"), NOW + HOUR)
    assert (first.run.outcome, first.tells, first.run.detail) == ("failed", True, "the registry is down")
    assert (again.run.outcome, again.tells) == ("failed", False)


def test_what_is_not_understood_for_want_of_a_store_is_a_failure_and_no_change() -> None:
    lost = resolution(status="unresolved", unresolved=[{"mention": "orders"}], degradations=[GONE])
    assert done(claim(watch(baseline=answer())), lost, NOW + HOUR).run.outcome == "failed"
    sure = lost.model_copy(update={"degradations": ()})
    assert done(claim(watch(baseline=answer())), sure, NOW + HOUR).run.outcome == "changed"


def test_a_discreet_notice_has_neither_words_nor_values() -> None:
    known = watch(baseline=answer(), execute=True)
    over = done(claim(known), resolution(status="unresolved", unresolved=[{"mention": "orders"}]), NOW + HOUR)
    quiet = str(notice("d", known, over.run, discreet=True))
    assert "orders" not in quiet and "'changed': ['status']" in quiet
    assert "orders last month" in str(notice("d", known, over.run, discreet=False))


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/x",
        "https://hooks.example.com:443/x",
        "https://other.example.com:8443/",
        "http://127.0.0.1:9000/x",
        "HTTPS://HOOKS.example.com/x",
    ],
)
def test_what_is_listed_may_be_told(url: str) -> None:
    check_target(url, "hooks.example.com, other.example.com:8443, 127.0.0.1")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/x",
        "https://example.com/x",
        "https://a.hooks.example.com/x",
        "https://hooks.example.com.evil.org/x",
        "https://hooks.example.com@evil.org/x",
        "https://evil.org#@hooks.example.com",
        "https://evil.org\\@hooks.example.com/x",
        "https://hooks.example.com:8443/x",
        "https://other.example.com/",
        "https://169.254.169.254/latest",
        "http://localhost:9000/",
        "file:///etc/passwd",
        "https://",
        "https://[::1",
        "https://hooks.example.com:99999/",
        "hooks.example.com",
        "https://hooks.exámple.com/",
    ],
)
def test_what_is_not_listed_may_not(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_target(url, "hooks.example.com, other.example.com:8443, 127.0.0.1")


def test_without_a_list_nothing_may_be_told() -> None:
    with pytest.raises(ValueError, match="ECP_WEBHOOK_HOSTS"):
        check_target("https://hooks.example.com/", None)
