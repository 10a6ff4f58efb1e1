"""Nearest in meaning, within a version, with scores one can compare."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from ecp.domain.assets import AnyAsset, Dimension, Entity, Instance, Member, Metric, TribalKnowledge
from ecp.errors import StoreRejected, StoreUnavailable
from ecp.stores.postgres import open_pool
from ecp.stores.registry import PostgresRegistry
from ecp.stores.vector import PgVectorStore

HOSTILE = "'); drop table embeddings; -- %s $1 \\ \0 [1,2] {}"

METRICS = [
    ("attrition", "Employee attrition", "Share of employees who left in the period", ("people who quit",)),
    ("floor_space", "Floor space", "Square metres of all warehouses", ("storage area",)),
    ("days_paid", "Days until paid", "Average days between invoice and payment", ("collection period",)),
    ("page_views", "Page views", "How often pages of the site were opened", ("site traffic",)),
]


def pack() -> list[AnyAsset]:
    metrics = [Metric(id=i, name=n, definition=d, synonyms=s) for i, n, d, s in METRICS]
    return [
        *metrics,
        Dimension(
            id="plant",
            name="Plant",
            members=(
                Member(id="north", name="Northern mill", synonyms=("upper works",)),
                Member(id="south", name="Southern mill"),
            ),
        ),
        Entity(id="crew", name="Crew", instances=(Instance(id="c1", name="Night shift Alpha"),)),
        TribalKnowledge(id="tk_counter", message="The counter of the northern mill stood still for two weeks"),
        TribalKnowledge(id="tk_leave", message="Contractors are missing from employee attrition"),
    ]


@pytest.fixture
async def version(registry: PostgresRegistry, vectors: PgVectorStore) -> str:
    await vectors.index(pack(), "0")
    return await registry.publish(pack(), note="", only=True)


@pytest.mark.parametrize(
    ("phrase", "asset_id", "member"),
    [
        ("staff turnover", "attrition", None),
        ("employees leaving", "attrition", None),
        ("how long customers take to pay", "days_paid", None),
        ("visits to the website", "page_views", None),
        ("upper works", "plant", "north"),
        ("sothern mill", "plant", "south"),
        ("night shift alpha", "crew", "c1"),
    ],
)
async def test_the_nearest_is_what_is_meant(vectors, version: str, phrase: str, asset_id: str, member: str) -> None:
    (best, *_) = await vectors.search([phrase], version)
    assert (best.asset_id, best.member, best.method, best.phrase) == (asset_id, member, "vector", phrase)
    assert 0 < best.score <= 1


async def test_phrases_are_answered_in_their_order_best_first(vectors, version: str) -> None:
    phrases = ["floor space", "page views", "floor space"]
    hits = await vectors.search(phrases, version, limit=3)
    assert [h.phrase for h in hits] == sorted((h.phrase for h in hits), key=phrases.index)
    for phrase in set(phrases):
        scores = [h.score for h in hits if h.phrase == phrase]
        assert 0 < len(scores) <= 3
        assert scores == sorted(scores, reverse=True)


async def test_the_same_name_scores_higher_than_another(vectors, version: str) -> None:
    hits = await vectors.search(["Employee attrition"], version)
    assert hits[0].asset_id == "attrition"
    assert hits[0].score > 0.6
    assert all(h.score < hits[0].score for h in hits[1:])


async def test_tribal_knowledge_is_found_apart(vectors, version: str) -> None:
    assert not any(h.kind == "tribal_knowledge" for h in await vectors.search(["counter stood still"], version))
    issues = await vectors.known_issues("attrition of employees last year", version)
    assert issues[0].asset_id == "tk_leave"
    assert {h.kind for h in issues} == {"tribal_knowledge"}


async def test_a_version_sees_its_own_assets(vectors, registry, version: str) -> None:
    changed = [Metric(id="attrition", name="Steel output", definition="Tons of steel"), Metric(id="x", name="Noise")]
    await vectors.index(changed, version)
    newer = await registry.publish(changed, note="", only=True)
    assert {h.asset_id for h in await vectors.search(["employees leaving"], newer)} <= {"attrition", "x"}
    assert (await vectors.search(["tons of steel"], newer))[0].asset_id == "attrition"
    assert (await vectors.search(["page views"], version))[0].asset_id == "page_views"
    assert await vectors.known_issues("attrition", newer) == ()


async def test_indexing_again_embeds_only_what_is_new(vectors, version: str) -> None:
    assert await vectors.index(pack(), version) == 0
    assert await vectors.index([*pack(), Metric(id="brand_new", name="Brand new " + version)], version) == 1


async def test_indexing_at_once_is_no_conflict(vectors) -> None:
    assets = [Metric(id=f"c{n}", name=f"Counter {n} of the press") for n in range(40)]
    await asyncio.gather(*(vectors.index(assets[n:] + assets[:n], "0") for n in range(4)))
    assert await vectors.index(assets, "0") == 0


async def test_hostile_phrases_are_phrases(vectors, registry, version: str) -> None:
    for hostile in (HOSTILE, "", "  ", "a" * 50_000, "\ud800", "& | ! ( )", '"', "-"):
        await vectors.search([hostile], version)
        await vectors.known_issues(hostile, version)
        await registry.search([hostile], version)
    odd = Metric(id="odd", name=HOSTILE, definition=HOSTILE, synonyms=(HOSTILE,))
    await vectors.index([odd], version)
    newer = await registry.publish([odd], note="")
    assert (await vectors.search([HOSTILE], newer))[0].asset_id == "odd"


async def test_asking_nothing_answers_nothing(vectors, version: str) -> None:
    assert await vectors.search([], version) == ()


@pytest.mark.parametrize("unreal", ["x", "", "1 or 1=1", "-1"])
async def test_what_is_no_version_is_rejected(vectors, unreal: str) -> None:
    with pytest.raises(StoreRejected):
        await vectors.search(["a"], unreal)


async def test_a_server_that_is_down_is_unavailable(embedder) -> None:
    pool = open_pool("postgresql://u@127.0.0.1:9/d", timeout=0.5)
    with pytest.raises(StoreUnavailable) as raised:
        await PgVectorStore(pool, embedder, timeout=0.5).ping()
    assert raised.value.store == "vector"
    await pool.close()


class Unreachable:
    """An embeddings server that is away."""

    name, dimensions = "away@256", 256

    async def load(self) -> None: ...

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        raise StoreUnavailable("vector", "The embeddings server cannot be reached")

    async def ping(self) -> None:
        await self.embed(["ping"])


async def test_without_who_makes_the_vectors_the_store_is_down(vectors) -> None:
    await vectors.ping()
    away = PgVectorStore(vectors._db._pool, Unreachable())
    with pytest.raises(StoreUnavailable):
        await away.ping()
