"""The flows of upkeep, as a worker runs them when an operator or a schedule asks."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.settings.models.server.services import ServerServicesDBVacuumSettings

from ecp.packs.importer import import_pack
from ecp.packs.loader import load_pack
from ecp.platform.orchestrator import FINAL, Orchestrator
from ecp.platform.services import SERVER_SETTINGS
from ecp.stores.embeddings import WordLlamaEmbedder
from ecp.stores.postgres import open_pool
from ecp.stores.vector import PgVectorStore
from ecp.upkeep.drift import find_drift, newest_mark
from ecp.upkeep.ingest import ingest, pack_digest
from ecp.wiring import open_stores
from tasks.upkeep import retire_runs
from tests.support.enterprise import patient

PACK = """
kind: metric
id: {id}
name: {name}
definition: Something nobody else counts.
owner: Nobody
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "small_pack"
    place.mkdir()
    (place / "metric.yaml").write_text(PACK.format(id="nowhere_counted", name="Nowhere counted"))
    return place


class Turned:
    """The model of the wheel under another name, its space turned round: the same likeness, other vectors."""

    dimensions = 256

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = WordLlamaEmbedder()

    async def embed(self, texts):
        return [vector[::-1] for vector in await self._model.embed(texts)]


@pytest.fixture
async def vectors_of(enterprise):
    pool = open_pool(enterprise.registry, timeout=20)
    yield lambda name: PgVectorStore(pool, Turned(name), timeout=20)
    await pool.close()
    with psycopg.connect(enterprise.registry, autocommit=True) as connection:
        connection.execute("delete from embeddings where model = 'another-model'")


@pytest.fixture
def as_it_was(enterprise):
    """The pack is all there is again when the test is over."""
    yield
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, restored(enterprise)).result()


async def restored(enterprise):
    async with open_stores(patient(enterprise), warm=False) as stores:
        await import_pack(enterprise.pack, stores.registry, stores.vector, stores.graph, only=True)


async def test_a_pack_is_taken_in_once_and_again_only_when_it_has_changed(enterprise, folder, as_it_was):
    async with open_stores(patient(enterprise), warm=False) as stores:
        asked = (patient(enterprise), folder, stores.registry, stores.vector, stores.graph)
        first = await ingest(*asked)
        assert first.report is not None
        assert (await ingest(*asked)).report is None
        (folder / "metric.yaml").write_text(PACK.format(id="nowhere_counted", name="Counted nowhere"))
        changed = await ingest(*asked)
        assert changed.report is not None and int(changed.report.version) > int(first.report.version)
        back = await stores.registry.roll_back(first.report.version)
        assert (await ingest(*asked)).report is None
        assert await stores.registry.version() == back
        assert (await ingest(*asked, force=True)).report is not None


def test_a_digest_is_of_names_and_contents(folder):
    before = pack_digest(load_pack(folder))
    copy = shutil.copytree(folder, folder.parent / "copy")
    assert pack_digest(load_pack(copy)) == before
    (copy / "metric.yaml").rename(copy / "other.yaml")
    assert pack_digest(load_pack(copy)) != before


async def test_drift_tells_apart_what_is_gone_and_what_is_there(enterprise):
    async with open_stores(patient(enterprise), warm=False) as stores:
        dsn = enterprise.settings.warehouse.get_secret_value()
        catalogue = await stores.registry.catalogue()
        contract = next(a for a in catalogue.assets.values() if a.kind == "data_contract" and a.freshness_ref)
        mark = await newest_mark(stores.semantic, contract.freshness_ref)
        assert mark is not None
        fresh = await find_drift(stores.registry, stores.semantic, dsn, mark)
        assert not [f for f in fresh.findings if f.kind == "missing_member"] and fresh.unchecked == ()
        assert contract.id not in {f.asset for f in fresh.findings}
        late = await find_drift(stores.registry, stores.semantic, dsn, mark.replace(year=mark.year + 1))
        assert contract.id in {f.asset for f in late.findings if f.kind == "past_freshness"}
        blind = await find_drift(stores.registry, stores.semantic, None, mark)
        assert [u.subject for u in blind.unchecked] == ["columns"]


