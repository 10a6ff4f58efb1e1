"""Drift is told of what is not as the packs say, and of nothing that could not be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ecp.domain.assets import DataContract, Dimension, Lineage, LineageEdge, LineageNode, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.drift import missing_columns, missing_members, past_freshness
from ecp.domain.semantic import SemanticMember, SemanticMeta

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)


def meta(*names: str) -> SemanticMeta:
    members = {name: SemanticMember(name=name, kind="measure", type="number") for name in names}
    return SemanticMeta(members=members, joined={}, version="1")


def catalogue(*assets) -> Catalogue:
    return Catalogue.of("1", assets)


def test_a_metric_the_layer_no_longer_has_is_found_by_what_it_refers_to():
    known = Metric(id="kept", name="Kept", semantic_layer_ref="Things.kept", time_dimension="Things.day")
    lost = Metric(id="lost", name="Lost", semantic_layer_ref="Things.lost")
    told = Metric(id="told", name="Told of only")
    plant = Dimension(id="plant", name="Plant", semantic_layer_refs=("Things.plant", "Others.plant"))
    there = meta("Things.kept", "Things.day", "Things.plant")
    found = list(missing_members(catalogue(known, lost, told, plant), there))
    assert [(f.asset, f.subject) for f in found] == [("lost", "Things.lost"), ("plant", "Others.plant")]


def test_a_contract_is_past_its_freshness_by_the_hour_and_when_nothing_was_loaded():
    contracts = [
        DataContract(id="kept", freshness_hours=24, freshness_ref="A.at"),
        DataContract(id="broken", freshness_hours=24, freshness_ref="B.at"),
        DataContract(id="empty", freshness_hours=24, freshness_ref="C.at"),
        DataContract(id="unseen", freshness_hours=24, freshness_ref="D.at"),
        DataContract(id="without_a_mark", freshness_hours=24),
    ]
    marks = {"A.at": NOW - timedelta(hours=23), "B.at": NOW - timedelta(hours=25), "C.at": None}
    found = list(past_freshness(contracts, marks, NOW))
    assert [f.asset for f in found] == ["broken", "empty"]
    assert "25.0 hours ago" in found[0].detail and "nothing was ever loaded" in found[1].detail


def test_a_column_is_missing_only_in_a_schema_that_the_warehouse_has():
    nodes = [
        LineageNode(id="dw.facts.there", type="column"),
        LineageNode(id="dw.facts.gone", type="column"),
        LineageNode(id="elsewhere.raw.column", type="column"),
        LineageNode(id="dw.facts.told", type="source"),
    ]
    edges = (LineageEdge(source="dw.facts.there", target="dw.facts.gone"),)
    lineage = Lineage(id="l", nodes=tuple(nodes), edges=edges)
    found = list(missing_columns(catalogue(lineage), {"dw.facts.there"}))
    assert [(f.asset, f.subject) for f in found] == [("l", "dw.facts.gone")]
