"""Assets by version: one transaction, what changed and nothing else."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence

import pytest

from ecp.domain.assets import AnyAsset, CalendarAsset, Dimension, Entity, Instance, Member, Metric, TribalKnowledge
from ecp.errors import StoreRejected
from ecp.stores.postgres import Database
from ecp.stores.registry import PostgresRegistry

HOSTILE = "'); drop table assets; -- \0 {{x}} %s $1 \\"


def metric(name: str, definition: str = "", **fields: object) -> Metric:
    return Metric(id=name, name=name.title(), definition=definition, **fields)


def sample() -> list[AnyAsset]:
    return [
        metric("alpha", "Units that left the plant", synonyms=("output", "made"), sample={"value": 1.0, "n": 2}),
        Dimension(
            id="plant",
            name="Plant",
            members=(Member(id="north", name="North", synonyms=("upper",), values=("N", 1, 2.5, True)),),
        ),
        Entity(id="crew", name="Crew", instances=(Instance(id="c1", name="First crew", links={"of": ("c1",)}),)),
        TribalKnowledge(id="tk1", message="The counter of the north plant stood still", severity="high"),
        CalendarAsset(id="cal", name="Calendar", fiscal_start_month=4),
    ]


@pytest.fixture(autouse=True)
async def _clean(registry: PostgresRegistry) -> None:
    await registry.publish([], note="clean", only=True)


async def rows_in(pool, table: str) -> int:
    row = await Database(pool, "registry").row(f"select count(*) as n from {table}")
    assert row is not None
    return int(row["n"])


class TestPublishing:
    async def test_what_is_published_is_what_is_read(self, registry) -> None:
        version = await registry.publish(sample(), note="first")
        catalogue = await registry.catalogue()
        assert catalogue.version == version == await registry.version()
        assert catalogue.assets == {a.id: a for a in sample()}

    async def test_publishing_the_same_again_makes_no_version(self, registry, pool) -> None:
        version = await registry.publish(sample(), note="first")
        before = await rows_in(pool, "assets")
        assert await registry.publish(sample(), note="again") == version
        assert await registry.publish(sample(), note="again", only=True) == version
        assert await rows_in(pool, "assets") == before

    async def test_only_what_changed_is_written(self, registry, pool) -> None:
        await registry.publish(sample(), note="first")
        before = await rows_in(pool, "assets")
        await registry.publish([metric("alpha", "Counted anew"), metric("beta")], note="second")
        assert await rows_in(pool, "assets") == before + 2

    async def test_an_import_adds_and_updates_and_only_removes(self, registry) -> None:
        await registry.publish(sample(), note="first")
        await registry.publish([metric("beta")], note="more")
        assert "alpha" in (await registry.catalogue()).assets
        await registry.publish([metric("beta")], note="less", only=True)
        assert set((await registry.catalogue()).assets) == {"beta"}

    async def test_an_older_version_stays_readable(self, registry, embedder, pool) -> None:
        first = await registry.publish([metric("alpha", "one")], note="1")
        await registry.publish([metric("alpha", "two")], note="2")
        fresh = PostgresRegistry(pool, embedder)
        assert (await fresh.catalogue(first)).assets["alpha"].definition == "one"
        assert (await fresh.catalogue()).assets["alpha"].definition == "two"

    async def test_rolling_back_is_a_new_version_with_the_old_content(self, registry) -> None:
        first = await registry.publish(sample(), note="1")
        await registry.publish([metric("alpha", "worse"), metric("beta")], note="2", only=True)
        back = await registry.roll_back(first)
        assert int(back) > int(first)
        assert (await registry.catalogue(back)).assets == {a.id: a for a in sample()}
        assert await registry.roll_back(first) == back
        hits = await registry.search(["upper"], back)
        assert [(h.asset_id, h.member) for h in hits[:1]] == [("plant", "north")]

    @pytest.mark.parametrize("version", ["99999999", "-1", "x", "", "1; drop table assets", "٣", "9" * 40])
    async def test_a_version_that_does_not_exist_is_rejected(self, registry, version: str) -> None:
        with pytest.raises(StoreRejected):
            await registry.roll_back(version)
        if version:
            with pytest.raises(StoreRejected):
                await registry.catalogue(version)

    async def test_bad_input_changes_nothing(self, registry) -> None:
        version = await registry.publish(sample(), note="1")
        with pytest.raises(StoreRejected):
            await registry.publish([metric("beta"), metric("beta", "twice")], note="bad")
        assert await registry.version() == version

    async def test_hostile_text_is_text(self, registry) -> None:
        await registry.publish([metric("odd", HOSTILE, synonyms=(HOSTILE,), tags=(HOSTILE,))], note=HOSTILE)
        found = (await registry.catalogue()).assets["odd"]
        assert found.definition == HOSTILE.replace("\0", "\ufffd")
        newest = (await registry.versions(1))[0]
        assert newest["note"] == found.definition

    async def test_versions_are_listed_newest_first(self, registry) -> None:
        first = await registry.publish([metric("alpha")], note="one")
        second = await registry.publish([metric("beta")], note="two")
        listed = await registry.versions(2)
        assert [v["version"] for v in listed] == [second, first]
        assert listed[0]["content_version"] == second
        assert listed[0]["digest"] != listed[1]["digest"]


class TestConcurrency:
    async def test_publishes_at_once_lose_nothing(self, registry) -> None:
        packs: list[Sequence[AnyAsset]] = [[metric(f"m{i}"), metric("shared", str(i))] for i in range(5)]
        made = await asyncio.gather(*(registry.publish(p, note="at once") for p in packs))
        assert len(set(made)) == 5
        assert {f"m{i}" for i in range(5)} <= set((await registry.catalogue()).assets)

    async def test_a_reader_sees_a_version_whole_while_the_next_is_written(self, registry, embedder, pool) -> None:
        await registry.publish([metric("a", "0"), metric("b", "0")], note="0", only=True)
        reader = PostgresRegistry(pool, embedder)

        async def write() -> None:
            for i in range(1, 6):
                await registry.publish([metric("a", str(i)), metric("b", str(i))], note=str(i))

        writing = asyncio.create_task(write())
        while not writing.done():
            assets = (await reader.catalogue()).assets
            assert assets["a"].definition == assets["b"].definition
        await writing

    async def test_a_catalogue_is_read_once_for_all_who_wait(self, registry, embedder, pool) -> None:
        await registry.publish(sample(), note="1")
        fresh = PostgresRegistry(pool, embedder)
        first, *others = await asyncio.gather(*(fresh.catalogue() for _ in range(8)))
        assert all(o is first for o in others)

    async def test_a_caller_who_leaves_does_not_stop_the_reading(self, registry, embedder, pool) -> None:
        await registry.publish(sample(), note="1")
        fresh = PostgresRegistry(pool, embedder)
        leaving = asyncio.create_task(fresh.catalogue())
        staying = asyncio.create_task(fresh.catalogue())
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying).assets

    async def test_few_catalogues_are_held(self, registry, embedder, pool) -> None:
        fresh = PostgresRegistry(pool, embedder)
        versions = [await registry.publish([metric("a", str(i))], note="") for i in range(6)]
        for version in versions:
            await fresh.catalogue(version)
        gc.collect()
        assert len(fresh._contents) == 3


async def test_an_empty_registry_is_version_zero(make_database, embedder) -> None:
    from ecp.stores.migration import migrate
    from ecp.stores.postgres import open_pool

    dsn = make_database()
    migrate(dsn)
    registry = PostgresRegistry(open_pool(dsn), embedder)
    assert await registry.version() == "0"
    assert (await registry.catalogue()).assets == {}
    assert await registry.search(["anything"], "0") == ()
    assert await registry.publish([], note="nothing") == "0"
    await registry.close()
