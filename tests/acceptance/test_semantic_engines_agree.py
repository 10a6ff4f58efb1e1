"""What the pack measures, cut by whatever it may be cut by: the Cube server and our engine answer alike."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import is_cut_by
from ecp.domain.semantic import CubeQuery, TimeDimension
from ecp.errors import StoreRejected
from ecp.packs.loader import load_pack
from ecp.stores.semantic_cube import CubeSemanticLayer
from ecp.stores.semantic_sql import SqlSemanticLayer, warehouse_pool

pytestmark = pytest.mark.needs_servers
SECONDS = 30.0
WHOLE, BY_MONTH = ("2024-01-01", "2024-06-30"), ("2024-01-01", "2024-03-31")


@pytest.fixture
async def engines(enterprise):
    settings = enterprise.settings
    pool = warehouse_pool(settings.warehouse.get_secret_value())
    cube = CubeSemanticLayer(
        httpx.AsyncClient(), settings.cube_url, settings.cube_token.get_secret_value(), short_timeout=SECONDS
    )
    yield cube, SqlSemanticLayer(pool, settings.cube_model)
    await cube.close()
    await pool.close()


def queries(catalogue: Catalogue) -> list[CubeQuery]:
    """Each metric as a whole and by month, and by each dimension that it may be cut by."""
    found = []
    for metric in catalogue.of_kind(Metric):
        if metric.semantic_layer_ref is None or metric.time_dimension is None:
            continue
        within = TimeDimension(dimension=metric.time_dimension, date_range=WHOLE)
        monthly = TimeDimension(dimension=metric.time_dimension, granularity="month", date_range=BY_MONTH)
        measures = (metric.semantic_layer_ref,)
        found += [CubeQuery(measures=measures, time_dimensions=(time,)) for time in (within, monthly)]
        for dimension in catalogue.of_kind(Dimension):
            ref = next(iter(dimension.semantic_layer_refs), None)
            if ref and metric.dimensions is not None and is_cut_by(metric, dimension.id, catalogue):
                found.append(CubeQuery(measures=measures, dimensions=(ref,), time_dimensions=(within,)))
    return found


def comparable(rows):
    return sorted((tuple(map(rounded, row)) for row in rows), key=repr)


def rounded(value):
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return f"{Decimal(value):.6g}" if number else value


async def outcome(engine, query):
    try:
        return comparable((await engine.load(query, timeout=SECONDS)).rows)
    except StoreRejected:
        return "refused"


async def test_both_engines_give_the_same_rows(enterprise, engines):
    catalogue = Catalogue.of("1", load_pack(enterprise.pack).assets)
    asked = queries(catalogue)
    outcomes = [[await outcome(engine, query) for engine in engines] for query in asked]
    differing = [
        (query.measures, query.dimensions, query.time_dimensions, [o[:3] for o in both])
        for query, both in zip(asked, outcomes, strict=True)
        if both[0] != both[1]
    ]
    assert not differing, differing
    answered = {query.measures for query, both in zip(asked, outcomes, strict=True) if both[0] != "refused"}
    assert answered == {query.measures for query in asked}
