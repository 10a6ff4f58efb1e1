"""Whatever people ask, whatever breaks and comes back in between: what must never happen does not, after any step."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from api.deps import RequestInfo
from api.schemas import Correction, FeedbackRequest
from ecp.domain.authorization import Decision, RowFilter
from ecp.errors import ECPError, PolicyUnavailable, StoreUnavailable
from ecp.run import Run
from ecp.stores.policy_rego import RegoEngine
from tests.never.conftest import APAC_ONLY, FINANCE, FINANCE_APAC, GUEST, INSIDER
from tests.support.desk import Desk, digest_of, open_desk, service_of
from tests.support.enterprise import Enterprise

ASKERS: dict[str, dict[str, Any]] = {"finance": FINANCE, "guest": GUEST, "insider": INSIDER, "apac only": APAC_ONLY}
QUESTIONS = (
    "What was APAC revenue last quarter?",
    "Gross revenue by country last quarter",
    "What was revenue for LATAM and Antarctica last quarter?",
    "What was executive compensation in FY2025?",
    "What is the definition of ARR?",
    "Which metrics are there?",
)
BREAKABLE = ("vector", "graph", "semantic", "policy")
ITS_OWN = {
    "resolution_id": True,
    "attempt": True,
    "provenance": {"dag", "flow_run_id", "flow_run_url"},
    "results": {"as_of_data"},  # when Cube last looked, which goes on while nothing changes
}


class Gone:
    """A store that refuses everything."""

    def __init__(self, store: str) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        async def refuse(*arguments: object, **named: object) -> object:
            raise StoreUnavailable(self._store, f"{self._store} refused the connection")

        return refuse


class GoneLayer(Gone):
    """Nothing is held of it either."""

    def held_meta(self) -> None:
        return None

    def held_version(self, query: object) -> None:
        return None

    def last_known(self, key: str) -> None:
        return None


class Stricter:
    """The policy engine, of a policy that allows nothing outside of one country; keeps what it decided last."""

    def __init__(self, policy: Any, filter_: RowFilter) -> None:
        self._policy = policy
        self._filter = filter_

    async def decide(self, question: Any, *, timeout: float) -> Decision:
        decision: Decision = await self._policy.decide(question, timeout=timeout)
        return decision.model_copy(update={"row_filters": (self._filter,)})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._policy, name)


@dataclass(frozen=True)
class Answered:
    """A run after its end, and under what it came about."""

    run: Run
    gone: frozenset[str]
    policies: str


class Enquiry(RuleBasedStateMachine):
    """People ask, execute, ask for reruns and correct while stores go, come back, and the policies are exchanged."""

    runner: asyncio.Runner
    enterprise: Enterprise
    audit: psycopg.Connection[Any]
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.whole, self.opened = self.runner.run(self._open())
        self.gone: set[str] = set()
        self.policies = "own"
        self.latest: Answered | None = None
        self.complete: list[Run] = []
        self.asked: dict[str, tuple[str, str]] = {}
        self.answers: dict[str, Any] = {}

    async def _open(self) -> tuple[Desk, Any]:
        opened = open_desk(self.enterprise.settings, self.enterprise.words, breaker_failures=1000)
        desk = await opened.__aenter__()
        await desk.stores.embedder.embed(["what is loaded when it is first asked for is there"])
        return desk, opened

    def teardown(self) -> None:
        self.runner.run(self.opened.__aexit__(None, None, None))

    @property
    def desk(self) -> Desk:
        others: dict[str, Any] = {s: GoneLayer(s) if s == "semantic" else Gone(s) for s in self.gone}
        if "policy" not in self.gone and self.policies == "unknown":
            others["policy"] = RegoEngine(self.folder)
        if "policy" not in self.gone and self.policies == "stricter":
            others["policy"] = Stricter(self.whole.stores.policy, self._one_country())
        return self.whole.having(**others)

    @rule(question=st.sampled_from(QUESTIONS), asker=st.sampled_from(sorted(ASKERS)), execute=st.booleans())
    def resolve(self, question: str, asker: str, execute: bool) -> None:
        self._ended(self.desk.ask(question, ASKERS[asker], execute=execute))
        assert self.latest is not None
        self.asked[self.latest.run.resolution_id] = (question, asker)

    @precondition(lambda self: self.complete)
    @rule(which=st.integers(0, 9))
    def execute(self, which: int) -> None:
        before = self._earlier(which)
        if before.resolution and before.resolution.execution_plan:
            self._ended(self.desk.execute(before))

    @precondition(lambda self: self.complete)
    @rule(which=st.integers(0, 9))
    def rerun(self, which: int) -> None:
        self._ended(self.desk.rerun(self._earlier(which), force=True))

    @precondition(lambda self: self.complete)
    @rule(which=st.integers(0, 9), verdict=st.sampled_from(("accepted", "corrected")))
    def feedback(self, which: int, verdict: str) -> None:
        """What is said and not approved changes no answer, so the question is asked again at once."""
        before = self._earlier(which)
        self.runner.run(self._said(before, verdict))
        question, asker = self.asked[before.resolution_id]
        self.resolve(question, asker, before.question.execute)

    @rule(store=st.sampled_from(BREAKABLE))
    def outage(self, store: str) -> None:
        self.gone.add(store)

    @precondition(lambda self: self.gone)
    @rule(which=st.integers(0, 9))
    def recovery(self, which: int) -> None:
        self.gone.discard(sorted(self.gone)[which % len(self.gone)])

    @rule(policies=st.sampled_from(("own", "stricter", "unknown")))
    def policies_exchanged(self, policies: str) -> None:
        """Unknown are those that are not the version they say they are."""
        self.policies = policies

    @invariant()
    def nothing_wider_than_allowed_was_shown(self) -> None:
        run = self._answered()
        if run is None or run.question.asker.user_id != APAC_ONLY["user_id"] or not run.question.asker.attributes:
            return
        for query in run.resolution.execution_plan.queries if run.resolution.execution_plan else ():
            assert within_apac(query.cube, self) or not query.cube["measures"]

    @invariant()
    def no_old_authorisation_was_trusted(self) -> None:
        """Under stricter policies plan and numbers are theirs, also where wider ones came about before."""
        run = self._answered()
        if run is None or self.latest is None or not self.latest.policies == self.policies == "stricter":
            return
        only = self._one_country()
        if plan := run.resolution.execution_plan:
            applied = run.resolution.authorization.row_filters
            assert [(f.dimension, f.values) for f in applied] == [(only.dimension, only.values)]
            assert all(within(query.cube, set(only.values)) for query in plan.queries)
        if run.attempt > 1 and run.resolution.results is not None and not self.gone:
            fresh = self.runner.run(self.desk.execute(run))
            assert fresh.resolution and fresh.resolution.results
            assert fresh.resolution.results.rows == run.resolution.results.rows

    @invariant()
    def nothing_that_was_not_understood_is_complete(self) -> None:
        run = self._answered()
        assert run is None or run.resolution.status != "complete" or run.resolution.unresolved == ()

    @invariant()
    def without_its_policies_nothing_is_allowed(self) -> None:
        if self.latest is None:
            return
        run = self.latest.run
        if "policy" in self.latest.gone or self.latest.policies == "unknown":
            assert isinstance(run.error, PolicyUnavailable)
            assert run.resolution.results is run.resolution.execution_plan is run.resolution.answer is None
            assert run.resolution.options == run.resolution.unresolved == run.resolution.resolved_concepts.metrics == ()

    @invariant()
    def an_answer_is_on_the_record(self) -> None:
        run = self._answered()
        if run is not None:
            query = "select answer_digest from audit where resolution_id = %s and attempt = %s"
            kept = self.audit.execute(query, (run.resolution_id, run.attempt)).fetchall()
            assert kept == [(digest_of(run),)]

    @invariant()
    def what_was_missing_is_said(self) -> None:
        run = self._answered()
        if run is None or self.latest is None:
            return
        said = {d.component for d in run.resolution.degradations}
        failed = {n.id for n in run.nodes if n.status in ("failed", "skipped")}
        assert said <= {*self.latest.gone, "known_issues"}
        assert not failed or said, f"{failed} in silence"

    @invariant()
    def the_same_question_has_the_same_answer(self) -> None:
        run = self._answered()
        if run is None or self.latest is None or run.attempt > 1:
            return
        under = (sorted(self.latest.gone), self.latest.policies, run.registry_version)
        asked = (run.question.model_dump_json(), *under)
        answer = run.resolution.model_dump(mode="json", exclude=ITS_OWN)
        assert self.answers.setdefault(str(asked), answer) == answer

    @invariant()
    def mentions_are_whole_words(self) -> None:
        run = self._answered()
        for filter_ in run.resolution.resolved_concepts.filters if run is not None else ():
            if filter_.mention and filter_.mention in run.question.text:
                assert re.search(rf"(?<!\w){re.escape(filter_.mention)}(?!\w)", run.question.text)

    def _answered(self) -> Run | None:
        return self.latest.run if self.latest is not None and self.latest.run.error is None else None

    def _ended(self, work: Coroutine[Any, Any, Run]) -> None:
        run = self.runner.run(work)
        self.latest = Answered(run, frozenset(self.gone), self.policies)
        if run.error is None and run.resolution and run.resolution.status == "complete":
            self.complete.append(run)

    def _earlier(self, which: int) -> Run:
        return self.complete[which % len(self.complete)]

    def _one_country(self) -> RowFilter:
        words = self.enterprise.words
        return RowFilter(dimension=words.text("country"), values=(words.text(FINANCE_APAC[0]),))

    async def _said(self, run: Run, verdict: str) -> None:
        """A correction is to another metric; who may say it is decided anew, so it may be refused."""
        other = Correction(metrics=(self.enterprise.words.text("gross_revenue"),)) if verdict == "corrected" else None
        sent = FeedbackRequest(resolution_id=run.resolution_id, verdict=verdict, correction=other)  # type: ignore[arg-type]
        with suppress(ECPError):
            await service_of(self.desk).give_feedback(sent, RequestInfo(request_id="feedback"))


def within_apac(cube: Any, machine: Enquiry) -> bool:
    """Whether one filter keeps the query within the countries of the asker's region."""
    return within(cube, set(machine.enterprise.words.value(list(FINANCE_APAC))))


