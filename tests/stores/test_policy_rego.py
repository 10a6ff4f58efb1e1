"""The policies in this process: threads, versions, and policies that are no good."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ecp.domain.assets import Access
from ecp.domain.authorization import AssetForPolicy, PolicyAsker, PolicyInput
from ecp.errors import StoreError, StoreMalformed, StoreTimeout, StoreUnavailable
from ecp.stores.policy_common import (
    agreeing,
    decision_of,
    parsed,
    policies_folder,
    policy_digest,
    record_version,
    recorded_version,
)
from ecp.stores.policy_rego import RegoEngine
from tests.stores.graph_policy_fixtures import asset, question

Edit = Callable[[Path], object]
ROOT = Path(__file__).parents[2]
DECIDING = """
import asyncio, importlib, sys
from pathlib import Path
importlib.import_module(sys.argv[1])
from ecp.stores import embeddings, graph
from ecp.stores.policy_common import policies_folder
from ecp.stores.policy_rego import RegoEngine
from tests.stores.graph_policy_fixtures import asset, limit, question

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

async def decide(engine, times):
    for _ in range(times):
        await engine.decide(question(asset(), limit()), timeout=60)

engine = RegoEngine(policies_folder())
asyncio.run(decide(engine, 200))
before = resident()
asyncio.run(decide(engine, 800))
print(resident() - before)
"""
FULL = {
    "allowed": True,
    "row_filters": [{"dimension": "d", "operator": "in", "values": ["x"]}],
    "masked_columns": [],
    "denied": [],
    "policies": [],
    "reasons": [],
    "policy_version": "v",
}


def test_the_recorded_version_is_kept_current() -> None:
    """`ecp policy digest --write` brings it up to date."""
    assert recorded_version(policies_folder()) == policy_digest(policies_folder())


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(policies_folder(), tmp_path / "policies"))


def test_the_digest_changes_with_the_policies_and_not_with_tests_or_line_ends(copied: Path) -> None:
    digest = policy_digest(copied)
    (copied / "more_test.rego").write_text("package more_test\n")
    for path in copied.glob("*.rego"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert policy_digest(copied) == digest
    (copied / "more.rego").write_text("package more\n")
    assert policy_digest(copied) != digest
    assert record_version(copied) == recorded_version(copied) == policy_digest(copied)


def appended(path: Path) -> None:
    (path / "limits.rego").write_text((path / "limits.rego").read_text() + "\n# changed\n")


def decided_as(value: str) -> Edit:
    """Policies that decide this, and say that they are the version they are."""

    def edit(folder: Path) -> None:
        for path in folder.glob("*.rego"):
            path.unlink()
        (folder / "decision.rego").write_text(f"package ecp\n\ndecision := {value}\n")
        record_version(folder)

    return edit


@pytest.mark.parametrize(
    ("edit", "ours"),
    [
        (appended, StoreMalformed),
        (lambda folder: (folder / "data.json").unlink(), StoreMalformed),
        (lambda folder: (folder / "data.json").write_text("[]"), StoreMalformed),
        (lambda folder: (folder / "data.json").write_text("no json"), StoreMalformed),
        (lambda folder: (folder / "more.rego").write_text("no rego"), StoreMalformed),
        (lambda folder: (folder / "more.rego").write_bytes(b"\xff"), StoreUnavailable),
        (shutil.rmtree, StoreUnavailable),
        (decided_as('{"allowed": true}'), StoreMalformed),
        (decided_as("true"), StoreMalformed),
        (decided_as("input.nothing"), StoreMalformed),
        (decided_as("1 / 0"), StoreMalformed),
    ],
)
async def test_policies_that_are_no_good_are_an_error(copied: Path, edit: Edit, ours: type[StoreError]) -> None:
    edit(copied)
    engine = RegoEngine(copied)
    with pytest.raises(ours):
        await engine.decide(question(asset()), timeout=30)


async def test_the_policies_are_read_once(copied: Path) -> None:
    engine = RegoEngine(copied)
    before = await engine.decide(question(asset()), timeout=30)
    shutil.rmtree(copied)
    with ThreadPoolExecutor(1) as pool:
        elsewhere = pool.submit(lambda: asyncio.run(engine.decide(question(asset()), timeout=30)))
        assert elsewhere.result() == before


async def test_a_late_decision_is_none() -> None:
    moments = iter([0.0, 5.0])
    engine = RegoEngine(policies_folder(), clock=lambda: next(moments))
    with pytest.raises(StoreTimeout):
        await engine.decide(question(asset()), timeout=1)


def test_many_threads_decide_each_for_itself() -> None:
    engine = RegoEngine(policies_folder())
    closed = asset(access=Access(departments=("blue",)))

    def ask(number: int) -> bool:
        asked = question(closed, department="blue" if number % 3 else "red")
        return asyncio.run(engine.decide(asked, timeout=30)).allowed

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(120))) == [bool(number % 3) for number in range(120)]


def changed(**fields: Any) -> dict[str, Any]:
    return {**FULL, **fields}


def filtered(**fields: Any) -> dict[str, Any]:
    return changed(row_filters=[{"dimension": "d", "operator": "in", "values": ["x"], **fields}])


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "allowed",
        {},
        {key: value for key, value in FULL.items() if key != "row_filters"},
        {key: value for key, value in FULL.items() if key != "denied"},
        changed(more=1),
        changed(allowed="true"),
        changed(allowed=1),
        changed(allowed=None),
        changed(row_filters=None),
        changed(row_filters={}),
        changed(denied=[1]),
        changed(reasons="none"),
        changed(policy_version="w"),
        changed(policy_version=None),
        filtered(operator="not_in"),
        filtered(values=[]),
        filtered(values=None),
        filtered(values=[None]),
        filtered(values=[["x"]]),
        filtered(dimension=1),
        filtered(more=1),
    ],
)
def test_what_is_not_exactly_a_decision_is_none(answer: Any) -> None:
    assert decision_of(FULL, "v").allowed
    with pytest.raises(StoreMalformed):
        decision_of(answer, "v")


@pytest.mark.parametrize(
    "fields",
    [
        {"denied": ["needed"]},
        {"denied": ["beside", "needed"]},
        {"masked_columns": ["beside"]},
        {"masked_columns": ["unheard_of"]},
        {"allowed": False, "masked_columns": ["beside"]},
    ],
)
def test_a_decision_that_contradicts_itself_is_not_followed(fields: dict[str, Any]) -> None:
    assets = tuple(AssetForPolicy(id=i, kind="column", name=i, required=i == "needed") for i in ("needed", "beside"))
    question = PolicyInput(action="execute", asker=PolicyAsker(), assets=assets, registry_version="1")
    for agrees in ({}, {"denied": ["beside"]}, {"denied": ["beside"], "masked_columns": ["beside"]}):
        assert agreeing(decision_of(changed(**agrees), "v"), question).allowed
    assert not agreeing(decision_of(changed(allowed=False, denied=["needed"]), "v"), question).allowed
    with pytest.raises(StoreMalformed):
        agreeing(decision_of(changed(**fields), "v"), question)


@pytest.mark.parametrize(
    "text", ["", "undefined", "{", '{"a": NaN}', '{"a": false, "a": true}', "[" * 100_000, b"\xff"]
)
def test_what_is_not_json_is_malformed(text: str | bytes) -> None:
    with pytest.raises(StoreMalformed):
        parsed(text)


def test_the_full_decision_is_what_json_says() -> None:
    assert decision_of(FULL, "v").model_dump(mode="json") == json.loads(json.dumps(FULL))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("first", ["ecp.wiring", "ecp.resilience.guard", "api.main", "api.services.platform"])
def test_decisions_leave_no_memory_behind_though_numpy_is_loaded(first: str) -> None:
    """In a process of its own: which library is loaded first decides it."""
    done = subprocess.run([sys.executable, "-c", DECIDING, first], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 3_000_000
