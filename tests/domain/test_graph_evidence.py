"""What the graph knows of departments settles what a word alone leaves open."""

from __future__ import annotations

from ecp.domain.assets import Metric, Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import read_intent
from ecp.domain.matching import look_up
from ecp.domain.periods import Periods
from ecp.domain.reader import read
from ecp.domain.selection import Evidence, Selection, select

ASSETS = (
    Metric(id="a", name="Alpha count"),
    Metric(id="b", name="Beta count"),
    Term.model_validate({"id": "t", "name": "Count", "metrics": [{"metric": "a"}, {"metric": "b"}]}),
)


def selected(evidence: Evidence) -> Selection:
    catalogue = Catalogue.of("1", ASSETS)
    intent = read_intent("the count")
    reading = read(intent, look_up(intent, catalogue, is_word=lambda _: False), catalogue)
    return select(reading, Periods(), catalogue, "blue", evidence)


def test_the_one_metric_the_department_uses_is_meant() -> None:
    assert [m.id for m in selected(Evidence(graph={"a": False, "b": True})).concepts.metrics] == ["b"]


def test_without_the_graph_or_with_two_in_use_it_is_asked_back() -> None:
    for graph in (None, {}, {"a": True, "b": True}):
        assert {o.resolved_concepts.metrics[0].id for o in selected(Evidence(graph=graph)).options} == {"a", "b"}
