"""What is executed or shown is never wider than what was authorised."""

from __future__ import annotations

import json

import psycopg
import pytest

from api.deps import RequestInfo
from api.paging import Page
from api.problems import NotFound
from api.schemas import SearchRequest
from ecp.domain.assets import Access
from ecp.domain.question import Asker
from ecp.errors import AccessDenied
from tests.never.conftest import APAC_ONLY, ASKED, FINANCE, FINANCE_APAC, GUEST, INSIDER, PAY
from tests.support.desk import AmendedRegistry, service_of

REVENUE = (
    "select sum(net_amount) from halyard.fct_revenue_daily "
    "where day between '2025-10-01' and '2025-12-31' and country_code in (:codes)"
)


def true_total(enterprise, codes):
    words = enterprise.words
    named = ", ".join(f"'{words.text(code)}'" for code in codes)
    with psycopg.connect(enterprise.admin) as connection:
        return float(connection.execute(words.text(REVENUE).replace(":codes", named)).fetchone()[0])


@pytest.mark.parametrize("question", ["What was revenue last quarter?", "What was APAC and EMEA revenue last quarter?"])
async def test_a_wider_question_gets_what_the_asker_may_see_and_is_told(desk, enterprise, question):
    run = await desk.ask(question, APAC_ONLY, execute=True)
    ((figure,),) = run.resolution.results.rows
    assert figure == pytest.approx(true_total(enterprise, FINANCE_APAC))
    assert "authorization" in {w.source for w in run.resolution.warnings}


async def test_a_share_is_of_what_the_asker_may_see_and_says_so(desk, enterprise):
    run = await desk.ask("What share of revenue last quarter comes from Japan?", APAC_ONLY, execute=True)
    share = true_total(enterprise, ["JP"]) / true_total(enterprise, FINANCE_APAC) * 100
    assert run.resolution.results.computed["share_pct"] == pytest.approx(share, abs=0.01)
    assert "high" in {w.severity for w in run.resolution.warnings if w.source == "authorization"}


async def test_a_share_of_what_is_all_that_the_asker_may_see_is_denied(desk):
    run = await desk.ask("What share of revenue last quarter comes from APAC?", APAC_ONLY, execute=True)
    assert (run.resolution.status, run.resolution.results) == ("access_denied", None)
    assert any("the part" in reason for reason in run.resolution.authorization.reasons)


async def test_every_query_of_a_plan_carries_the_limit(desk):
    run = await desk.ask("What was revenue last quarter compared to budget?", APAC_ONLY)
    wanted = {desk.words.text(code) for code in FINANCE_APAC}
    for query in run.resolution.execution_plan.queries:
        assert any(set(f.get("values", ())) == wanted for f in query.cube.get("filters", ())), query
    assert len(run.resolution.execution_plan.queries) == 2


async def test_a_question_outside_of_the_limit_is_denied_and_shows_nothing(desk):
    run = await desk.ask("What was EMEA revenue last quarter?", APAC_ONLY, execute=True)
    answer = run.resolution
    assert (answer.status, answer.results, answer.execution_plan) == ("access_denied", None, None)
    assert answer.resolved_concepts.metrics == () and answer.authorization.reasons


async def test_what_is_denied_is_not_among_the_options(desk):
    closed = desk.words.text("gross_revenue")
    run = await closed_for_most(desk, closed).ask("What was revenue last quarter?", GUEST)
    offered = {m.id for o in run.resolution.options for m in o.resolved_concepts.metrics}
    assert run.resolution.status == "disambiguation_required"
    assert offered == {desk.words.text(m) for m in ("net_revenue", "annualised_run_rate")}
    assert closed not in json.dumps(run.resolution.model_dump(mode="json", include={"options", "unresolved"}))


