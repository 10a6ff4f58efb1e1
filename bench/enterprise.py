"""An enterprise of any size around the demo's: assets whose names share words, and traces of what was asked before."""

from __future__ import annotations

import random
from collections.abc import Iterator

import psycopg
from psycopg import sql

from bench.bare import patient
from ecp.domain.assets import AnyAsset, Metric, MetricChoice, Term
from ecp.errors import StoreError
from ecp.settings import Settings
from ecp.wiring import Stores, open_stores

SEED = 20_260_210
QUALITIES = [
    "gross",
    "net",
    "average",
    "adjusted",
    "planned",
    "deferred",
    "seasonal",
    "regional",
    "certified",
    "weighted",
    "early",
    "late",
]
NOUNS = [
    "revenue",
    "margin",
    "cost",
    "orders",
    "budget",
    "volume",
    "backlog",
    "returns",
    "churn",
    "headcount",
    "pipeline",
    "freight",
]
OBJECTS = [
    "plant",
    "depot",
    "route",
    "carrier",
    "warehouse",
    "channel",
    "contract",
    "segment",
    "tender",
    "fleet",
    "outlet",
    "shift",
]
HNSW = ("embeddings_near", "embeddings_near_issues")


def assets(count: int) -> Iterator[AnyAsset]:
    """The same ones in every run, half of them terms that mean a metric."""
    chance = random.Random(SEED)
    for number in range(count // 2):
        name = f"{chance.choice(QUALITIES)} {chance.choice(NOUNS)} of {chance.choice(OBJECTS)} {number}"
        metric = Metric(
            id=f"synthetic_{number}",
            name=name,
            definition=f"The {name}, as booked at the end of the day.",
            synonyms=(f"{chance.choice(OBJECTS)} {chance.choice(NOUNS)} {number}",),
        )
        yield metric
        yield Term(
            id=f"synthetic_term_{number}",
            name=f"{chance.choice(OBJECTS)} {chance.choice(QUALITIES)} figure {number}",
            definition=f"What is said for {name}.",
            metrics=(MetricChoice(metric=metric.id),),
        )


async def grow(settings: Settings, total: int) -> str | None:
    """Publishes assets until there are `total`; answers what did not take them, if anything."""
    async with open_stores(patient(settings)) as stores:
        present = len((await stores.registry.catalogue()).assets)
        more = list(assets(total - present))
        version = await stores.registry.publish(more, note=f"{total} assets")
        everything = tuple((await stores.registry.catalogue(version)).assets.values())
        await _index(settings, stores, everything, version)
        try:
            await stores.graph.publish(everything, version)
        except StoreError as error:
            return f"the graph did not take {len(everything)} assets: {error.detail}"
        return None


async def _index(settings: Settings, stores: Stores, everything: tuple[AnyAsset, ...], version: str) -> None:
    """Vectors first and their indexes after them, as one does for a first load of this size."""
    async with await psycopg.AsyncConnection.connect(dsn(settings), autocommit=True) as connection:
        found = await connection.execute(_INDEXES, [list(HNSW)])
        definitions: dict[str, str] = dict(await found.fetchall())
        for name in definitions:
            await connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
        try:
            await stores.vector.index(everything, version)
        finally:
            await connection.execute("set maintenance_work_mem = '512MB'")
            for definition in definitions.values():
                await connection.execute(definition)
        await connection.execute("analyze")


def add_traces(settings: Settings, count: int) -> None:
    """Copies of what was asked already: requests, attempts, audit records, and of every tenth the checkpoints."""
    with psycopg.connect(dsn(settings), autocommit=True) as connection:
        connection.execute(_TRACES, {"count": count})
        connection.execute("analyze")


def dsn(settings: Settings) -> str:
    assert settings.postgres_dsn is not None
    return settings.postgres_dsn.get_secret_value()


_INDEXES = "select indexname, indexdef from pg_indexes where indexname = any(%s)"

# Each copy has an id of its own; what it was copied from takes turns.
_TRACES = """
with known as (
  select r.*, row_number() over (order by r.resolution_id) - 1 as n, count(*) over () as total
  from (select * from resolutions where status = 'complete' order by resolution_id limit 200) as r
), copied as (
  select k.resolution_id as source, 'bench-' || gen_random_uuid() as id, g.n as at, k.*
  from generate_series(0, %(count)s - 1) as g (n) join known as k on k.n = g.n %% k.total
), requests as (
  insert into resolutions (resolution_id, status, attempt, question, asker, as_of, execute, follows, digest,
                           registry_version)
  select id, status, attempt, question, asker, as_of, execute, follows, digest, registry_version from copied
)
, tried as (
  insert into attempts (resolution_id, attempt, status, body, trace)
  select c.id, a.attempt, a.status, a.body, a.trace from copied as c join attempts as a on a.resolution_id = c.source
), kept as (
  insert into checkpoints (resolution_id, attempt, stage, occurrence, output)
  select c.id, k.attempt, k.stage, k.occurrence, k.output
  from copied as c join checkpoints as k on k.resolution_id = c.source
  where c.at %% 10 = 0
)
insert into audit (resolution_id, attempt, event, asker, question, status, decision, answer_digest, registry_version,
                   policy_version, request_id)
select c.id, a.attempt, a.event, a.asker, a.question, a.status, a.decision, a.answer_digest, a.registry_version,
       a.policy_version, a.request_id
from copied as c join audit as a on a.resolution_id = c.source
"""
