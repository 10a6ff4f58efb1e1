"""The same question under the same circumstances never has another answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from ecp.domain.assets import Metric
from ecp.platform.layout import CODE
from tests.never.conftest import FINANCE
from tests.support.desk import AmendedRegistry
from tests.support.enterprise import AS_OF


def answering(enterprise, seed: int):
    """A process that answers, in which sets and dicts are hashed by this seed."""
    words = json.dumps({"words": enterprise.words, "codes": enterprise.words.codes})
    return subprocess.Popen(
        [sys.executable, "-m", "tests.never.answers", str(enterprise.settings.home), words],
        cwd=CODE,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_whatever_order_sets_and_dicts_have_in_a_process(enterprise):
    processes = [answering(enterprise, seed) for seed in (1, 2)]
    first, second = (json.loads(process.communicate(timeout=170)[0].splitlines()[-1]) for process in processes)
    assert {answer["status"] for answer in first} == {"complete", "unresolved", "disambiguation_required"}
    for one, other in zip(first, second, strict=True):
        assert one == other


async def test_whatever_is_published_while_it_is_resolved(desk):
    """A resolution is pinned to the registry version that it was opened under."""
    question = "What was net revenue last quarter?"
    before = (await desk.ask(question, FINANCE)).resolution

    def rewritten(asset):
        return asset.model_copy(update={"definition": "something else"}) if isinstance(asset, Metric) else asset

    published = desk.having(registry=AmendedRegistry(desk.stores.registry, rewritten, newest_only=True))
    after = (await published.ask(question, FINANCE)).resolution
    assert after.resolved_concepts == before.resolved_concepts
    assert after.provenance.registry_version == before.provenance.registry_version


async def test_on_whatever_later_day_it_is_asked(desk):
    """What has come since the day that it is asked for is not counted."""
    for question in ("What was net revenue this fiscal year?", "What was net revenue by month since 2025?"):
        plan = (await desk.ask(question, FINANCE)).resolution.execution_plan
        ends = {t["dateRange"][1] for q in plan.queries for t in q.cube["timeDimensions"]}
        assert ends == {AS_OF}
