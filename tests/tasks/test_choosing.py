"""A question that only says which option is meant: the one that was asked back, with the option chosen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ecp.domain.answer import Resolution
from ecp.domain.catalogue import Catalogue
from ecp.domain.compose import status_of, visible_options
from ecp.domain.intent import read_intent
from ecp.domain.periods import calendar_of, resolve_periods
from ecp.domain.question import ANONYMOUS, Asker, Question
from ecp.domain.selection import Evidence, Selection, select
from ecp.stores.protocols import StoredResolution
from tasks.understand import _with_what_it_follows
from tests.support.reading import IS_WORD, TODAY, catalogue

_OPEN = {"hospital": "cost by ward in 2025", "bank": "deposits by region", "demo": "churn last quarter"}


class _Asking:
    """Asks one question after the other, each following the one before, and keeps what they were answered."""

    def __init__(self, known: Catalogue) -> None:
        self.known = known
        self.kept: list[StoredResolution] = []
        self.selected = Selection()

    async def ask(self, text: str, today: date = TODAY, asker: Asker = ANONYMOUS) -> str:
        follows = str(len(self.kept) - 1) if self.kept else None
        question = Question(text=text, as_of=today, follows=follows, asker=asker)
        found = await _with_what_it_follows(self._run(question), read_intent(text), self.known)
        calendar, conventions = calendar_of(self.known)
        periods = resolve_periods(found.text, found.reading.times, calendar, conventions, today)
        chosen = select(found.reading, periods, self.known, asker.department, Evidence(), {**found.settled})
        self.selected = chosen.model_copy(update={"notes": found.notes})
        status = status_of(chosen, ())
        options = visible_options(chosen.options, ())
        answer = Resolution(resolution_id="", status=status, resolved_concepts=chosen.concepts, options=options)
        now = datetime.now(UTC)
        self.kept.append(
            StoredResolution(
                resolution_id=str(len(self.kept)),
                status=status,
                attempt=1,
                question=question,
                registry_version="1",
                body=answer.model_dump(mode="json"),
                held=False,
                created_at=now,
                updated_at=now,
            )
        )
        return status

    @property
    def metrics(self) -> list[str]:
        return [m.id for m in self.selected.concepts.metrics]

    def _run(self, question: Question) -> Any:
        async def resolution(resolution_id: str) -> StoredResolution:
            return self.kept[int(resolution_id)]

        async def ask(_: str, call: Callable[[], Awaitable[Any]]) -> Any:
            return await call()

        stores = SimpleNamespace(registry=SimpleNamespace(resolution=resolution), is_word=IS_WORD)
        return SimpleNamespace(question=question, stores=stores, ask=ask)


async def _asked(pack: str, *texts: str) -> _Asking:
    asking = _Asking(catalogue(pack))
    for text in (_OPEN[pack], *texts):
        await asking.ask(text)
    return asking


@pytest.mark.parametrize(
    "said",
    ["the second one", "2", "option 2", "2.", "the last one", "the controlling one", "as controlling means it", "total",
     "the one by controlling", "Total cost please", "what about the second?", "no, the second one"],
)  # fmt: skip
async def test_the_question_that_was_asked_back_goes_on_from_the_option(said: str) -> None:
    asking = await _asked("hospital", said)
    assert (asking.kept[-1].status, asking.metrics) == ("complete", ["total_cost"])
    assert [d.id for d in asking.selected.concepts.dimensions] == ["ward"]
    period = asking.selected.concepts.period
    assert period is not None and period.start == date(2025, 1, 1)


@pytest.mark.parametrize("said", ["both", "1 and 2", "none of them", "option 7", "that one", "cost"])
async def test_what_is_no_one_option_is_asked_back_again_and_says_why(said: str) -> None:
    asking = await _asked("hospital", said)
    assert asking.kept[-1].status == "disambiguation_required" and len(asking.selected.options) == 2
    assert said == "cost" or any(said in note for note in asking.selected.notes)
    await asking.ask("the first one")
    assert (asking.kept[-1].status, asking.metrics) == ("complete", ["staff_cost"])


async def test_what_was_chosen_stays_chosen() -> None:
    asking = await _asked("hospital", "the total one", "and in 2024?", "only the first three wards")
    assert asking.metrics == ["total_cost"]
    asking = await _asked("bank", "customer", "and in January 2026?", "and in December 2025?")
    assert [d.id for d in asking.selected.concepts.dimensions] == ["customer_region"]
    assert asking.kept[-1].status == "complete"


async def test_another_question_is_not_taken_for_a_choice() -> None:
    asking = await _asked("hospital", "and in the first quarter of 2025?")
    assert asking.kept[-1].status == "disambiguation_required" and not asking.selected.notes
    await asking.ask("the second one")
    period = asking.selected.concepts.period
    assert asking.metrics == ["total_cost"] and period is not None and period.end == date(2025, 3, 31)
    asking = await _asked("demo", "What was headcount in May 2025?")
    assert asking.metrics == ["headcount"]


async def test_the_dates_stay_those_of_the_question_that_was_asked_back() -> None:
    asking = await _asked("demo")
    shown = asking.selected.options[0].resolved_concepts.period
    await asking.ask("the first one", today=date(2026, 8, 1))
    assert asking.selected.concepts.period == shown


async def test_a_place_among_options_is_none_where_nothing_was_asked_back() -> None:
    asking = await _asked("hospital", "total", "the second one")
    assert asking.kept[-1].status == "unresolved"


async def test_a_choice_that_came_to_nothing_leaves_the_options() -> None:
    asking = await _asked("hospital", "the second one")
    asking.kept[-1] = asking.kept[-1].model_copy(update={"status": "access_denied", "body": None})
    await asking.ask("the first one")
    assert asking.metrics == ["staff_cost"]
