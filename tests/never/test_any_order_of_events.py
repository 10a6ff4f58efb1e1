"""Whatever people ask, whatever breaks and comes back in between: what must never happen does not, after any step."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from ecp.errors import PolicyUnavailable, StoreUnavailable
from ecp.run import Run
from ecp.stores.policy_rego import RegoEngine
from tests.never.conftest import APAC_ONLY, FINANCE, FINANCE_APAC, GUEST, INSIDER
from tests.support.desk import Desk, digest_of, open_desk
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
ITS_OWN = {"resolution_id": True, "attempt": True, "provenance": {"dag", "flow_run_id", "flow_run_url"}}


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


class Enquiry(RuleBasedStateMachine):
    """People ask and execute while stores go, come back, and the policies are exchanged."""

    runner: asyncio.Runner
    enterprise: Enterprise
    audit: psycopg.Connection[Any]
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.whole, self.opened = self.runner.run(self._open())
        self.gone: set[str] = set()
        self.changed = False
        self.latest: tuple[Run, set[str], bool] | None = None
        self.complete: list[Run] = []
        self.answers: dict[str, Any] = {}

    async def _open(self) -> tuple[Desk, Any]:
        opened = open_desk(self.enterprise.settings, self.enterprise.words, down_memory_seconds=0.0)
        return await opened.__aenter__(), opened

    def teardown(self) -> None:
        self.runner.run(self.opened.__aexit__(None, None, None))

    @property
    def desk(self) -> Desk:
        gone: dict[str, Any] = {store: GoneLayer(store) if store == "semantic" else Gone(store) for store in self.gone}
        if self.changed and "policy" not in self.gone:
            gone["policy"] = RegoEngine(self.folder)
        return self.whole.having(**gone)

    @rule(question=st.sampled_from(QUESTIONS), asker=st.sampled_from(sorted(ASKERS)), execute=st.booleans())
    def resolve(self, question: str, asker: str, execute: bool) -> None:
        run = self.runner.run(self.desk.ask(question, ASKERS[asker], execute=execute))
        self.latest = (run, set(self.gone), self.changed)
        if run.error is None and run.resolution and run.resolution.status == "complete":
            self.complete.append(run)

    @precondition(lambda self: self.complete)
    @rule(data=st.data())
    def execute(self, data: st.DataObject) -> None:
        before = data.draw(st.sampled_from(self.complete))
        if before.resolution and before.resolution.execution_plan:
            self.latest = (self.runner.run(self.desk.execute(before)), set(self.gone), self.changed)

    @rule(store=st.sampled_from(BREAKABLE))
    def outage(self, store: str) -> None:
        self.gone.add(store)

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def recovery(self, data: st.DataObject) -> None:
        self.gone.discard(data.draw(st.sampled_from(sorted(self.gone))))

    @rule()
    def policies_exchanged(self) -> None:
        """For others than their version says."""
        self.changed = not self.changed

    @invariant()
    def nothing_wider_than_allowed_was_shown(self) -> None:
        run = self._answered()
        if run is None or run.question.asker.user_id != APAC_ONLY["user_id"] or not run.question.asker.attributes:
            return
        for query in run.resolution.execution_plan.queries if run.resolution.execution_plan else ():
            assert within_apac(query.cube, self) or not query.cube["measures"]

    @invariant()
    def nothing_that_was_not_understood_is_complete(self) -> None:
        run = self._answered()
        assert run is None or run.resolution.status != "complete" or run.resolution.unresolved == ()

    @invariant()
    def without_its_policies_nothing_is_allowed(self) -> None:
        if self.latest is None:
            return
        run, gone, changed = self.latest
        if "policy" in gone or changed:
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
        assert said <= {*self.latest[1], "known_issues"}
        assert not failed or said, f"{failed} in silence"

    @invariant()
    def the_same_question_has_the_same_answer(self) -> None:
        run = self._answered()
        if run is None or self.latest is None or run.before is not None:
            return
        asked = (run.question.model_dump_json(), sorted(self.latest[1]), run.registry_version)
        answer = run.resolution.model_dump(mode="json", exclude=ITS_OWN)
        assert self.answers.setdefault(str(asked), answer) == answer

    @invariant()
    def mentions_are_whole_words(self) -> None:
        run = self._answered()
        for filter_ in run.resolution.resolved_concepts.filters if run is not None else ():
            if filter_.mention and filter_.mention in run.question.text:
                assert re.search(rf"(?<!\w){re.escape(filter_.mention)}(?!\w)", run.question.text)

    def _answered(self) -> Run | None:
        if self.latest is None or self.latest[0].error is not None:
            return None
        return self.latest[0]


def within_apac(cube: Any, machine: Enquiry) -> bool:
    """Whether one filter keeps the query within the countries of the asker's region."""
    allowed = set(machine.enterprise.words.value(list(FINANCE_APAC)))
    return any(f["operator"] in ("equals", "in") and set(f["values"]) <= allowed for f in cube["filters"])


@pytest.mark.timeout(900)
def test_no_order_of_events_makes_it_happen(enterprise: Enterprise, tmp_path: Path, request: pytest.FixtureRequest):
    thorough = request.config.getoption("--faults") == "all"
    with asyncio.Runner() as runner, psycopg.connect(enterprise.registry, autocommit=True) as audit:
        known = {"runner": runner, "enterprise": enterprise, "audit": audit, "folder": tmp_path}
        machine = type("Enquiry", (Enquiry,), known)
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=60 if thorough else 8,
                stateful_step_count=20 if thorough else 8,
                deadline=None,
                derandomize=not thorough,
                suppress_health_check=list(HealthCheck),
            ),
        )