@pytest.mark.timeout(600)
def test_drift_is_a_table_on_its_run(worker):
    run = worker.run("drift/upkeep")
    assert (run["state"]["type"], run["state"]["name"]) in {("COMPLETED", "Drifted"), ("COMPLETED", "InStep")}
    table = next(a for a in worker.artifacts(run["id"]) if a["key"] == "drift")
    assert table["type"] == "table" and "could not be checked" in table["description"]


@pytest.mark.timeout(600)
def test_ingest_says_what_it_did_and_what_is_invalid(rest, worker, folder, as_it_was):
    before = found_in(rest, "ingest", "invalid")
    assert worker.run("ingest/upkeep", path=str(folder))["state"]["name"] in {"Imported", "Unchanged"}
    (folder / "metric.yaml").write_text("kind: metric\nid: NOT AN ID\n")
    invalid = worker.run("ingest/upkeep", path=str(folder))
    assert (invalid["state"]["type"], invalid["state"]["name"]) == ("FAILED", "Invalid")
    assert any(a["key"] == "invalid-pack" and "metric.yaml" in str(a["data"]) for a in worker.artifacts(invalid["id"]))
    assert found_in(rest, "ingest", "invalid") == before + 1, "a process of a flow counts where the API shows it"


def found_in(rest, flow, kind):
    """How many findings the platform has counted."""
    line = f'ecp_upkeep_findings_total{{flow="{flow}",kind="{kind}"}} '
    return sum(float(x.removeprefix(line)) for x in rest.client.get("/metrics").text.splitlines() if x.startswith(line))


@pytest.mark.timeout(600)
def test_retention_leaves_the_audit_trail_as_it_was(enterprise, worker):
    with psycopg.connect(enterprise.registry, autocommit=True) as connection:
        count = "select count(*) from audit"
        before = connection.execute(count).fetchone()
        run = worker.run("retention/upkeep")
        assert run["state"]["type"] == "COMPLETED", run["state"]
        assert connection.execute(count).fetchone() == before
    bar = next(a for a in worker.artifacts(run["id"]) if a["type"] == "progress")
    assert float(bar["data"]) == 100.0


class Silent:
    """Nobody looks at how far it is."""

    async def at(self, part: float) -> None:
        return None


@pytest.mark.timeout(600)
async def test_runs_that_are_retired_are_gone_and_each_is_counted_once(worker):
    """More of them than the server takes away at once; what others take away meanwhile is not counted here."""
    begun = [worker.begin("drift/upkeep") for _ in range(60)]
    with Orchestrator(worker.api_url) as orchestrator:
        for run in begun:
            orchestrator.end(run, "CANCELLED")
        worker.until(lambda: all(orchestrator.flow_run(run)["state"]["type"] in FINAL for run in begun))
    now = datetime.now(UTC) + timedelta(seconds=1)
    ended = {"end_time": {"before_": now.isoformat()}, "state": {"type": {"any_": list(FINAL)}}}
    before = worker.count(ended)
    assert before >= len(begun)
    with temporary_settings({PREFECT_API_URL: worker.api_url}):
        removed = await retire_runs.fn(now, Silent(), 1.0)
    assert worker.count(ended) == 0
    assert len(begun) <= removed <= before


def test_what_retired_runs_leave_is_swept_by_the_server(monkeypatch):
    for name, value in SERVER_SETTINGS.items():
        monkeypatch.setenv(name, value)
    assert ServerServicesDBVacuumSettings().enabled_vacuum_types == {"events", "orphans"}


async def test_another_model_is_filled_beside_the_present_one(enterprise, vectors_of):
    """Two models in one table: each finds its own, before, during and after."""
    async with open_stores(patient(enterprise), warm=False) as stores:
        catalogue = await stores.registry.catalogue()
        assets = tuple(catalogue.assets.values())
        asked = ["revenue", "number of people employed"]
        before = await stores.vector.search(enterprise.words.value(asked), catalogue.version)
        coming = vectors_of("another-model")
        half = await coming.index(assets[: len(assets) // 2], catalogue.version)
        assert await coming.index(assets, catalogue.version) > 0 and half > 0
        assert await coming.index(assets, catalogue.version) == 0
        assert await stores.vector.search(enterprise.words.value(asked), catalogue.version) == before
        found = await coming.search(enterprise.words.value(asked), catalogue.version)
        assert {hit.asset_id for hit in found} == {hit.asset_id for hit in before}