async def test_what_is_denied_is_not_named_as_near(desk):
    insider, other = [await desk.ask("executive compensation LATAM", who) for who in (INSIDER, FINANCE)]
    near = [{n.id for u in run.resolution.unresolved for n in u.nearest} for run in (insider, other)]
    assert desk.words.text("executive_compensation") not in near[1]


async def test_what_is_denied_is_not_listed(desk):
    run = await desk.ask("What metrics are available?", FINANCE)
    listed = {m["id"] for m in run.resolution.answer["metrics"]}
    assert listed and desk.words.text("executive_compensation") not in listed


async def test_what_is_denied_is_not_executed(desk):
    run = await desk.ask(PAY, FINANCE, execute=True)
    assert (run.resolution.status, run.resolution.results) == ("access_denied", None)
    assert "execute_queries" not in {n.id for n in run.nodes}


async def test_a_parameter_that_would_widen_is_refused(desk):
    wider = {"dimension": desk.words.text("region"), "values": (desk.words.text("emea"),)}
    resolved = await desk.ask(ASKED, FINANCE)
    run = await desk.execute(resolved, filters=(wider,))
    assert run.error is not None and run.error.status == 422
    assert run.resolution.results is None


async def test_a_parameter_narrows_within_the_limit(desk, enterprise):
    japan = {"dimension": desk.words.text("country"), "values": (desk.words.text("japan"),)}
    run = await desk.execute(await desk.ask("What was revenue last quarter?", APAC_ONLY), filters=(japan,))
    assert run.resolution.results.rows[0][0] == pytest.approx(true_total(enterprise, ["JP"]))


def asked_by(desk, asker):
    return RequestInfo(request_id="never", asker=Asker.model_validate(desk.words.value(asker)))


async def test_what_is_denied_is_in_no_list_and_nothing_listed_refers_to_it(desk):
    closed = desk.words.text("gross_revenue")
    service = service_of(closed_for_most(desk, closed))
    metrics = await service.metrics(Page(500), asked_by(desk, GUEST))
    terms = await service.glossary(Page(500), asked_by(desk, GUEST))
    assert metrics.total == len(metrics.metrics) > 0
    assert closed not in {m["id"] for m in metrics.metrics}
    assert closed not in json.dumps([m["target_of"] for m in metrics.metrics])
    assert closed not in {m["metric"] for t in terms.terms for m in t["meanings"]}


async def test_what_is_denied_is_not_found_by_a_search(desk):
    closed = desk.words.text("gross_revenue")
    wanted = SearchRequest(query=desk.words.text("gross revenue"), limit=100)
    for searched, there in ((desk, True), (closed_for_most(desk, closed), False)):
        found = await service_of(searched).search(wanted, asked_by(desk, GUEST))
        assert (closed in {r["id"] for r in found.results}) is there
        assert found.total == len(found.results)


async def test_the_members_of_a_denied_dimension_are_not_found(desk):
    region, apac = desk.words.text("region"), desk.words.text("APAC")
    found = await service_of(closed_for_most(desk, region)).search(SearchRequest(query=apac), asked_by(desk, GUEST))
    assert region not in {r["of"] for r in found.results} | {r["id"] for r in found.results}


async def test_a_lineage_passes_through_nothing_that_is_denied(desk):
    """What only a denied metric is measured by is shown neither with it nor by itself."""
    closed, service = desk.words.text("executive_compensation"), service_of(desk)
    behind = (await service.lineage(closed, 1, Page(500), asked_by(desk, INSIDER))).nodes[1]["id"]
    with pytest.raises(AccessDenied):
        await service.lineage(closed, 8, Page(500), asked_by(desk, FINANCE))
    with pytest.raises(NotFound):
        await service.lineage(behind, 8, Page(500), asked_by(desk, FINANCE))


def closed_for_most(desk, metric):
    """A desk where this metric is for one role alone."""

    def close(asset):
        return asset.model_copy(update={"access": Access(roles=("nobody",))}) if asset.id == metric else asset

    return desk.having(registry=AmendedRegistry(desk.stores.registry, close))
