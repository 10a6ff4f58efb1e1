"""One suite for every semantic layer: the recorded answers of Cube 1.7.43, and what must be refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from ecp.domain.semantic import Column, CubeFilter, CubeQuery, QueryResult, TimeDimension
from ecp.errors import StoreRejected, StoreTimeout
from ecp.settings import Settings
from ecp.stores.protocols import SemanticLayer
from ecp.stores.semantic_cube import CubeSemanticLayer
from ecp.stores.semantic_sql import SqlSemanticLayer, warehouse_pool

HERE = Path(__file__).parent / "semantic"
CORPUS: list[dict[str, Any]] = json.loads((HERE / "corpus.json").read_text())
SECONDS = 20.0


@pytest.fixture(scope="module")
def warehouse(platform_settings: Settings) -> str:
    """The reader's DSN of a warehouse that holds the test's tables."""
    assert platform_settings.warehouse and platform_settings.warehouse_admin
    with psycopg.connect(platform_settings.warehouse_admin.get_secret_value(), autocommit=True) as admin:
        admin.execute((HERE / "warehouse.sql").read_text().encode())
    return platform_settings.warehouse.get_secret_value()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def layer(platform_settings: Settings, stores_mode: str, warehouse: str) -> AsyncIterator[SemanticLayer]:
    copies = served_model(platform_settings.cube_model) if stores_mode == "server" else []
    made = cube_layer(platform_settings) if stores_mode == "server" else sql_layer(warehouse)
    yield made
    await made.close()
    for copy in copies:
        copy.unlink()


def served_model(folder: Path | None) -> list[Path]:
    """The test's model beside whatever else the Cube server serves."""
    assert folder is not None
    files = (HERE / "model").iterdir()
    return [Path(shutil.copy(file, folder / f"semantic_test_{file.name}")) for file in files]


def cube_layer(settings: Settings) -> SemanticLayer:
    assert settings.cube_url and settings.cube_token
    token = settings.cube_token.get_secret_value()
    return CubeSemanticLayer(httpx.AsyncClient(), settings.cube_url, token, short_timeout=SECONDS)


def sql_layer(warehouse: str) -> SemanticLayer:
    return SqlSemanticLayer(warehouse_pool(warehouse), HERE / "model")


def comparable(rows: Any, ordered: bool) -> list[tuple[Any, ...]]:
    """Numbers as decimals, whatever their digits; rows sorted where their order is not part of the answer."""

    def value(found: Any) -> Any:
        is_number = isinstance(found, int | Decimal) and not isinstance(found, bool)
        return Decimal(found) if is_number else found

    cells = [tuple(map(value, row)) for row in rows]
    return cells if ordered else sorted(cells, key=repr_of_values)


def repr_of_values(row: tuple[Any, ...]) -> list[str]:
    return [str(found.normalize()) if isinstance(found, Decimal) else repr(found) for found in row]


def recorded(case: dict[str, Any], result: QueryResult) -> list[list[Any]]:
    """JSON has no decimals: the record keeps them as strings."""
    numbers = [column.type == "number" for column in result.columns]
    return [
        [Decimal(v) if is_number and is_decimal(v) else v for v, is_number in zip(row, numbers, strict=True)]
        for row in case["rows"]
    ]


def is_decimal(value: Any) -> bool:
    return isinstance(value, str) and value.count("-") < 2


@pytest.mark.parametrize("case", CORPUS, ids=[case["name"] for case in CORPUS])
async def test_the_layer_answers_as_recorded(layer: SemanticLayer, case: dict[str, Any]) -> None:
    result = await layer.load(CubeQuery.model_validate(case["query"]), timeout=SECONDS)
    ordered = case.get("ordered", False)
    assert comparable(result.rows, ordered) == comparable(recorded(case, result), ordered)


def test_the_corpus_has_every_operator_and_granularity() -> None:
    queries = [CubeQuery.model_validate(case["query"]) for case in CORPUS]
    operators = {condition.operator for query in queries for condition in query.filters}
    grains = {time.granularity for query in queries for time in query.time_dimensions}
    assert operators == set(CubeFilter.model_fields["operator"].annotation.__args__)
    assert grains == {"day", "week", "month", "quarter", "year", None}


async def test_columns_are_named_and_typed_in_order(layer: SemanticLayer) -> None:
    query = CubeQuery(
        measures=("Stays.count", "Stays.latest_booking"),
        dimensions=("Guests.vip", "Guests.name"),
        time_dimensions=(TimeDimension(dimension="Stays.begins", granularity="month"),),
    )
    result = await layer.load(query, timeout=SECONDS)
    assert result.columns == (
        Column(name="Guests.vip", type="boolean"),
        Column(name="Guests.name", type="string"),
        Column(name="Stays.begins.month", type="time"),
        Column(name="Stays.count", type="number"),
        Column(name="Stays.latest_booking", type="time"),
    )


