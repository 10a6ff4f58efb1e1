"""An import: all of a valid pack or nothing, and what is said when a store is down."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from ecp.domain.assets import AnyAsset
from ecp.domain.catalogue import Catalogue
from ecp.errors import PackInvalid, StoreUnavailable
from ecp.packs.importer import Surroundings, import_pack
from ecp.packs.versions import roll_back
from ecp.platform.layout import CODE
from tests.packs.test_loader import write
from tests.packs.test_warehouse import ask
from tests.support.vocabulary import DEMO


class MemoryRegistry:
    """Versions of assets in memory: what of the registry's protocol an import asks for."""

    def __init__(self) -> None:
        self.held: list[Catalogue] = [Catalogue.of("0", [])]

    async def catalogue(self, version: str | None = None) -> Catalogue:
        return self.held[-1 if version is None else int(version)]

    async def publish(self, assets: Sequence[AnyAsset], *, note: str, only: bool = False) -> str:
        kept = {} if only else dict(self.held[-1].assets)
        version = str(len(self.held))
        self.held.append(Catalogue.of(version, (kept | {a.id: a for a in assets}).values()))
        return version

    async def roll_back(self, version: str) -> str:
        return await self.publish(tuple(self.held[int(version)].assets.values()), note=f"back to {version}", only=True)


class MemoryIndex:
    """Stands for the vector store and the graph; takes everything, or nothing while it is down."""

    def __init__(self, store: str) -> None:
        self.store = store
        self.down = False
        self.held: dict[str, list[str]] = {}

    async def index(self, assets: Sequence[AnyAsset], version: str) -> int:
        if self.down:
            raise StoreUnavailable(self.store, "connection refused")
        self.held[version] = [a.id for a in assets]
        return len(assets)

    async def publish(self, assets: Sequence[AnyAsset], version: str) -> None:
        await self.index(assets, version)


@pytest.fixture
def stores():
    return MemoryRegistry(), MemoryIndex("vector"), MemoryIndex("graph")


async def test_a_pack_reaches_registry_vectors_and_graph(stores, tmp_path):
    registry, vector, graph = stores
    report = await import_pack(DEMO, *stores, surroundings=Surroundings(cube_model=tmp_path / "model"))
    assert report.version == "1"
    assert set(vector.held["1"]) == set(graph.held["1"]) == set(registry.held[-1].assets)
    assert sum(report.kinds.values()) == len(registry.held[-1].assets) == report.embedded
    assert report.incomplete == ()


async def test_an_invalid_pack_changes_nothing(stores, tmp_path):
    with pytest.raises(PackInvalid):
        await import_pack(write(tmp_path, "kind: metric\nid: a\n"), *stores)
    assert len(stores[0].held) == 1


async def test_an_import_adds_and_only_replaces(stores, tmp_path):
    first = write(tmp_path / "1", "kind: metric\nid: a\nname: A\n")
    second = write(tmp_path / "2", "kind: term\nid: t\nname: T\nmetrics: [{metric: a}]\n")
    await import_pack(first, *stores)
    await import_pack(second, *stores)
    assert set(stores[0].held[-1].assets) == {"a", "t"}
    with pytest.raises(PackInvalid):
        await import_pack(second, *stores, only=True)
    await import_pack(first, *stores, only=True)
    assert set(stores[0].held[-1].assets) == {"a"}


@pytest.mark.parametrize("component", ["vector", "graph"])
async def test_a_store_that_is_down_is_named_and_the_import_can_be_repeated(stores, tmp_path, component):
    pack = write(tmp_path, "kind: metric\nid: a\nname: A\n")
    store = next(s for s in stores[1:] if s.store == component)
    store.down = True
    report = await import_pack(pack, *stores)
    assert [part.component for part in report.incomplete] == [component]
    store.down = False
    report = await import_pack(pack, *stores)
    assert report.incomplete == ()
    assert store.held[report.version] == ["a"]


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


async def test_the_model_of_one_pack_is_replaced_beside_those_of_others(stores, tmp_path):
    target = tmp_path / "home" / "model"
    around = Surroundings(cube_model=target)
    for pack, file in (("p", "one.yml"), ("q", "two.yml"), ("p", "three.yml")):
        folder = write(tmp_path / pack, f"kind: pack\nid: {pack}\nname: P\ncube: model\n")
        for old in (folder / "model").glob("*"):
            old.unlink()
        write(folder, "cubes: []\n", f"model/{file}")
        await import_pack(folder, *stores, surroundings=around)
    assert names(target) == {"p/three.yml", "q/two.yml"}
    await import_pack(tmp_path / "p", *stores, only=True, surroundings=around)
    assert names(tmp_path / "home") == {"model/p/three.yml"}


async def test_a_link_in_the_model_is_refused(stores, tmp_path):
    pack = write(tmp_path / "p", "kind: pack\nid: p\nname: P\ncube: model\n")
    write(pack, "cubes: []\n", "model/a.yml")
    (pack / "model" / "b.yml").symlink_to(pack / "model" / "a.yml")
    with pytest.raises(PackInvalid):
        await import_pack(pack, *stores, surroundings=Surroundings(cube_model=tmp_path / "target"))
    assert len(stores[0].held) == 1


async def test_a_warehouse_is_loaded_before_anything_is_published(stores, tmp_path, new_database):
    dsn = new_database()
    pack = write(tmp_path, "kind: pack\nid: p\nname: P\nwarehouse: sql\nseed: s7\n")
    write(pack, "create table t as select current_setting('ecp.seed') s, current_setting('ecp.today') d;", "sql/1.sql")
    around = Surroundings(warehouse_admin=dsn, today=date(2024, 2, 29))
    report = await import_pack(pack, *stores, surroundings=around)
    assert report.warehouse_files == 1
    assert ask(dsn, "select s, d from t") == [("s7", "2024-02-29")]
    with pytest.raises(PackInvalid):
        await import_pack(pack, *stores, surroundings=around)
    assert len(stores[0].held) == 2


def test_a_pack_that_is_refused_is_so_before_anything_is_made_ready_for_one_that_is_not(tmp_path):
    """The model that embeds texts takes long to load, and an end waits for what has begun."""
    refused = f"""
import asyncio, sys
from pathlib import Path
from ecp.errors import PackInvalid
from ecp.packs.importer import import_with
from ecp.settings import Settings
try:
    settings = Settings(_env_file=None, home=Path({str(tmp_path / "home")!r}))
    asyncio.run(import_with(settings, Path({str(tmp_path)!r}), only=True))
except PackInvalid:
    print("wordllama" in sys.modules)
"""
    write(tmp_path, "kind: metric\nid: a\nname: A\ncolour: red\n")
    ran = subprocess.run([sys.executable, "-c", refused], capture_output=True, text=True, cwd=CODE)
    assert ran.stdout.strip() == "False", ran.stderr


async def test_the_way_back_is_a_new_version_that_vectors_and_graph_follow(stores, tmp_path):
    registry, vector, graph = stores
    first = (await import_pack(write(tmp_path / "1", "kind: metric\nid: a\nname: A\n"), *stores)).version
    await import_pack(write(tmp_path / "2", "kind: metric\nid: b\nname: B\n"), *stores)
    report = await roll_back(first, registry, vector, graph)
    assert report.version not in (first, "0") and not report.incomplete
    assert vector.held[report.version] == graph.held[report.version] == vector.held[first]
