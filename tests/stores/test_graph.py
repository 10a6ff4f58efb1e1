"""What any graph store answers, on the engine that `--stores` gives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from neo4j.exceptions import ClientError

from ecp.domain.relations import Place
from ecp.errors import StoreError, StoreRejected
from ecp.settings import Settings
from ecp.stores import cypher
from ecp.stores.graph import Neo4jGraph
from ecp.stores.graph_content import graph_content
from ecp.stores.graph_publish import UNFINISHED_SECONDS, write_version
from tests.stores.graph_policy_fixtures import (
    HOSTILE,
    Remembering,
    another,
    documents,
    driver_for,
    emptied,
    graph_of,
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def graph(platform_settings: Settings) -> AsyncIterator[Neo4jGraph]:
    """Holds the small enterprise as version 1."""
    driver = driver_for(platform_settings)
    await emptied(driver)
    async with graph_of(driver) as made:
        await made.publish(documents(), "1")
        yield made


@pytest_asyncio.fixture
async def fresh(platform_settings: Settings, graph: Neo4jGraph) -> AsyncIterator[Neo4jGraph]:
    """An empty graph; afterwards version 1 is there again."""
    driver = driver_for(platform_settings)
    await emptied(driver)
    async with graph_of(driver) as made:
        yield made
        await emptied(driver)
    await graph.publish(documents(), "1")


async def found(graph: Neo4jGraph, phrase: str, department: str | None = None) -> list[tuple[str, str | None, bool]]:
    hits = await graph.find([phrase], department, "1")
    return [(hit.asset_id, hit.member, hit.used_by_department) for hit in hits]


async def test_a_name_is_found_by_its_normal_form(graph: Neo4jGraph) -> None:
    assert await found(graph, "gross yield") == [("gross_yield", None, False)]
    assert await found(graph, "gross") == []


def _potter(name: str) -> Place:
    return Place(entity="potter", instance=name)


async def test_what_is_linked_is_found_along_a_relation_and_against_it(graph: Neo4jGraph) -> None:
    ann, ben, cleo = map(_potter, ("ann", "ben", "cleo"))
    assert await graph.related([ben, cleo], "taught_by", "1", outgoing=True) == ((ben, ann), (cleo, ann), (cleo, ben))
    assert await graph.related([ann], "taught_by", "1", outgoing=False) == ((ann, ben), (ann, cleo))
    assert await graph.related([ann], "taught_by", "1", outgoing=True) == ()
    assert await graph.related([ann], "married_to", "1", outgoing=False) == ()
    assert await graph.related([_potter("nobody")], "taught_by", "1", outgoing=False) == ()


async def test_a_member_and_an_instance_are_found_with_what_they_belong_to(graph: Neo4jGraph) -> None:
    assert await found(graph, "terracotta") == [("clay", "red", False), ("potter", "ann", False)]


async def test_a_shared_word_leads_to_what_the_department_means(graph: Neo4jGraph) -> None:
    assert await found(graph, "yield", "KILN  room") == [("net_yield", None, True), ("yield", None, True)]
    assert await found(graph, "yield", "glaze") == [
        ("gross_yield", None, True),
        ("net_yield", None, False),
        ("yield", None, True),
    ]


async def test_a_shared_word_leads_anybody_else_to_what_everybody_means(graph: Neo4jGraph) -> None:
    for department in (None, "packing", "  "):
        assert ("planned_yield", None, False) in await found(graph, "yield", department)
        assert ("gross_yield", None, False) not in await found(graph, "yield", department)


async def test_phrases_are_answered_in_the_order_given(graph: Neo4jGraph) -> None:
    hits = await graph.find(["white clay", "nothing", "clay", "white clay"], None, "1")
    assert [(hit.phrase, hit.kind) for hit in hits] == [("white clay", "dimension"), ("clay", "dimension")]


async def test_no_phrases_are_no_question(graph: Neo4jGraph) -> None:
    assert await graph.find([], None, "1") == ()


async def test_caveats_are_those_of_the_metrics_and_of_everything(graph: Neo4jGraph) -> None:
    assert await graph.known_issues(["net_yield", "gross_yield", "net_yield"], "1") == ("tk_all", "tk_net")
    assert await graph.known_issues(["gross_yield"], "1") == ("tk_all",)
    assert await graph.known_issues([], "1") == ("tk_all",)


async def test_lineage_goes_upstream_hop_by_hop(graph: Neo4jGraph) -> None:
    near = await graph.lineage("net_yield", 1, "1")
    assert [node["id"] for node in near.nodes] == ["net_yield", "gross_yield", "store.firing.broken"]
    far = await graph.lineage("net_yield", 10, "1")
    assert [node["id"] for node in far.nodes] == [
        "net_yield",
        "gross_yield",
        "store.firing.broken",
        "Yield.gross",
        "kiln.log",
        "store.firing.pieces",
    ]
    assert {"source": "store.firing.pieces", "target": "Yield.gross", "transformation": "sum"} in far.edges
    assert far.nodes[4] == {"id": "kiln.log", "type": "source", "name": "Kiln log", "system": "Kiln"}


async def test_a_metric_is_fed_by_its_measure_though_no_document_says_so(graph: Neo4jGraph) -> None:
    lineage = await graph.lineage("gross_yield", 1, "1")
    assert lineage.edges == ({"source": "Yield.gross", "target": "gross_yield", "transformation": None},)


async def test_a_metric_of_unknown_origin_is_a_node_and_what_is_unknown_is_none(graph: Neo4jGraph) -> None:
    assert [node["id"] for node in (await graph.lineage("planned_yield", 3, "1")).nodes] == ["planned_yield"]
    assert (await graph.lineage("nothing", 3, "1")).nodes == ()


@pytest.mark.parametrize(("asked", "walked"), [(-5, 1), (0, 1), (3, 3), (10, 10), (10_000, 10)])
async def test_the_depth_is_kept_between_one_and_ten(fresh: Neo4jGraph, asked: int, walked: int) -> None:
    chain = [{"source": f"c.{n + 1}", "target": f"c.{n}"} for n in range(15)]
    await fresh.publish(documents({"kind": "lineage", "id": "chain", "edges": chain}), "1")
    assert len((await fresh.lineage("c.0", asked, "1")).nodes) == walked + 1


async def test_a_circle_ends(fresh: Neo4jGraph) -> None:
    circle = [
        {"source": "o.a", "target": "o.b"},
        {"source": "o.b", "target": "o.a"},
        {"source": "o.a", "target": "o.a"},
    ]
    await fresh.publish(documents({"kind": "lineage", "id": "circle", "edges": circle}), "1")
    lineage = await fresh.lineage("o.a", 10, "1")
    assert ([node["id"] for node in lineage.nodes], len(lineage.edges)) == (["o.a", "o.b"], 3)


async def test_ten_layers_of_ten_are_walked_without_counting_their_paths(fresh: Neo4jGraph) -> None:
    layers = [
        {"source": f"l{layer + 1}.{up}", "target": f"l{layer}.{down}"}
        for layer in range(10)
        for up in range(10)
        for down in range(10)
    ]
    await fresh.publish(documents({"kind": "lineage", "id": "layers", "edges": layers}), "1")
    lineage = await fresh.lineage("l0.0", 10, "1")
    assert (len(lineage.nodes), len(lineage.edges)) == (101, 910)


async def test_a_version_that_is_not_there_is_said_not_to_be(graph: Neo4jGraph) -> None:
    for asking in (
        graph.find(["yield"], None, "404"),
        graph.known_issues(["net_yield"], "404"),
        graph.lineage("net_yield", 2, "404"),
    ):
        with pytest.raises(StoreRejected):
            await asking


async def test_publishing_again_changes_nothing(fresh: Neo4jGraph) -> None:
    await fresh.publish(documents(), "1")
    before = await everything(fresh)
    await fresh.publish(documents(), "1")
    assert await everything(fresh) == before


async def test_versions_of_equal_content_share_it(fresh: Neo4jGraph) -> None:
    await fresh.publish(documents(), "1")
    before = await everything(fresh)
    for version in ("2", "3", "4"):
        await fresh.publish(documents(), version)
    assert await everything(fresh) == before + 3
    assert await fresh.find(["yield"], "glaze", "1") == await fresh.find(["yield"], "glaze", "4")


async def test_the_last_two_contents_are_kept(fresh: Neo4jGraph) -> None:
    for version in ("1", "2", "3"):
        await fresh.publish(documents(another(int(version))), version)
    with pytest.raises(StoreRejected):
        await fresh.find(["yield"], None, "1")
    assert [hit.asset_id for hit in await fresh.find(["metric 2", "metric 3"], None, "2")] == ["metric_2"]
    assert [hit.asset_id for hit in await fresh.find(["metric 2", "metric 3"], None, "3")] == ["metric_3"]
    two = await everything(fresh)
    await fresh.publish(documents(another(4)), "4")
    assert await everything(fresh) == two


async def test_a_registry_begun_anew_starts_again_at_one(fresh: Neo4jGraph) -> None:
    await fresh.publish(documents(), "7")
    await fresh.publish(documents(another(1)), "8")
    await fresh.publish(documents(another(2)), "1")
    assert [hit.asset_id for hit in await fresh.find(["metric 2"], None, "1")] == ["metric_2"]


async def test_a_version_published_with_other_content_has_it(fresh: Neo4jGraph) -> None:
    await fresh.publish(documents(), "1")
    await fresh.publish(documents(another(5)), "1")
    assert [hit.asset_id for hit in await fresh.find(["metric 5"], None, "1")] == ["metric_5"]


async def test_two_publish_at_once_one_after_the_other(fresh: Neo4jGraph) -> None:
    await asyncio.gather(*(fresh.publish(documents(another(n)), str(n)) for n in (1, 2)))
    assert [hit.asset_id for hit in await fresh.find(["metric 1", "metric 2"], None, "1")] == ["metric_1"]
    assert [hit.asset_id for hit in await fresh.find(["metric 1", "metric 2"], None, "2")] == ["metric_2"]


async def test_readers_see_a_version_whole_or_not_at_all(fresh: Neo4jGraph) -> None:
    await fresh.publish(documents(), "1")
    publishing = asyncio.create_task(fresh.publish(documents(another(2)), "2"))
    while not publishing.done():
        assert len(await fresh.find(["yield"], "glaze", "1")) == 3
        try:
            assert [hit.asset_id for hit in await fresh.find(["metric 2"], None, "2")] == ["metric_2"]
        except StoreRejected:
            await asyncio.sleep(0.02)
    await publishing


async def test_an_interrupted_publish_leaves_the_version_out_and_can_be_repeated(
    platform_settings: Settings, fresh: Neo4jGraph
) -> None:
    await fresh.publish(documents(), "1")
    async with graph_of(driver_for(platform_settings)) as hurried:
        hurried_away = Neo4jGraph(driver_for(platform_settings), timeout=1, publish_timeout=0.03)
        with pytest.raises(StoreError):
            await hurried_away.publish(documents(*(another(n) for n in range(300))), "2")
        await hurried_away.close()
        with pytest.raises(StoreRejected):
            await hurried.find(["yield"], None, "2")
    await fresh.publish(documents(*(another(n) for n in range(300))), "2")
    assert [hit.asset_id for hit in await fresh.find(["metric 299"], None, "2")] == ["metric_299"]


async def test_what_an_interrupted_publish_left_is_removed_once_it_is_given_up(
    platform_settings: Settings, fresh: Neo4jGraph
) -> None:
    await fresh.publish(documents(), "1")
    before = await everything(fresh)
    later = documents(*(another(n) for n in range(300)))
    driver = driver_for(platform_settings)
    async with driver.session(database="neo4j") as session:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await write_version(session, graph_content(later), "2", rows_at_once=1)
    left = await everything(fresh)
    assert left > before
    async with driver.session(database="neo4j") as session:
        await write_version(session, graph_content(documents()), "2")
        assert await everything(fresh) >= left
        await write_version(session, graph_content(documents()), "3", now=lambda: time.time() + 2 * UNFINISHED_SECONDS)
    await driver.close()
    assert await everything(fresh) == before + 2


async def test_more_rows_than_are_written_at_once_are_all_there(platform_settings: Settings, fresh: Neo4jGraph) -> None:
    many = documents(*(another(n) for n in range(40)))
    await fresh.publish(many, "1")
    whole = await everything(fresh)
    driver = driver_for(platform_settings)
    await emptied(driver)
    async with driver.session(database="neo4j") as session:
        await write_version(session, graph_content(many), "1", rows_at_once=7)
    await driver.close()
    assert await everything(fresh) == whole


async def test_whatever_callers_say_reaches_the_graph_as_a_parameter_only(
    platform_settings: Settings, graph: Neo4jGraph
) -> None:
    remembering = Remembering(driver_for(platform_settings))
    before = await everything(graph)
    async with graph_of(remembering) as asked:  # type: ignore[arg-type]
        for text in HOSTILE:
            assert await asked.find([text], text, "1") == ()
            assert await asked.known_issues([text], "1") == ("tk_all",)
            assert (await asked.lineage(text, 3, "1")).nodes == ()
            with pytest.raises(StoreRejected):
                await asked.find(["yield"], text, text)
    assert {statement for _, statement in remembering.asked} <= set(cypher.READS)
    assert {mode for mode, _ in remembering.asked} == {"READ"}
    assert await everything(graph) == before


async def test_text_that_is_no_text_is_refused(graph: Neo4jGraph) -> None:
    with pytest.raises(StoreRejected):
        await graph.lineage("\ud800", 3, "1")
    assert await found(graph, "clay") == [("clay", None, False)]


@pytest.mark.needs_servers
async def test_a_reading_session_cannot_write(platform_settings: Settings) -> None:
    """The embedded server does not guard it: there only the constants do."""
    async with driver_for(platform_settings) as driver, driver.session(default_access_mode="READ") as session:
        with pytest.raises(ClientError, match="AccessMode"):
            await (await session.run("CREATE (:Name {ref: 'x'})")).consume()


async def test_ping_answers(graph: Neo4jGraph) -> None:
    await graph.ping()


async def everything(graph: Neo4jGraph) -> int:
    async with graph._reading() as session:
        (row,) = await graph._rows(session, "MATCH (n) RETURN count(n) AS n")
    return int(row["n"])
