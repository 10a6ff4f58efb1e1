"""Numbers are checked by the pack's rules, and by how lately their data were loaded, before anybody sees them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from ecp.domain.assets import DataContract, ValidationRule
from ecp.domain.freshness import newest
from ecp.errors import StoreUnavailable
from ecp.run import Clock
from ecp.telemetry import metrics
from tests.acceptance.test_numbers import FINANCE
from tests.support.desk import AmendedRegistry, Desk, open_desk

ASKED = "What was APAC revenue last quarter?"
TREND = "Trend of APAC revenue by month last quarter"


@pytest.fixture(scope="module")
async def desk(enterprise):
    async with open_desk(enterprise.settings, enterprise.words) as desk:
        yield desk


def knowing(desk: Desk, kind: type, id_: str, **changed) -> Desk:
    """The desk with one rule or contract of the pack changed."""
    name = desk.words.text(id_)

    def amend(asset):
        return asset.model_copy(update=changed) if isinstance(asset, kind) and asset.id == name else asset

    return desk.having(registry=AmendedRegistry(desk.stores.registry, amend))


def counted(rule: str) -> float:
    line = f'ecp_validation_failures_total{{rule="{rule}"}} '
    rows = metrics.render().decode().splitlines()
    return next((float(row.removeprefix(line)) for row in rows if row.startswith(line)), 0.0)


def impossible(desk: Desk, severity: str) -> Desk:
    return knowing(desk, ValidationRule, "vr_amounts_not_negative", rule="bounds", maximum=0, severity=severity)


def broken(answer, words):
    return [w for w in answer.warnings if w.id == words.text("vr_amounts_not_negative")]


async def test_a_rule_of_the_severity_warning_warns_and_shows_the_number(desk):
    before = counted(desk.words.text("vr_amounts_not_negative"))
    run = await impossible(desk, "warning").ask(ASKED, FINANCE, execute=True)
    assert run.resolution.results.rows
    assert counted(desk.words.text("vr_amounts_not_negative")) == before + 1
    (warning,) = broken(run.resolution, desk.words)
    assert (warning.source, warning.severity) == ("validation", "medium")
    assert run.resolution.confidence_factors["validation"] == 0.85


@pytest.mark.parametrize("question", [ASKED, TREND, "APAC revenue last quarter compared to budget"])
async def test_a_rule_of_the_severity_error_withholds_the_numbers_wherever_they_could_be_read(desk, question):
    whole = await desk.ask(question, FINANCE, execute=True)
    numbers = {str(c) for row in whole.resolution.results.rows for c in row if isinstance(c, int | float)}
    numbers |= {str(v) for v in whole.resolution.results.computed.values()}
    run = await impossible(desk, "error").ask(question, FINANCE, execute=True)
    assert run.resolution.status == "complete" and run.resolution.resolved_concepts.metrics
    assert (run.resolution.results.rows, run.resolution.results.computed) == ((), {})
    (warning,) = broken(run.resolution, desk.words)
    assert warning.severity == "critical" and "withheld" in warning.message
    stored = await desk.stores.registry.resolution(run.resolution_id)
    for shown in (json.dumps(stored.body), run.report):
        assert not [n for n in numbers if n in shown]
    assert run.resolution.confidence_level == "low"


async def test_what_broke_a_rule_is_told_in_the_validation(desk):
    run = await impossible(desk, "error").ask(ASKED, FINANCE, execute=True)
    checks = {v.rule: v for v in run.resolution.results.validation}
    assert not checks[desk.words.text("vr_amounts_not_negative")].passed
    assert checks[desk.words.text("vr_dates")].passed


async def test_data_of_the_demo_pass_its_own_rules(desk):
    for question in (ASKED, TREND, "headcount by country at the end of June 2025"):
        run = await desk.ask(question, FINANCE, execute=True)
        assert all(v.passed for v in run.resolution.results.validation), question
        assert run.resolution.results.rows


def later(hours: float) -> Clock:
    return Clock(now=lambda: datetime.now(UTC) + timedelta(hours=hours))


def late(run):
    return [(w.id, w.severity) for w in run.resolution.warnings if w.source == "freshness"]


@pytest.mark.parametrize(("question", "contract", "hours"), [
    ("ARR", "dc_recurring", 6),
    ("headcount in Germany", "dc_headcount", 12),
    ("APAC revenue this year", "dc_revenue", 24),
    ("operating cost this year", "dc_cost", 48),
])  # fmt: skip
async def test_a_contract_whose_time_is_over_is_warned_of(desk, question, contract, hours):
    assert late(await desk.ask(question, FINANCE, clock=later(0))) == []
    assert late(await desk.ask(question, FINANCE, clock=later(hours - 5))) == []
    (found,) = late(await desk.ask(question, FINANCE, clock=later(hours + 0.1)))
    assert found[0] == desk.words.text(contract)


async def test_a_late_load_is_warned_of_when_executing_as_well(desk):
    run = await desk.ask("ARR", FINANCE, execute=True, clock=later(30))
    (warning,) = [w for w in run.resolution.warnings if w.source == "freshness"]
    assert warning.impact and warning.workaround and "hours ago" in warning.message
    assert run.resolution.results.rows
    assert run.resolution.confidence_factors["caveats"] < 1


async def test_what_had_ended_long_before_the_load_is_hardly_touched(desk):
    assert late(await desk.ask("APAC revenue for Q4 2024", FINANCE, clock=later(100))) == [
        (desk.words.text("dc_revenue"), "low")
    ]


async def test_a_contract_that_cannot_be_checked_is_said_and_costs_no_answer(desk):
    unknown = knowing(desk, DataContract, "dc_revenue", freshness_ref="Nowhere.loaded_at")
    run = await unknown.ask(ASKED, FINANCE, execute=True)
    assert run.resolution.results.rows and not run.degradations
    assert late(run) == [(desk.words.text("dc_revenue"), "low")]


class Mute:
    """The semantic layer, that does not answer one query."""

    def __init__(self, layer, query) -> None:
        self._layer, self._query = layer, query

    def __getattr__(self, name):
        return getattr(self._layer, name)

    def held_version(self, query):
        return None if query == self._query else self._layer.held_version(query)

    async def data_version(self, query, *, timeout):
        if query == self._query:
            raise StoreUnavailable("semantic", "nobody answers")
        return await self._layer.data_version(query, timeout=timeout)


async def test_a_layer_that_does_not_answer_how_fresh_the_data_are_is_done_without_and_named(desk):
    contract = (await desk.stores.registry.catalogue()).get(desk.words.text("dc_revenue"), DataContract)
    whole = (await desk.ask(ASKED, FINANCE)).resolution
    run = await desk.having(semantic=Mute(desk.stores.semantic, newest(contract.freshness_ref))).ask(ASKED, FINANCE)
    assert (run.resolution.status, [d.component for d in run.degradations]) == ("complete", ["semantic"])
    assert run.resolution.confidence_score < whole.confidence_score
    assert [n.status for n in run.nodes if n.id == "build_execution_plan"] == ["failed"]


async def test_the_lineage_of_an_answer_can_be_asked_for(desk, rest):
    run = await desk.ask(ASKED, FINANCE)
    target = run.resolution.provenance.lineage_ref
    found = rest.client.get("/api/v1/lineage", params={"target": target}).json()
    assert target == run.resolution.resolved_concepts.metrics[0].id == found["target"] and found["edges"]
