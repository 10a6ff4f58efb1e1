"""The demo's documented totals are what the semantic layer answers, and its questions speak of what it defines."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal

import pytest

from ecp.domain.assets import Dimension, Metric, TribalKnowledge
from ecp.domain.catalogue import Catalogue
from ecp.domain.semantic import CubeFilter, CubeQuery, TimeDimension
from ecp.evaluation import read_cases
from ecp.packs.loader import load_pack
from ecp.packs.warehouse import load_warehouse
from ecp.stores.semantic_sql import SqlSemanticLayer, warehouse_pool
from tests.packs.test_warehouse import ask, generate
from tests.support.vocabulary import DEMO

PAGE = DEMO.parents[1] / "docs" / "demo-enterprise.md"
START, END = "2019-10-01", "2019-12-31"
PACK = load_pack(DEMO)
CATALOGUE = Catalogue.of("1", PACK.assets)
METRICS = list(CATALOGUE.of_kind(Metric))
APAC = CATALOGUE.member("region", "apac").values


@pytest.fixture(scope="session")
def warehouse(new_database) -> str:
    dsn = new_database()
    generate(dsn, date(2019, 12, 31))
    return dsn


@pytest.fixture
async def layer(warehouse) -> AsyncIterator[SqlSemanticLayer]:
    pool = warehouse_pool(warehouse)
    await pool.open()
    yield SqlSemanticLayer(pool, PACK.cube)
    await pool.close()


def documented(metric: Metric) -> str:
    """The plain SQL that the page gives for a metric, filled in."""
    row = re.search(rf"^\| {metric.name}(?: \(.*?\))? \| `(.*?)` \|$", PAGE.read_text(), re.MULTILINE)
    assert row, f"{metric.name} is not documented"
    column = metric.time_dimension.split(".")[1]
    text = (
        row.group(1)
        .replace("date :end", f"date '{END}'")
        .replace("where …", f"where {column} between :start and :end and country_code in (…)")
    )
    codes = ", ".join(f"'{code}'" for code in APAC)
    return text.replace(":start", f"'{START}'").replace(":end", f"'{END}'").replace("(…)", f"({codes})")


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.id)
async def test_the_layer_answers_the_documented_total(metric, layer, warehouse):
    ((total,),) = ask(warehouse, documented(metric))
    start = END if metric.aggregation == "last" else START
    query = CubeQuery(
        measures=(metric.semantic_layer_ref,),
        filters=(CubeFilter(member="Countries.code", operator="equals", values=APAC),),
        time_dimensions=(TimeDimension(dimension=metric.time_dimension, date_range=(start, END)),),
    )
    ((answer,),) = (await layer.load(query, timeout=10)).rows
    assert abs(Decimal(answer) - Decimal(total)) <= Decimal("0.000001")


async def test_everything_the_pack_refers_to_is_in_the_model(layer):
    members = (await layer.meta()).members
    refs = {m.semantic_layer_ref for m in METRICS} | {m.time_dimension for m in METRICS}
    refs |= {ref for d in CATALOGUE.of_kind(Dimension) for ref in d.semantic_layer_refs}
    refs |= set(PACK.pack.data_version["measures"])
    assert refs <= set(members)


async def test_every_metric_can_be_cut_by_country(layer):
    meta = await layer.meta()
    assert all("Countries" in meta.joined[m.semantic_layer_ref.split(".")[0]] for m in METRICS)


async def test_the_data_version_changes_with_a_load(layer, warehouse):
    query = CubeQuery(measures=tuple(PACK.pack.data_version["measures"]))
    before = (await layer.load(query, timeout=10)).rows
    assert (await layer.load(query, timeout=10)).rows == before
    load_warehouse(
        PACK.warehouse, warehouse, seed="1", today=date(2019, 12, 31), reader=None, progress=lambda message: None
    )
    assert (await layer.load(query, timeout=10)).rows != before


def test_the_questions_expect_only_what_the_pack_defines():
    cases = read_cases(PACK.questions)
    assert len(cases) >= 25
    assert len({case.id for case in cases}) == len(cases)
    for case in cases:
        expected = case.expected
        assert all(CATALOGUE.get(metric, Metric) for metric in expected.get("metrics", ())), case.id
        assert all(CATALOGUE.get(d, Dimension) for d in expected.get("dimensions", ())), case.id
        assert all(CATALOGUE.get(w, TribalKnowledge) for w in expected.get("warnings", ())), case.id
        for condition in expected.get("filters", ()):
            known = [CATALOGUE.member(condition["dimension"], member) for member in condition["values"]]
            assert all(known), case.id
