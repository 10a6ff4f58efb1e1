"""`python -m bench.history [--size N]`: whether a long history makes a resolution slower.

Medians of the look-up of precedents and of whole resolutions, before and after there are N stored resolutions and as
many approved precedents, on stores of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from uuid import uuid4

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before the first import that reads it, as in the API's process

import psycopg

from bench import bare, enterprise
from bench.questions import Asked, questions
from ecp.domain.values import JsonObject
from ecp.domain.words import normal_form
from ecp.packs.demo import load_demo
from ecp.platform.manager import Platform
from ecp.platform.plan import Request
from ecp.run import Run
from ecp.settings import Settings
from ecp.stores.embeddings import WordLlamaEmbedder
from ecp.stores.postgres import vector_literal
from ecp.stores.registry.feedback import form_of
from ecp.wiring import Stores
from flows.resolve import resolve as story

PARTS = ("postgres", "graph")
SIZE = 100_000
ROUNDS = 8
BATCH = 2_000
SCOPES = ("finance", "sales", "operations", "product", *(f"team {n}" for n in range(46)))
PLACES = ("apac", "emea", "americas", "germany", "france", "japan", "brazil", "canada", "spain", "italy")
ABOUT = ("revenue", "net revenue", "churn", "headcount", "operating cost", "discounts granted", "retention")
Say = Callable[[str], None]


def measured(port: int, size: int, say: Say) -> JsonObject:
    with _stores(port, say) as settings:
        return asyncio.run(_before_and_after(settings, size, say))


async def _before_and_after(settings: Settings, size: int, say: Say) -> JsonObject:
    with bare.telemetry(on=True):
        return await _with_stores(settings, size, say)


async def _with_stores(settings: Settings, size: int, say: Say) -> JsonObject:
    async with bare.warm_stores(settings) as stores:
        await _seconds(settings, stores, rounds=2)
        before = await _seconds(settings, stores, ROUNDS)
        say(f"before: {before}")
        started = time.perf_counter()
        await asyncio.to_thread(enterprise.add_traces, settings, size)
        say(f"{size} resolutions in {time.perf_counter() - started:.0f} s")
        await asyncio.to_thread(add_precedents, settings, size)
        say(f"and as many precedents in {time.perf_counter() - started:.0f} s")
        await _seconds(settings, stores, rounds=2)
        after = await _seconds(settings, stores, ROUNDS)
        say(f"after: {after}")
        return {"size": size, "rounds": ROUNDS, "before": before, "after": after, "stored": _stored(settings)}


async def _seconds(settings: Settings, stores: Stores, rounds: int) -> dict[str, float]:
    """Medians, and the least of each, which a busy machine disturbs less."""
    asked = questions()
    resolutions = await bare.timed(settings, stores, asked, _ask, count=len(asked) * rounds)
    lookups = [s for _ in range(rounds) for each in asked for s in [await _lookup(stores, each)]]
    return {
        "resolution_ms": _ms(median(resolutions)),
        "resolution_least_ms": _ms(min(resolutions)),
        "precedents_ms": _ms(median(lookups)),
        "precedents_least_ms": _ms(min(lookups)),
    }


async def _ask(run: Run) -> None:
    await story.fn(run.resolution_id)


async def _lookup(stores: Stores, asked: Asked) -> float:
    subject = normal_form(asked.text)
    (vector,) = await stores.embedder.embed([subject])
    version = await stores.registry.version()
    department = asked.context.get("department")
    started = time.perf_counter()
    await stores.registry.precedents(
        vector, department=department, version=version, question=asked.text, subject=subject
    )
    return time.perf_counter() - started


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def add_precedents(settings: Settings, count: int) -> None:
    """Approved feedback on questions like those that are asked, in fifty departments; its index is made after it."""
    chance = random.Random(enterprise.SEED)
    embedder = WordLlamaEmbedder()
    with psycopg.connect(enterprise.dsn(settings), autocommit=True) as connection:
        (definition,) = connection.execute(_INDEX).fetchone() or ("",)
        connection.execute("drop index feedback_near")
        for start in range(0, count, BATCH):
            texts = [_question(chance) for _ in range(min(BATCH, count - start))]
            vectors = asyncio.run(_embedded(embedder, texts))
            with connection.cursor().copy(_COPY) as copy:
                for text, vector in zip(texts, vectors, strict=True):
                    copy.write_row(_row(text, vector, chance.choice(SCOPES), embedder.name))
        connection.execute("set maintenance_work_mem = '512MB'")
        connection.execute(definition)
        connection.execute("analyze feedback")


async def _embedded(embedder: WordLlamaEmbedder, texts: list[str]) -> list[list[float]]:
    return [list(v) for v in await embedder.embed(texts)]


def _question(chance: random.Random) -> str:
    subject, place = chance.choice(ABOUT), chance.choice(PLACES)
    return f"what was {subject} for {place} in week {chance.randint(1, 52)} of {chance.randint(2005, 2025)}?"


def _row(text: str, vector: list[float], scope: str, model: str) -> tuple[object, ...]:
    lifts, metrics = json.dumps({"something else": ["net_revenue"]}), ["net_revenue"]
    return (
        str(uuid4()), "bench", "accepted", "{}", "", "approved", "{}", scope, scope, text, form_of(text), text,
        form_of(text), metrics, lifts, metrics, model, vector_literal(vector), 1, "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z",
    )  # fmt: skip


def _stored(settings: Settings) -> str:
    """What there is in the end."""
    with psycopg.connect(enterprise.dsn(settings), autocommit=True) as connection:
        row = connection.execute("select count(*) from feedback").fetchone()
        stored = connection.execute("select count(*) from resolutions").fetchone()
    return f"{row[0] if row else 0} precedents, {stored[0] if stored else 0} resolutions"


@contextmanager
def _stores(port: int, say: Say) -> Iterator[Settings]:
    """Postgres and graph with the demo in them, in a temporary home; nothing of it is left."""
    with tempfile.TemporaryDirectory(prefix="ecp-history-", ignore_cleanup_errors=True) as folder:
        platform = Platform(Path(folder) / "home")
        asked = Settings(home=platform.layout.home, port=port, _env_file=None)
        try:
            record = platform.up(Request(asked, parts=frozenset(PARTS)), say)
            settings = Settings(home=platform.layout.home, _env_file=None)
            load_demo(settings, say)
            if failed := platform.wait_for_all(record, say):
                raise RuntimeError(f"did not come up: {[part.name for part in failed]}")
            yield settings
        finally:
            if platform.is_up():
                platform.down(say)


_INDEX = "select indexdef from pg_indexes where indexname = 'feedback_near'"
_COPY = """
copy feedback (feedback_id, resolution_id, verdict, correction, note, state, asker, department, scope, question,
               question_form, subject, subject_form, metrics, lifts, about, model, embedding, approved_version,
               created_at, decided_at)
from stdin
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.history", description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help="how many resolutions, and how many precedents")
    options = parser.parse_args()
    port = int(os.environ.pop("ECP_PORT", "8720"))
    for name in [n for n in os.environ if n.startswith("ECP_") and n != "ECP_SERVERS_DIR"]:
        del os.environ[name]
    found = measured(port, options.size, lambda line: print(line, file=sys.stderr, flush=True))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
