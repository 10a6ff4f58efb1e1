"""A question costs what it costs, however many assets there are beside those that it speaks of."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from types import FrameType
from typing import Any

import pytest

from bench.enterprise import assets
from ecp.domain.catalogue import Catalogue
from ecp.evaluation import Case, read_cases
from tests.support.reading import DEMO, TESTS, pack, understand

FEW, MANY = 500, 3_000
DEMO_CASES = read_cases(DEMO / "questions.yaml")
MEASURED = [
    c
    for c in read_cases(TESTS / "golden" / "questions" / "demo.yaml")
    if c.expected.get("status") == "complete" and c.expected.get("kind") in ("metric", "comparison", "ranking", "trend")
]


@cache
def among(count: int) -> Catalogue:
    return Catalogue.of("1", (*pack("demo"), *assets(count)))


def calls(work: Callable[[], object]) -> int:
    """How many Python functions are called, which is the same in every run."""
    counted = 0

    def count(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def asked(case: Case, known: Catalogue) -> int:
    department = (case.user_context or {}).get("department")
    understand(case.question, known, department)  # what is kept from one question to the next is kept by now
    return calls(lambda: understand(case.question, known, department))


@pytest.mark.parametrize("case", {c.question: c for c in DEMO_CASES}.values(), ids=lambda c: c.id)
def test_no_question_of_the_demo_goes_through_all_assets(case: Case) -> None:
    few, many = asked(case, among(FEW)), asked(case, among(MANY))
    assert many < few + (MANY - FEW) / 5, f"{few} calls among {FEW} assets, {many} among {MANY}"


def test_questions_about_numbers_hardly_ever_do() -> None:
    few, many = (sum(asked(case, among(count)) for case in MEASURED[::4]) for count in (FEW, MANY))
    assert many < 1.02 * few