async def test_cells_have_the_types_of_their_columns(layer: SemanticLayer) -> None:
    query = CubeQuery(
        measures=("Stays.count", "Stays.paid", "Stays.mean_rating"),
        dimensions=("Guests.vip",),
        filters=(CubeFilter(member="Guests.vip", operator="equals", values=("true",)),),
        time_dimensions=(TimeDimension(dimension="Stays.begins", granularity="year"),),
        order=(("Stays.begins", "desc"),),
    )
    vip, year, count, paid, rating = (await layer.load(query, timeout=SECONDS)).rows[0]
    assert (vip, year, count) == (True, "2020-01-01", 1)
    assert isinstance(count, int) and isinstance(paid, Decimal) and not isinstance(rating, str)


async def test_meta_shows_public_members_and_what_can_be_joined(layer: SemanticLayer) -> None:
    meta = await layer.meta()
    assert meta.members["Stays.paid"].kind == "measure"
    assert meta.members["Stays.paid"].title == "Stays of guests Amount paid"
    assert meta.members["Stays.latest_booking"].type == "time"
    assert meta.members["Guests.vip"].type == "boolean"
    assert not {"Stays.secret", "Stays.id"} & set(meta.members)
    assert set(meta.joined["Guests"]) == {"Stays", "Complaints", "Passports"}
    assert meta.joined["Loads"] == ()
    assert meta.version == (await layer.meta()).version


def asks(**fields: Any) -> CubeQuery:
    return CubeQuery.model_validate({"measures": ["Stays.count"], **fields})


def filtered(member: str, operator: str, *values: str) -> CubeQuery:
    return asks(filters=[{"member": member, "operator": operator, "values": values}])


REFUSED = {
    "an empty query": (CubeQuery(), "nothing"),
    "an unknown measure": (CubeQuery(measures=("Stays.nope",)), "Stays.nope"),
    "an unknown dimension": (asks(dimensions=["Nowhere.at_all"]), "Nowhere.at_all"),
    "a name that is SQL": (asks(dimensions=['Stays.state" FROM x; --']), "has no"),
    "a hidden measure": (CubeQuery(measures=("Stays.secret",)), "Stays.secret"),
    "a hidden key": (asks(dimensions=["Stays.id"]), "Stays.id"),
    "a measure as dimension": (asks(dimensions=["Stays.paid"]), "Stays.paid"),
    "a dimension as measure": (CubeQuery(measures=("Stays.state",)), "Stays.state"),
    "a string as time": (asks(timeDimensions=[{"dimension": "Stays.state", "granularity": "day"}]), "Stays.state"),
    "a member twice": (asks(dimensions=["Stays.state", "Stays.state"]), "twice"),
    "a filter without values": (filtered("Stays.state", "equals"), "no values"),
    "a filter on an unknown member": (filtered("Stays.nope", "set"), "Stays.nope"),
    "contains on a number": (filtered("Stays.nights_each", "contains", "1"), "contains"),
    "greater than a truth value": (filtered("Guests.vip", "gt", "true"), "gt"),
    "a number that is none": (filtered("Stays.nights_each", "equals", "1; drop"), "not a number"),
    "not a number": (filtered("Stays.paid_each", "equals", "NaN"), "not a number"),
    "a truth value that is none": (filtered("Guests.vip", "equals", "yes"), "not a boolean"),
    "a time that is none": (filtered("Stays.begins", "gt", "yesterday"), "not a time"),
    "a day that does not exist": (filtered("Stays.begins", "gt", "2021-02-29"), "not a time"),
    "NUL in a value": (filtered("Stays.state", "equals", "a\0b"), "not a string"),
    "half a letter in a value": (filtered("Stays.state", "equals", "\ud800"), "not a string"),
    "a fraction of a whole number": (filtered("Stays.nights_each", "equals", "1.5"), "refused"),
    "too many values": (filtered("Stays.nights_each", "equals", *map(str, range(20_001))), "values"),
    "a range that is no range": (
        asks(timeDimensions=[{"dimension": "Stays.begins", "dateRange": ["last week", "today"]}]),
        "two dates",
    ),
    "order by what is not asked for": (asks(order=[["Stays.paid", "asc"]]), "Stays.paid"),
    "a limit below zero": (asks(limit=-1), "limit"),
    "a limit above all": (asks(limit=50_001), "limit"),
    "cubes that nothing joins": (asks(dimensions=["Loads.at"]), ""),
    "cubes joined only through a third": (CubeQuery(measures=("Guests.count",), dimensions=("Rooms.kind",)), ""),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_the_layer_refuses(layer: SemanticLayer, name: str) -> None:
    query, why = REFUSED[name]
    with pytest.raises(StoreRejected) as refusal:
        await layer.load(query, timeout=SECONDS)
    assert why in refusal.value.detail
    assert refusal.value.store == "semantic"
    assert not any(word in refusal.value.detail for word in ("SELECT", "semantic_test", "127.0.0.1", "host="))


async def test_what_takes_longer_than_its_time_is_a_timeout(layer: SemanticLayer) -> None:
    await layer.meta()
    with pytest.raises(StoreTimeout):
        await layer.load(CubeQuery(measures=("Slow.count",)), timeout=0.5)


async def test_a_layer_that_serves_can_be_pinged(layer: SemanticLayer) -> None:
    await layer.ping()
