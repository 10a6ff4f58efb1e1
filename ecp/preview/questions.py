"""Whose answers are compared: the pack's golden questions, the watches, and what was asked lately."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from ecp.domain.question import Asker, Question
from ecp.domain.values import JsonObject, Value
from ecp.evaluation import Case, read_cases
from ecp.packs.loader import LoadedPack
from ecp.stores.protocols import Registry

Source = Literal["golden", "watch", "recent"]
WATCHES_AT_ONCE = 200
SUFFIXES = (".yaml", ".yml", ".jsonl", ".ndjson")


class Posed(Value):
    """A question that is asked of both versions. `follows` is another's id of the same source; `expected`, what a
    golden question's answer has to be."""

    source: Source
    id: str
    question: Question
    follows: str | None = None
    expected: JsonObject | None = None


async def posed(registry: Registry, pack: LoadedPack, today: date, *, recent: int) -> tuple[Posed, ...]:
    """Those of watches and of the past are asked as of today; of the past, the `recent` newest that differ."""
    golden = [_golden(case, today) for file in _files(pack.questions) for case in read_cases(file)]
    watched = [one async for one in _watched(registry, today)]
    past = await registry.asked_lately(recent) if recent else ()
    lately = [Posed(source="recent", id=i, question=q.model_copy(update=_as_of(today))) for i, q in past]
    return (*golden, *watched, *lately)


def share(questions: Sequence[Posed], part: int, parts: int) -> tuple[Posed, ...]:
    """The part-th of so many shares, counted from 1: alike in size, and whoever follows stays with whom it follows."""
    chains = list(chained(questions))
    return tuple(one for at, chain in enumerate(chains) if at % parts == part - 1 for one in chain)


def chained(questions: Iterable[Posed]) -> Iterator[tuple[Posed, ...]]:
    """Each question with all that lead to it before it, once."""
    listed = list(questions)
    by_id = {(q.source, q.id): q for q in listed}
    chains: dict[tuple[str, str], list[Posed]] = {}
    for question in listed:
        root, seen = question, {question.id}
        while root.follows and (root.source, root.follows) in by_id and root.follows not in seen:
            root = by_id[root.source, root.follows]
            seen.add(root.id)
        chains.setdefault((root.source, root.id), []).append(question)
    for chain in chains.values():
        yield tuple(sorted(chain, key=lambda q: _depth(q, by_id)))


def _depth(question: Posed, by_id: dict[tuple[Source, str], Posed]) -> int:
    depth = 0
    while question.follows and (question.source, question.follows) in by_id and depth < len(by_id):
        question, depth = by_id[question.source, question.follows], depth + 1
    return depth


def _files(place: Path | None) -> Iterator[Path]:
    if place is None:
        return
    if place.is_file():
        yield place
        return
    yield from (file for file in sorted(place.rglob("*")) if file.suffix in SUFFIXES and file.is_file())


def _golden(case: Case, today: date) -> Posed:
    as_of = date.fromisoformat(case.as_of) if case.as_of else today
    question = Question(text=case.question, asker=Asker.model_validate(case.user_context or {}), as_of=as_of)
    return Posed(source="golden", id=case.id, question=question, follows=case.follows_id, expected=case.expected)


async def _watched(registry: Registry, today: date) -> AsyncIterator[Posed]:
    after = None
    while True:
        found, _ = await registry.watches(None, limit=WATCHES_AT_ONCE, after=after)
        for watch in found:
            question = Question(text=watch.concept, asker=watch.owner, as_of=today)
            yield Posed(source="watch", id=watch.watch_id, question=question)
        if len(found) < WATCHES_AT_ONCE:
            return
        after = (found[-1].created_at.isoformat(), found[-1].watch_id)


def _as_of(today: date) -> dict[str, date]:
    return {"as_of": today}
