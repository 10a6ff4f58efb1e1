"""A lineage tells nothing of what may not be seen."""

from __future__ import annotations

from ecp.domain.assets import Lineage, LineageEdge, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.lineage import hidden_nodes, visible_lineage

OPEN = Metric(id="open", name="Open", semantic_layer_ref="Cube.open")
CLOSED = Metric(id="closed", name="Closed", semantic_layer_ref="Cube.closed")


def edge(source: str, target: str) -> LineageEdge:
    return LineageEdge(source=source, target=target)


def catalogue(*documents: Lineage) -> Catalogue:
    return Catalogue.of("1", (OPEN, CLOSED, *documents))


TOLD = catalogue(
    Lineage(id="told", name="", edges=(edge("shared", "Cube.open"), edge("shared", "own"), edge("own", "Cube.closed")))
)


def test_what_feeds_a_denied_metric_alone_is_hidden_with_it():
    assert hidden_nodes(TOLD, {"closed"}) == {"closed", "Cube.closed", "own"}


def test_what_feeds_another_metric_too_is_not():
    assert "shared" not in hidden_nodes(TOLD, {"closed"})
    assert hidden_nodes(TOLD, {"open", "closed"}) >= {"shared", "own", "Cube.open"}


def test_nothing_denied_hides_nothing():
    assert hidden_nodes(TOLD, ()) == set()


def test_what_a_denied_document_alone_tells_is_hidden():
    secret = Lineage(id="secret", name="", edges=(edge("vault", "report"), edge("shared", "report")))
    found = hidden_nodes(catalogue(*TOLD.of_kind(Lineage), secret), {"secret"})
    assert found == {"secret", "vault", "report"}


def test_a_cycle_ends():
    around = catalogue(Lineage(id="told", name="", edges=(edge("a", "b"), edge("b", "a"), edge("b", "Cube.closed"))))
    assert hidden_nodes(around, {"closed"}) == {"closed", "Cube.closed", "a", "b"}


def test_what_leads_nowhere_without_a_hidden_node_goes_with_it():
    nodes = [{"id": i} for i in ("t", "a", "b", "c")]
    edges = [{"source": s, "target": t} for s, t in (("a", "t"), ("b", "t"), ("c", "a"))]
    seen, ways = visible_lineage("t", nodes, edges, {"a"})
    assert [n["id"] for n in seen] == ["t", "b"] and ways == [{"source": "b", "target": "t"}]
    assert visible_lineage("t", nodes, edges, {"t"}) == ([], [])
