"""What a pack would change is found out without changing anything."""

from __future__ import annotations

import shutil
from datetime import date

import psycopg
import pytest

from ecp.cli import preview
from ecp.domain.difference import Difference
from ecp.domain.question import Asker, Question
from ecp.packs.loader import load_pack
from ecp.preview.alike import plan_report
from ecp.preview.questions import Posed, share
from ecp.preview.report import Previewed, counted, previewed
from ecp.preview.staging import merged, staged
from ecp.stores.staged import ContentGraph
from ecp.wiring import open_stores
from flows.resolve import resolve
from tasks.previewing import Desk
from tests.support.enterprise import AS_OF, load, patient

TABLES = ("registry_versions", "assets", "asset_names", "asset_documents", "embeddings", "resolutions", "audit")
ASKED = "What was APAC revenue last quarter?"


@pytest.fixture(scope="module", autouse=True)
def as_published(enterprise):
    """Other tests leave versions of the registry that the graph was not told of."""
    load(enterprise.settings, enterprise.pack)


@pytest.fixture
def changed(enterprise, tmp_path):
    """The pack with one metric told anew: it is called otherwise, and its words mean the same."""
    place = tmp_path / "deployments" / enterprise.pack.name
    shutil.copytree(enterprise.pack.parent, place.parent, dirs_exist_ok=True)
    metric = metric_of_finance(enterprise)
    file = next(f for f in place.rglob("*.yaml") if f"\nid: {metric}\n" in f"\n{f.read_text()}")
    documents = file.read_text().split("\n---\n")
    at = next(i for i, d in enumerate(documents) if f"\nid: {metric}\n" in f"\n{d}\n")
    lines = [line for line in documents[at].splitlines() if not line.startswith("certification_tier:")]
    documents[at] = "\n".join([*lines, "certification_tier: 5"])
    file.write_text("\n---\n".join(documents) + "\n")
    return place


def metric_of_finance(enterprise) -> str:
    return enterprise.words.text("net_revenue")


def question_of(enterprise) -> Posed:
    asker = Asker.model_validate(enterprise.words.value({"department": "finance", "role": "analyst"}))
    asked = Question(text=enterprise.words.text(ASKED), asker=asker, as_of=date.fromisoformat(AS_OF))
    return Posed(source="golden", id="one", question=asked)


def counts(enterprise) -> dict[str, int]:
    with psycopg.connect(enterprise.registry, autocommit=True) as connection:
        return {t: connection.execute(f"select count(*) from {t}").fetchone()[0] for t in TABLES}


async def compared(enterprise, path, *, only=False):
    one = question_of(enterprise)
    async with open_stores(patient(enterprise), warm=False) as stores:
        pack = load_pack(path, await stores.registry.catalogue())
        async with staged(patient(enterprise), stores, pack, only=only) as (now, then):
            desks = [Desk(patient(enterprise), s, resolve.fn) for s in (now, then)]
            answers = [await desk.answer(one) for desk in desks]
            return previewed(one, *answers), answers


async def test_a_changed_definition_is_told_and_nothing_is_written(enterprise, changed):
    before = counts(enterprise)
    row, (now, then) = await compared(enterprise, changed)
    assert now is not None and then is not None
    assert (now.status, now.degradations, then.status, then.degradations) == ("complete", (), "complete", ())
    assert row.outcome == "changed" and "definition" in {d.field for d in row.differences}
    assert counts(enterprise) == before


async def test_the_same_pack_changes_nothing(enterprise):
    row, (now, _) = await compared(enterprise, enterprise.pack)
    assert (row.outcome, row.differences, row.untouched) == ("unchanged", (), True)
    assert now is not None and now.resolved_concepts.metrics


async def test_a_version_nobody_published_answers_as_the_published_one_does(enterprise):
    _, (now, _) = await compared(enterprise, enterprise.pack)
    one = question_of(enterprise)
    async with open_stores(patient(enterprise), warm=False) as stores:
        real = await Desk(patient(enterprise), stores, resolve.fn).answer(one)
    assert now is not None and real is not None
    assert now.resolved_concepts == real.resolved_concepts and now.confidence_score == real.confidence_score


async def test_the_graph_in_memory_says_what_the_graph_says(enterprise):
    async with open_stores(patient(enterprise), warm=False) as stores:
        newest = (await stores.registry.versions(1))[0]
        catalogue = await stores.registry.catalogue(str(newest["version"]))
        version = str(newest["content_version"])
        memory = ContentGraph(tuple(catalogue.assets.values()))
        forms = [n["form"] for n in memory._content.names][:80]
        metrics = [a.id for a in catalogue.assets.values() if a.kind == "metric"]
        departments = sorted({str(row["key"]) for row in memory._content.uses})[:3]
        for department in (None, *departments):
            assert await memory.find(forms, department, version) == await stores.graph.find(forms, department, version)
        assert await memory.known_issues(metrics, version) == await stores.graph.known_issues(metrics, version)
        for target in metrics[:4]:
            assert await memory.lineage(target, 4, version) == await stores.graph.lineage(target, 4, version)


