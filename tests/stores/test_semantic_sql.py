"""The embedded engine alone: what it refuses though Cube answers, and what no model or caller can make it do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from ecp.domain.semantic import CubeFilter, CubeQuery, TimeDimension
from ecp.errors import StoreMalformed, StoreRejected, StoreUnavailable
from ecp.settings import Settings
from ecp.stores.semantic_sql import SqlSemanticLayer, warehouse_pool
from ecp.stores.semantic_sql.compile import compile_query
from ecp.stores.semantic_sql.loader import load_model

HERE = Path(__file__).parent / "semantic"
SECONDS = 10.0


@pytest.fixture(scope="module")
def reader(platform_settings: Settings) -> str:
    assert platform_settings.warehouse and platform_settings.warehouse_admin
    with psycopg.connect(platform_settings.warehouse_admin.get_secret_value(), autocommit=True) as admin:
        admin.execute((HERE / "warehouse.sql").read_text().encode())
    return platform_settings.warehouse.get_secret_value()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def layer(reader: str) -> AsyncIterator[SqlSemanticLayer]:
    made = SqlSemanticLayer(warehouse_pool(reader), HERE / "model")
    yield made
    await made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def cube(folder: Path, sql: str, measure: str = "count", extra: str = "") -> None:
    text = f"""
cubes:
  - name: Probe
    sql: "{sql}"
    measures: [{{name: value, type: {measure}{extra}}}]
"""
    (folder / "probe.yml").write_text(text)


@pytest.mark.parametrize("measure", ["Guests.age_sum", "Rooms.total_price"])
async def test_sums_over_repeated_rows_are_refused_rather_than_wrong(layer: SqlSemanticLayer, measure: str) -> None:
    query = CubeQuery(measures=(measure,), dimensions=("Stays.state",))
    with pytest.raises(StoreRejected, match="more than once"):
        await layer.load(query, timeout=SECONDS)


async def test_a_filter_alone_that_repeats_rows_is_noticed(layer: SqlSemanticLayer) -> None:
    condition = CubeFilter(member="Complaints.severity", operator="gte", values=("1",))
    with pytest.raises(StoreRejected, match="more than once"):
        await layer.load(CubeQuery(measures=("Stays.paid",), filters=(condition,)), timeout=SECONDS)


HOSTILE = ("' OR 1=1 --", '"; DROP TABLE x; --', "%s", "%(p0)s", "{0}", "$1", "\\", "a" * 100_000)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_values_never_become_sql_text(value: str) -> None:
    query = CubeQuery(
        measures=("Stays.count",),
        filters=tuple(
            CubeFilter(member="Guests.name", operator=operator, values=(value, value))
            for operator in ("equals", "notEquals", "contains", "gt")
        ),
        time_dimensions=(TimeDimension(dimension="Stays.begins", date_range=(value, value)),),
    )
    statement = compile_query(query, load_model(HERE / "model"))
    text = statement.text.as_string(None)
    harmless = compile_query(
        query.model_copy(
            update={
                "filters": tuple(f.model_copy(update={"values": ("x", "x")}) for f in query.filters),
                "time_dimensions": (TimeDimension(dimension="Stays.begins", date_range=("x", "x")),),
            }
        ),
        load_model(HERE / "model"),
    )
    assert text == harmless.text.as_string(None)


async def test_a_filter_holds_whatever_operators_its_dimension_has(reader: str, folder: Path) -> None:
    (folder / "m.yml").write_text("""
cubes:
  - name: Probe
    sql: SELECT * FROM (VALUES (true, true), (true, false), (false, true), (false, false)) AS t (a, b)
    measures: [{name: count, type: count}]
    dimensions: [{name: either, sql: "{CUBE}.a OR {CUBE}.b", type: boolean}]
