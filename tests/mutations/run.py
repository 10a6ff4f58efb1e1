"""Applies each mutation to a copy of the tree and demands that its tests fail, by assertion, and pass without it.

`python tests/mutations/run.py [ID …]`; exit status 0 only when no mutation survives.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from xml.etree import ElementTree

import yaml

ROOT = Path(__file__).resolve().parents[2]
OURS = ("api", "blocks", "ecp", "flows", "tasks", "tests")
# Imported once, and every run is forked from that: most of a run's time would go into importing them.
LIBRARIES = ["fastapi", "prefect", "prefect.client.orchestration", "prefect.flow_engine", "alembic"]
LIBRARIES += [
    "neo4j",
    "psycopg_pool",
    "regopy",
    "wordllama",
    "rapidfuzz.distance",
    "pybreaker",
    "supervisor.xmlrpc",
    "structlog",
]
PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout", "no:cacheprovider")
FORKED = multiprocessing.get_context("forkserver")
COPIES = 2
TIME_LIMIT = 150.0
ASSERTIONS = ("AssertionError", "assert ", "Failed: DID NOT RAISE")


@dataclass(frozen=True)
class Mutation:
    """`find` stands in `file` exactly once."""

    id: str
    rule: int
    file: str
    find: str
    replace: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one mutation: "caught", or what is wrong with it."""

    mutation: Mutation
    verdict: str
    seconds: float = 0.0

    @property
    def caught(self) -> bool:
        return self.verdict == "caught"


def read_mutations(path: Path) -> tuple[Mutation, ...]:
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(Mutation(**{**entry, "tests": tuple(entry["tests"])}) for entry in listed)


@contextmanager
def copied_tree() -> Iterator[Path]:
    """What git knows of the tree, and what it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    with tempfile.TemporaryDirectory(prefix="ecp-mutation-") as folder:
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                target = Path(folder) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
        yield Path(folder)


@contextmanager
def mutated(tree: Path, mutation: Mutation) -> Iterator[None]:
    file = tree / mutation.file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(mutation.find, mutation.replace), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


def run_tests(tree: Path, tests: Iterable[str], home: Path) -> tuple[int | None, list[ElementTree.Element]]:
    """pytest's exit status, None when it is not over in time, and its test cases."""
    report, log = tree / "report.xml", tree / "report.log"
    report.unlink(missing_ok=True)
    process = FORKED.Process(target=run_pytest, args=(tree, list(tests), home, report, log))
    process.start()
    process.join(TIME_LIMIT)
    if process.is_alive():
        process.kill()
        process.join()
        return None, []
    if process.exitcode not in (0, 1) or not report.exists():
        print(log.read_text(errors="replace")[-3000:])
    return process.exitcode, list(ElementTree.parse(report).iter("testcase")) if report.exists() else []


def run_pytest(tree: Path, tests: list[str], home: Path, report: Path, log: Path) -> None:
    """In a process of its own that has the libraries and nothing of ours: that comes from the copy."""
    with log.open("w") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    os.chdir(tree)
    os.environ |= {"TEST_ENTERPRISE": str(home), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    sys.dont_write_bytecode = False  # the copy is compiled once
    sys.path[:] = [str(tree), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT)]
    ours = [name for name in sys.modules if name.partition(".")[0] in OURS]
    assert not ours, ours
    import pytest

    plugins = [option for name in PLUGINS for option in ("-p", name)]
    sys.exit(int(pytest.main(["-q", *plugins, f"--junitxml={report}", *tests])))


def judge(tree: Path, mutation: Mutation, home: Path) -> str:
    with mutated(tree, mutation):
        status, cases = run_tests(tree, mutation.tests, home)
    if status is None:
        return f"not over after {TIME_LIMIT:g} s"
    if status not in (0, 1):
        return f"the tests did not run (pytest ended with {status})"
    if any(case.find("error") is not None for case in cases):
        return "an error outside of the tests themselves"
    for test in mutation.tests:
        failures = [f for case in of_test(cases, test) if (f := case.find("failure")) is not None]
        if not failures:
            return f"SURVIVED {test.rpartition('::')[2]}"
        if other := [f.get("message", "") for f in failures if not by_assertion(f)]:
            return f"fails, but by no assertion: {other[0][:120]}"
    return "caught"


def of_test(cases: Iterable[ElementTree.Element], test: str) -> Iterator[ElementTree.Element]:
    """The cases of a test: with these parameters, or where none are given, with any."""
    file, _, name = test.partition("::")
    module = file.removesuffix(".py").replace("/", ".")
    for case in cases:
        found = case.get("name", "")
        if case.get("classname") == module and name in (found, found.partition("[")[0]):
            yield case


def by_assertion(failure: ElementTree.Element) -> bool:
    return failure.get("message", "").startswith(ASSERTIONS)


def misplaced(mutations: Iterable[Mutation]) -> list[Outcome]:
    found = [(m, (ROOT / m.file).read_text(encoding="utf-8").count(m.find)) for m in mutations]
    return [Outcome(m, f"`find` stands {count} times in {m.file}") for m, count in found if count != 1]


def broken_unmutated(tree: Path, mutations: Iterable[Mutation], home: Path) -> bool:
    tests = sorted({test for mutation in mutations for test in mutation.tests})
    status, cases = run_tests(tree, tests, home)
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None:
            print(f"fails without any mutation: {case.get('name')}")
    return status != 0


def judged(mutations: tuple[Mutation, ...], home: Path) -> list[Outcome]:
    """Every mutation on one of the copies; what they ask of the stores changes nothing for each other."""
    copies: SimpleQueue[Path] = SimpleQueue()

    def one(mutation: Mutation) -> Outcome:
        tree, began = copies.get(), time.monotonic()
        try:
            verdict = judge(tree, mutation, home)
        finally:
            copies.put(tree)
        outcome = Outcome(mutation, verdict, time.monotonic() - began)
        print(f"  {mutation.rule}  {outcome.seconds:5.1f} s  {mutation.id}: {verdict}", flush=True)
        return outcome

    with copied_tree() as first, copied_tree() as second, ThreadPoolExecutor(COPIES) as threads:
        if broken_unmutated(first, mutations, home):
            return [Outcome(mutation, "its tests fail without it") for mutation in mutations]
        print(f"{len(mutations)} mutations; their tests pass without them", flush=True)
        for tree in (first, second):
            copies.put(tree)
        return list(threads.map(one, mutations))


def main(wanted: list[str]) -> int:
    began = time.monotonic()
    mutations = read_mutations(Path(__file__).with_name("mutations.yaml"))
    mutations = tuple(m for m in mutations if not wanted or m.id in wanted)
    outcomes = misplaced(mutations)
    if not outcomes:
        FORKED.set_forkserver_preload(LIBRARIES)
        sys.path.insert(0, str(ROOT))
        from tests.support.enterprise import running_enterprise  # not above: what is forked imports this file anew

        with running_enterprise("embedded", ("postgres", "graph")) as enterprise:
            outcomes = judged(mutations, enterprise.settings.home)
    for outcome in outcomes:
        if not outcome.caught:
            print(f"NOT CAUGHT  {outcome.mutation.id} (rule {outcome.mutation.rule}): {outcome.verdict}")
    rules = Counter(o.mutation.rule for o in outcomes if o.caught)
    print(f"caught by rule: {dict(sorted(rules.items()))}; {time.monotonic() - began:.0f} s")
    return 0 if outcomes and all(outcome.caught for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
