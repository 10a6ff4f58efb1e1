"""A pack without a Cube model resolves and plans; there is nothing to execute."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Dimension, Metric
from ecp.domain.compose import NO_MODEL
from tests.acceptance.test_numbers import FINANCE
from tests.support.desk import AmendedRegistry, open_desk

ASKED = "What was APAC revenue last quarter?"


def unmodelled(asset):
    """The asset in cubes that the layer has never heard of."""
    if isinstance(asset, Metric):
        refs = {"semantic_layer_ref": asset.semantic_layer_ref, "time_dimension": asset.time_dimension}
        return asset.model_copy(update={name: f"Unknown{ref}" for name, ref in refs.items() if ref})
    if isinstance(asset, Dimension):
        refs = tuple(f"Unknown{ref}" for ref in asset.semantic_layer_refs)
        return asset.model_copy(update={"semantic_layer_refs": refs})
    return asset


@pytest.fixture(scope="module")
async def desk(enterprise):
    async with open_desk(enterprise.settings, enterprise.words) as desk:
        yield desk.having(registry=AmendedRegistry(desk.stores.registry, unmodelled))


async def test_it_is_answered_with_a_plan_and_says_that_nothing_can_be_executed(desk):
    answer = (await desk.ask(ASKED, FINANCE, execute=True)).resolution
    assert (answer.status, answer.results, answer.degradations) == ("complete", None, ())
    ((query,),) = (answer.execution_plan.queries,)
    assert all(name.startswith("Unknown") for name in query.cube["measures"])
    (warning,) = [w for w in answer.warnings if w.id == NO_MODEL]
    assert answer.resolved_concepts.metrics[0].name in warning.message
    assert answer.confidence_factors["plan"] < 1


async def test_executing_it_is_a_conflict_that_says_why(desk, rest):
    answer = (await desk.ask(ASKED, FINANCE)).resolution
    response = rest.post("execute", {"resolution_id": answer.resolution_id})
    assert response.status_code == 409 and "no model" in response.json()["detail"]


async def test_whoever_is_limited_is_limited_in_the_plan(desk):
    answer = (await desk.ask("What was revenue last quarter?", {**FINANCE, "allowed_regions": ["APAC"]})).resolution
    assert answer.status == "complete" and answer.authorization.row_filters
    assert all(query.cube["filters"] for query in answer.execution_plan.queries)