""")
    layer = SqlSemanticLayer(warehouse_pool(reader), folder)
    condition = CubeFilter(member="Probe.either", operator="equals", values=("false",))
    result = await layer.load(CubeQuery(measures=("Probe.count",), filters=(condition,)), timeout=SECONDS)
    await layer.close()
    assert result.rows == ((1,),)


async def test_a_model_cannot_write_even_where_a_function_may(reader: str, folder: Path) -> None:
    cube(folder, "SELECT semantic_test.scribble() AS x")
    layer = SqlSemanticLayer(warehouse_pool(reader), folder)
    with pytest.raises(StoreRejected):
        await layer.load(CubeQuery(measures=("Probe.value",)), timeout=SECONDS)
    await layer.close()


async def test_a_division_by_zero_is_refused_without_its_sql(reader: str, folder: Path) -> None:
    cube(folder, "SELECT 0 AS zero", "number", ', sql: "1 / MAX(zero)"')
    layer = SqlSemanticLayer(warehouse_pool(reader), folder)
    with pytest.raises(StoreRejected) as refusal:
        await layer.load(CubeQuery(measures=("Probe.value",)), timeout=SECONDS)
    await layer.close()
    assert "zero" not in refusal.value.detail


@pytest.mark.parametrize(("column", "named"), [("absent", 'column "absent" does not exist'), ("'x'::int", None)])
async def test_a_column_that_is_missing_is_named_for_the_log_alone_and_a_value_never(
    reader: str, folder: Path, column: str, named: str | None
) -> None:
    cube(folder, f"SELECT {column} AS x FROM (SELECT 1 AS y) AS t")
    layer = SqlSemanticLayer(warehouse_pool(reader), folder)
    with pytest.raises(StoreRejected) as refusal:
        await layer.load(CubeQuery(measures=("Probe.value",)), timeout=SECONDS)
    await layer.close()
    assert refusal.value.named == named and "absent" not in refusal.value.detail


async def test_a_number_that_is_not_finite_is_malformed(reader: str, folder: Path) -> None:
    cube(folder, "SELECT 'NaN'::numeric AS x", "max", ", sql: x")
    layer = SqlSemanticLayer(warehouse_pool(reader), folder)
    with pytest.raises(StoreMalformed):
        await layer.load(CubeQuery(measures=("Probe.value",)), timeout=SECONDS)
    await layer.close()


async def test_a_warehouse_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    pool = warehouse_pool(f"postgresql://nobody@/nothing?host={tmp_path}", timeout=0.3)
    layer = SqlSemanticLayer(pool, HERE / "model", connect_timeout=0.3)
    with pytest.raises(StoreUnavailable):
        await layer.load(CubeQuery(measures=("Stays.count",)), timeout=SECONDS)
    with pytest.raises(StoreUnavailable):
        await layer.ping()
    assert (await layer.meta()).members
    await layer.close()


async def test_a_folder_that_is_not_there_is_an_empty_model(tmp_path: Path) -> None:
    layer = SqlSemanticLayer(warehouse_pool("postgresql://nobody@/nothing"), tmp_path / "none")
    meta = await layer.meta()
    assert (meta.members, meta.joined) == ({}, {})
    with pytest.raises(StoreRejected, match=r"Stays\.count"):
        await layer.load(CubeQuery(measures=("Stays.count",)), timeout=SECONDS)


async def test_a_changed_model_is_read_again_and_has_another_version(folder: Path) -> None:
    layer = SqlSemanticLayer(warehouse_pool("postgresql://nobody@/nothing"), folder / "model")
    empty = await layer.meta()
    (folder / "model").mkdir()
    cube(folder / "model", "SELECT 1 AS x")
    first = await layer.meta()
    cube(folder / "model", "SELECT 1 AS another_column")
    second = await layer.meta()
    assert "Probe.value" in first.members
    assert len({empty.version, first.version, second.version}) == 3


async def test_a_broken_model_says_where_and_is_usable_again_once_mended(folder: Path) -> None:
    layer = SqlSemanticLayer(warehouse_pool("postgresql://nobody@/nothing"), folder)
    cube(folder, "SELECT 1 AS x", "median")
    with pytest.raises(StoreMalformed, match=r"probe\.yml: cube Probe, measures\.value\.type") as error:
        await layer.meta()
    assert str(folder) not in error.value.detail
    cube(folder, "SELECT 1 AS x", "sum", ", sql: x")
    assert "Probe.value" in (await layer.meta()).members