def test_shares_are_all_of_it_and_keep_together_who_follows():
    def posed(i: str, follows: str | None = None) -> Posed:
        return Posed(source="golden", id=i, question=Question(text=i, as_of=date(2026, 1, 1)), follows=follows)

    questions = [posed("c", "b"), posed("a"), posed("b", "a"), posed("x"), posed("y"), posed("lost", "nobody")]
    shares = [share(questions, part, 3) for part in (1, 2, 3)]
    assert sorted(q.id for s in shares for q in s) == sorted(q.id for q in questions)
    first = next(s for s in shares if "a" in {q.id for q in s})
    ids = [q.id for q in first]
    assert ids.index("a") < ids.index("b") < ids.index("c")


def test_only_the_pack_or_all_there_is():
    class Named:
        def __init__(self, id: str) -> None:
            self.id = id

    kept, old, new = Named("kept"), Named("same"), Named("same")
    assert merged([kept, old], [new], only=False) == (kept, new)
    assert merged([kept, old], [new], only=True) == (new,)


def test_what_has_no_answer_counts_as_failed():
    one = Posed(source="recent", id="r", question=Question(text="q", as_of=date(2026, 1, 1)))
    row = previewed(one, None, None)
    assert row.outcome == "failed" and counted([row])["failed"] == 1
    assert row.told(discreet=True)["question"] == ""


def test_a_plan_reads_as_what_would_change_once_with_everybody_whom_it_touches(capsys):
    old = {"orders": {"definition": "What was shipped in the period, less what came back.", "certification_tier": 1}}
    new = {"orders": {"definition": "What was billed in the period, less what came back.", "certification_tier": 2}}
    differences = (Difference(field="definition", before=old, after=new),)
    ends = [(True, True)] * 20 + [(True, False)]
    rows = [
        Previewed(
            source="golden",
            id=f"case-{n}",
            question=f"Orders {n}?",
            user_id=None,
            department="sales",
            outcome="changed",
            differences=differences,
            as_expected=end,
        )
        for n, end in enumerate(ends)
    ]
    told = [row.told(discreet=False) for row in rows]
    report = plan_report(told, "21 of 21 answers would change")
    first, second = report.split("\n### ")[1:]
    assert first.startswith("changed: no longer as expected, 1 answer\n") and "- golden sales: Orders 20?" in first
    assert second.startswith("changed, 20 answers\n") and "- and 10 more" in second and "Orders 10?" not in second
    assert "| definition orders › certification_tier | 1 | 2 |" in first and "{" not in report
    hidden = plan_report([row.told(discreet=True) for row in rows], "said")
    assert "| definition | | |" in hidden and "case-20" in hidden and "Orders" not in hidden and "shipped" not in hidden
    preview._show({"counts": counted(rows), "changes": told, "errors": []})
    said = capsys.readouterr().out
    blocks = said.split("\n\n")
    assert blocks[0].startswith("changed: no longer as expected, 1 answer") and "Orders 20?" in blocks[0]
    assert blocks[1].startswith("changed, 20 answers") and "and 10 more" in blocks[1]
    for block in blocks[:2]:
        assert "- What was shipped in the period" in block and "+ What was billed in the period" in block
        assert "certification_tier  1 → 2" in block and "{" not in block
    assert "21 of 21 answers would change" in blocks[2] and "broken 1, mended 0" in blocks[2]


class Tardy:
    """A server on which no worker takes a run before it was looked at so often."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def flow_run(self, run_id: str) -> dict[str, object]:
        self._looks -= 1
        return {"id": run_id, "state": {"type": "SCHEDULED" if self._looks > 0 else "COMPLETED"}}

    def artifacts(self, run_id: str) -> list[dict[str, object]]:
        return []


def test_who_waits_for_a_plan_that_no_worker_takes_is_told_so_once(capsys):
    preview._wait(Tardy(4), ["one"], quiet=True, taken=0.1)
    assert capsys.readouterr().err.count("No worker has taken it") == 1
    preview._wait(Tardy(1), ["one"], quiet=True, taken=0.0)
    assert "No worker" not in capsys.readouterr().err


class Slow(Tardy):
    """A run that is scheduled, has its process begun, and is half done before it is over."""

    def flow_run(self, run_id: str) -> dict[str, object]:
        self._looks -= 1
        states = ("COMPLETED", "RUNNING", "RUNNING", "PENDING", "SCHEDULED")
        return {"id": run_id, "state": {"type": states[self._looks]}}

    def artifacts(self, run_id: str) -> list[dict[str, object]]:
        return [{"key": "plan-progress", "data": 53.0}] if self._looks == 1 else []


def test_who_sees_no_bar_reads_what_is_waited_for_each_phase_once(capsys):
    preview._wait(Slow(5), ["one"], quiet=False)
    told = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("{")]
    assert told == [
        "waiting for a worker to take one run",
        "waiting for a worker's process to start for one run",
        "asking both versions: 0 %",
        "asking both versions: 50 %",
    ]
