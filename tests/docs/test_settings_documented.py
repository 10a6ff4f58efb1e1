"""The operator's tables are those of the code: settings with their defaults, metrics, log events."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic.fields import FieldInfo

from ecp.platform.origins import variable
from ecp.settings import Settings
from ecp.telemetry import logs, metrics

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| ([^|]+) \|$", re.MULTILINE)


def section(heading: str) -> str:
    _, _, rest = OPERATIONS.read_text().partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0]


def default_of(field: FieldInfo) -> str:
    return "–" if field.default is None else f"`{field.default}`"


def test_the_settings_table_lists_every_setting_in_order_with_its_default():
    wanted = [(variable(name), default_of(field)) for name, field in Settings.model_fields.items()]
    rows = ROW.findall(section("Settings"))
    assert [(name, default.strip()) for name, default, _ in rows] == wanted, "\n".join(
        f"| `{name}` | {default} | … |" for name, default in wanted
    )


def test_every_setting_is_explained():
    assert [name for name, _, meaning in ROW.findall(section("Settings")) if len(meaning.split()) < 3] == []


def test_every_metric_is_listed():
    known = {line.split()[2] for line in metrics.render().decode().splitlines() if line.startswith("# HELP ecp_")}
    assert set(re.findall(r"`(ecp_\w+)", section("Metrics"))) == known


def test_every_log_event_of_the_contract_is_listed():
    known = {value for name, value in vars(logs).items() if name.isupper() and isinstance(value, str)}
    known = {event for event in known if re.fullmatch(r"[a-z_]+", event)} | set(logs.BREAKER_EVENTS.values())
    assert known <= set(re.findall(r"`([a-z_]+)`", section("Logs")))
