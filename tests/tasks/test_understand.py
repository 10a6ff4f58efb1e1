"""How far back a question that goes on from others is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ecp.domain.question import Question
from ecp.errors import ValidationError
from ecp.stores.protocols import StoredResolution
from tasks.understand import _followed


def _run(length: int) -> Any:
    """A question that goes on from so many others, one after the other."""

    def question(place: int) -> Question:
        return Question(text=f"q{place}", as_of=date(2026, 2, 10), follows=str(place - 1) if place else None)

    async def resolution(resolution_id: str) -> StoredResolution:
        now = datetime.now(UTC)
        return StoredResolution(
            resolution_id=resolution_id,
            status="complete",
            attempt=1,
            question=question(int(resolution_id)),
            registry_version="1",
            body=None,
            held=False,
            created_at=now,
            updated_at=now,
        )

    async def ask(_: str, call: Callable[[], Awaitable[Any]]) -> Any:
        return await call()

    stores = SimpleNamespace(registry=SimpleNamespace(resolution=resolution))
    return SimpleNamespace(question=question(length), stores=stores, ask=ask)


async def test_a_chain_is_read_from_its_first_question_on():
    assert [e.question.text for e in await _followed(_run(50))] == [f"q{at}" for at in range(50)]


async def test_a_chain_that_is_too_long_to_read_all_of_it_is_refused():
    with pytest.raises(ValidationError, match="at most 50"):
        await _followed(_run(51))
