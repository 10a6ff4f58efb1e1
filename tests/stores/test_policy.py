"""What any policy engine decides: in this process with `--stores=embedded`, by OPA with `--stores=server`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from ecp.domain.assets import Access
from ecp.domain.authorization import Decision, PolicyInput, RowFilter
from ecp.settings import Settings
from ecp.stores.policy_common import policies_folder, policy_digest
from ecp.stores.policy_opa import OpaEngine
from ecp.stores.policy_rego import RegoEngine
from ecp.stores.protocols import PolicyEngine
from tests.stores.graph_policy_fixtures import HOSTILE, asset, corpus, limit, question

CASES = corpus("policy")
LONG = 30.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def policy(platform_settings: Settings) -> AsyncIterator[PolicyEngine]:
    folder = policies_folder()
    url = platform_settings.opa_url
    engine: PolicyEngine = (
        OpaEngine(httpx.AsyncClient(), url, expected=policy_digest(folder)) if url else RegoEngine(folder)
    )
    yield engine
    await engine.close()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_a_case_of_the_corpus_is_decided_alike_everywhere(policy: PolicyEngine, case: dict[str, Any]) -> None:
    decision = await policy.decide(PolicyInput.model_validate(case["input"]), timeout=LONG)
    assert decision.model_dump(mode="json", exclude={"policy_version"}) == case["decision"]


async def decided(policy: PolicyEngine, *parts: Any, **asker: Any) -> Decision:
    return await policy.decide(question(*parts, **asker), timeout=LONG)


async def test_a_role_that_is_missing_denies_and_the_reason_names_asset_and_roles(policy: PolicyEngine) -> None:
    pay = asset("pay", name="Pay", access=Access(roles=("owner", "keeper")))
    decision = await decided(policy, pay, roles=("reader",))
    assert not decision.allowed
    assert decision.reasons == ("“Pay” is restricted to the roles: owner, keeper",)
    assert (await decided(policy, pay, roles=("reader", "keeper"))).allowed


async def test_an_anonymous_asker_sees_what_is_not_restricted(policy: PolicyEngine) -> None:
    restricted = asset("b", required=False, access=Access(departments=("blue",)))
    decision = await decided(policy, asset("a"), restricted)
    assert (decision.allowed, decision.denied, decision.reasons) == (True, ("b",), ())


async def test_every_list_of_an_access_must_contain_the_asker(policy: PolicyEngine) -> None:
    access = Access(departments=("blue",), roles=("reader",), attributes={"site": ("north",)})
    fits: dict[str, Any] = {"department": "blue", "roles": ("reader",), "attributes": {"site": ("north", "south")}}
    assert (await decided(policy, asset(access=access), **fits)).allowed
    for other in ({"department": "red"}, {"department": None}, {"roles": ()}, {"attributes": {}}):
        assert not (await decided(policy, asset(access=access), **{**fits, **other})).allowed


async def test_a_limit_filters_what_is_asked_for_and_says_so(policy: PolicyEngine) -> None:
    decision = await decided(policy, limit(allowed=("x", "y"), requested=("z", "y")))
    assert decision.row_filters == (RowFilter(dimension="d", values=("y",)),)
    assert len(decision.reasons) == 1 and "D" in decision.reasons[0]
    assert (await decided(policy, limit())).row_filters == (RowFilter(dimension="d", values=("x", "y")),)
    assert (await decided(policy, limit(requested=("x",)))).reasons == ()


async def test_what_lies_outside_every_limit_is_denied(policy: PolicyEngine) -> None:
    for outside in (limit(requested=("z",)), limit(allowed=()), limit(requested=()), limit(applicable=False)):
        decision = await decided(policy, asset(), outside)
        assert (decision.allowed, decision.row_filters, len(decision.reasons)) == (False, (), 1)


async def test_one_unmet_limit_of_two_denies_all(policy: PolicyEngine) -> None:
    decision = await decided(policy, limit(), limit(dimension="e", allowed=("p",), requested=("q",)))
    assert (decision.allowed, decision.row_filters) == (False, ())


async def test_values_keep_their_type(policy: PolicyEngine) -> None:
    values = (1, "1", True, 2.5, False, 10**17, -0.25)
    decision = await decided(policy, limit(allowed=values, requested=(True, 2.5, 1, -0.25, 10**17)))
    assert [(type(v), v) for v in decision.row_filters[0].values] == [
        (int, 1), (bool, True), (float, 2.5), (int, 10**17), (float, -0.25),
    ]  # fmt: skip


async def test_a_whole_float_is_the_integer(policy: PolicyEngine) -> None:
    assert (await decided(policy, limit(allowed=(1, 2.0), requested=(1.0, 2)))).row_filters[0].values == (1, 2)


@pytest.mark.parametrize("text", [text for text in HOSTILE if 0 < len(text) < 200])
async def test_no_text_changes_what_is_decided(policy: PolicyEngine, text: str) -> None:
    closed = asset(f"x{text}", name=text, access=Access(roles=(f"{text}!",), attributes={text: (text,)}))
    decision = await decided(policy, closed, limit(allowed=(text,)), roles=(text,), attributes={f"{text}!": (text,)})
    assert (decision.allowed, decision.denied) == (False, (f"x{text}",))
    opened = asset(name=text, access=Access(roles=(text,), attributes={text: (text,)}))
    decision = await decided(policy, opened, limit(allowed=(text,)), roles=(text,), attributes={text: (text,)})
    assert (decision.allowed, decision.row_filters[0].values) == (True, (text,))


async def test_an_optional_dimension_that_is_denied_is_masked(policy: PolicyEngine) -> None:
    hidden = asset("h", kind="dimension", required=False, access=Access(roles=()))
    assert (await decided(policy, asset(), hidden)).masked_columns == ("h",)


async def test_the_version_is_the_digest_of_the_policies(policy: PolicyEngine) -> None:
    digest = policy_digest(policies_folder())
    assert await policy.version() == digest
    assert (await decided(policy, asset())).policy_version == digest
    await policy.ping()


async def test_many_decide_at_once(policy: PolicyEngine) -> None:
    closed = asset(access=Access(departments=("blue",)))
    asked = [decided(policy, closed, department="blue" if n % 2 else "red") for n in range(60)]
    assert [d.allowed for d in await asyncio.gather(*asked)] == [bool(n % 2) for n in range(60)]
