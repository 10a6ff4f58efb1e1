"""A degraded answer says so."""

from __future__ import annotations

import pytest

from ecp.errors import StoreUnavailable
from tests.never.conftest import ASKED, FINANCE
from tests.support.desk import Desk, Failing, open_desk

NOWHERE = {
    "graph": {"neo4j_uri": "bolt://127.0.0.1:1"},
    "semantic": {"cube_url": "http://127.0.0.1:1"},
}


class Gone:
    """A store that answers nothing that it is asked."""

    def __init__(self, store: str) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        async def refuse(*arguments: object, **named: object) -> object:
            raise StoreUnavailable(self._store, f"{self._store} refused the connection")

        return refuse


@pytest.fixture(scope="module")
async def whole(desk):
    """The answer with every store there."""
    return (await desk.ask(ASKED, FINANCE)).resolution


def said(run) -> set[str]:
    return {d.component for d in run.resolution.degradations}


@pytest.mark.parametrize("store", NOWHERE)
async def test_without_a_store_the_answer_names_it_and_is_less_sure(enterprise, whole, store):
    async with open_desk(enterprise.settings, enterprise.words, **NOWHERE[store]) as desk:
        run = await desk.ask(ASKED, FINANCE)
    assert run.resolution.status == "complete" and said(run) == {store}
    assert run.resolution.confidence_score < whole.confidence_score
    assert {n.status for n in run.nodes} & {"failed", "skipped"}


async def test_without_vectors_the_answer_names_them_and_is_less_sure(enterprise, whole):
    async with open_desk(enterprise.settings, enterprise.words) as desk:
        run = await desk.having(vector=Gone("vector")).ask(ASKED, FINANCE)
    assert run.resolution.status == "complete" and "vector" in said(run)
    assert run.resolution.confidence_score < whole.confidence_score


@pytest.mark.parametrize("store", ["graph", "vector"])
async def test_a_store_that_is_missing_for_the_caveats_alone_is_named_too(enterprise, whole, store):
    """As in a rerun, whose searches are reused."""
    async with open_desk(enterprise.settings, enterprise.words) as desk:
        gone = StoreUnavailable(store, f"{store} refused the connection")
        failing = Failing(getattr(desk.stores, store), gone, "known_issues")
        run = await desk.having(**{store: failing}).ask(ASKED, FINANCE)
    assert run.resolution.status == "complete" and said(run) == {store}
    assert run.resolution.confidence_score < whole.confidence_score


async def test_without_graph_and_vectors_it_also_says_that_caveats_could_not_be_checked(enterprise, whole):
    async with open_desk(enterprise.settings, enterprise.words, **NOWHERE["graph"]) as desk:
        run = await desk.having(vector=Gone("vector")).ask(ASKED, FINANCE)
    assert said(run) == {"graph", "vector", "known_issues"}
    assert run.resolution.confidence_score < whole.confidence_score


async def test_a_question_that_is_not_complete_says_so_too(enterprise):
    async with open_desk(enterprise.settings, enterprise.words, **NOWHERE["graph"]) as desk:
        run = await desk.ask("What was revenue for LATAM last quarter?", FINANCE)
    assert run.resolution.status == "unresolved" and said(run) == {"graph"}


async def test_numbers_from_before_say_that_they_are(enterprise):
    """The layer goes away between two executions of one question by one asker."""
    async with open_desk(enterprise.settings, enterprise.words) as desk:
        first = await desk.ask(ASKED, FINANCE, execute=True)
        gone = desk.having(semantic=LayerGone(desk))
        run = await gone.ask(ASKED, FINANCE, execute=True)
    assert run.resolution.results.rows == first.resolution.results.rows
    assert said(run) == {"semantic"}


async def test_without_numbers_from_before_there_are_none(enterprise):
    async with open_desk(enterprise.settings, enterprise.words, **NOWHERE["semantic"]) as desk:
        run = await desk.ask(ASKED, FINANCE, execute=True)
    assert run.error is not None and run.error.status == 503
    assert run.resolution.results is None
    assert {d["component"] for d in run.error.extra["degradations"]} == {"semantic"}


class LayerGone(Gone):
    """The held semantics of a desk, of which only what is held still answers."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("semantic")
        self.last_known = desk.stores.semantic.last_known
        self.held_meta = desk.stores.semantic.held_meta
        self.held_version = desk.stores.semantic.held_version
