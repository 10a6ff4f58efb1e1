"""The dashboard asks metrics that the platform exposes, by labels that these have, and leaves none out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.test_alerts import OWN_OF_HISTOGRAMS, SERIES, labels
from tests.docs.test_links import ROOT

DASHBOARD = json.loads((ROOT / "deployments" / "grafana" / "ecp.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
TARGETS = [(panel["title"], target) for panel in PANELS for target in panel["targets"]]
FUNCTIONS = {"sum", "max", "rate", "increase", "histogram_quantile"}
OF_COUNTERS = re.compile(r"(?:rate|increase)\((\w+)")


def family(series: str) -> str:
    """A histogram's series are told by its name."""
    return next((series.removesuffix(own) for own in OWN_OF_HISTOGRAMS if series.endswith(own)), series)


@pytest.mark.parametrize(("title", "target"), TARGETS, ids=lambda one: one if isinstance(one, str) else "")
def test_a_panel_asks_what_there_is(title: str, target: dict[str, Any]) -> None:
    known, expression = labels(), target["expr"]
    assert [expression.count(one) for one in "([{"] == [expression.count(other) for other in ")]}"]
    asked = {name for name, _ in SERIES.findall(expression)}
    assert asked and asked <= known.keys(), title
    assert set(re.findall(r"\b([a-z_]+)\(", expression)) <= FUNCTIONS
    grouped = {label for by in re.findall(r"\bby \(([^)]*)\)", expression) for label in by.split(", ")}
    shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
    assert grouped <= set.intersection(*(known[name] for name in asked)) and shown == grouped - {"le"}
    growing = {name for name in asked if name.endswith(("_total", *OWN_OF_HISTOGRAMS))}
    assert set(OF_COUNTERS.findall(expression)) == growing, "what only grows is shown as a rate, and nothing else is"


def test_every_expression_can_be_read_by_prometheus_where_its_tool_is(tmp_path: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        return  # what can be told without it the test above tells
    asked = [target["expr"].replace("$__rate_interval", "5m") for _, target in TARGETS]
    rules = [{"record": f"r{number}", "expr": expression} for number, expression in enumerate(asked)]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    checked = subprocess.run([program, "check", "rules", tmp_path / "rules.yaml"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_metric_is_on_it() -> None:
    asked = {family(name) for _, target in TARGETS for name, _ in SERIES.findall(target["expr"])}
    assert asked == {family(name) for name in labels()}


def test_panels_stand_beside_each_other_and_none_on_another() -> None:
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in DASHBOARD["panels"]]
    ids = [p["id"] for p in DASHBOARD["panels"]]
    assert len(set(places)) == len(places) and len(set(ids)) == len(ids)
    assert all(p["datasource"]["uid"] == "${datasource}" for p in PANELS)
