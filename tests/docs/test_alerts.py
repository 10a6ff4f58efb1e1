"""Alerts ask metrics that there are, by labels that these have, and each leads to what is to be done."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecp.errors import ECPError
from ecp.telemetry import metrics
from tests.docs.test_links import ROOT, anchors

FILE = ROOT / "deployments" / "prometheus" / "alerts.yaml"
RUNBOOK = ROOT / "docs" / "runbook.md"
SERIES = re.compile(r"\b(ecp_[a-z_]+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"([^\"]*)\"")
OWN_OF_HISTOGRAMS = ("_bucket", "_sum", "_count")
ALERTS = [rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]]


def labels() -> dict[str, set[str]]:
    """The labels of every series of ours, by its name."""
    found: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        for described in metric.describe() if hasattr(metric, "describe") and hasattr(metric, "_labelnames") else ():
            own = set(metric._labelnames)
            endings = {"histogram": OWN_OF_HISTOGRAMS, "counter": ("_total",)}.get(described.type, ("",))
            found |= {described.name + ending: own | ({"le"} if ending == "_bucket" else set()) for ending in endings}
    return found


def slugs(error: type[ECPError] = ECPError) -> set[str]:
    return {error.slug}.union(*(slugs(below) for below in error.__subclasses__()))


VALUES = {
    "type": slugs(),
    "store": set(metrics.COMPONENTS),
    "component": {*metrics.COMPONENTS, "api"},
    "decision": {"allow", "deny", "unavailable"},
    "outcome": {"delivered", "failed", "abandoned"},
    "flow": set(metrics.UPKEEP_KINDS),
    "kind": {kind for kinds in metrics.UPKEEP_KINDS.values() for kind in kinds},
}


def test_what_alerts_at_its_first_occurrence_is_counted_from_zero() -> None:
    shown = metrics.render().decode()
    growing = [a["expr"] for a in ALERTS if "increase(" in a["expr"]]
    first = [expression for expression in growing if " unless " not in expression]
    assert all(len(set(SERIES.findall(expression))) == 1 for expression in growing)
    assert len(first) == 6
    for expression in first:
        ((series, matchers),) = SERIES.findall(expression)
        lines = [line for line in shown.splitlines() if line.startswith(series + "{")]
        assert any(all(f'{k}="{v}"' in line for k, v in LABEL.findall(matchers)) for line in lines), expression


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_can_come(alert: dict[str, Any]) -> None:
    known = labels()
    expression = alert["expr"]
    assert [expression.count(one) for one in "([{"] == [expression.count(other) for other in ")]}"]
    grouped = set(re.findall(r"\bby \((\w+)\)", expression))
    for series, matchers in SERIES.findall(expression):
        assert series in known, series
        asked = dict(LABEL.findall(matchers))
        assert set(asked) | grouped <= known[series], (series, asked, grouped)
        for label, value in asked.items():
            assert set(value.split("|")) <= VALUES[label], (label, value)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_leads_to_what_is_to_be_done(alert: dict[str, Any]) -> None:
    place, _, anchor = alert["annotations"]["runbook"].partition("#")
    assert Path(ROOT / place) == RUNBOOK and anchor in anchors(RUNBOOK)
    assert f"[`{alert['alert']}`](#{anchor})" in RUNBOOK.read_text()


def test_every_entry_of_the_runbook_says_what_is_seen_why_what_to_do_and_when_it_worked() -> None:
    entries = re.split(r"^## ", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    wanted = ("**Seen.**", "**Why.**", "**Do.**", "**It worked when**")
    lacking = {e.splitlines()[0]: [w for w in wanted if w not in e] for e in entries if "**Seen.**" in e}
    assert {name: words for name, words in lacking.items() if words} == {}
    assert len(lacking) == len(entries) - 2, "the first look and the questions are told otherwise"