def within(cube: Any, allowed: set[Any]) -> bool:
    return any(f["operator"] in ("equals", "in") and set(f["values"]) <= allowed for f in cube["filters"])


@pytest.fixture
def machine(enterprise: Enterprise, tmp_path: Path) -> Iterator[type[Enquiry]]:
    with asyncio.Runner() as runner, psycopg.connect(enterprise.registry, autocommit=True) as audit:
        known = {"runner": runner, "enterprise": enterprise, "audit": audit, "folder": tmp_path}
        yield type("Enquiry", (Enquiry,), known)


@pytest.mark.timeout(900)
def test_no_order_of_events_makes_it_happen(machine: type[Enquiry], request: pytest.FixtureRequest):
    thorough = request.config.getoption("--faults") == "all"
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60 if thorough else 8,
            stateful_step_count=20 if thorough else 8,
            deadline=None,
            derandomize=not thorough,
            phases=tuple(Phase) if thorough else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


ASKED, PAY = QUESTIONS[0], QUESTIONS[3]
ORDERS: dict[str, list[tuple[Any, ...]]] = {
    "policies that are exchanged back": [
        ("resolve", ASKED, "apac only", True),
        ("policies_exchanged", "stricter"),
        ("rerun", 0),
        ("policies_exchanged", "own"),
    ],
    "an outage of the layer and its end": [
        ("resolve", ASKED, "apac only", True),
        ("outage", "semantic"),
        ("recovery", 0),
        ("resolve", ASKED, "apac only", True),
    ],
    "a rerun under stricter policies": [  # of what had to do without a store: nothing else is used again
        ("outage", "graph"),
        ("resolve", ASKED, "finance", True),
        ("recovery", 0),
        ("policies_exchanged", "stricter"),
        ("rerun", 0),
    ],
    "an execution under stricter policies": [
        ("resolve", ASKED, "apac only", False),
        ("policies_exchanged", "stricter"),
        ("execute", 0),
    ],
    "a correction that nobody approved": [("resolve", ASKED, "finance", False), ("feedback", 0, "corrected")],
    "an outage and its end": [
        ("outage", "graph"),
        ("resolve", ASKED, "finance", False),
        ("recovery", 0),
        ("resolve", ASKED, "finance", False),
        ("rerun", 0),
    ],
    "policies that are not what they say": [
        ("resolve", PAY, "insider", True),
        ("policies_exchanged", "unknown"),
        ("rerun", 0),
    ],
}


@pytest.mark.parametrize("order", ORDERS)
def test_these_orders_do_not_make_it_happen_either(machine: type[Enquiry], order: str):
    enquiry = machine()
    try:
        for step, *given in ORDERS[order]:
            getattr(enquiry, step)(*given)
            for known in enquiry.invariants:
                known.function(enquiry)
        assert enquiry.latest is not None
    finally:
        enquiry.teardown()
