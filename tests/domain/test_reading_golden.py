"""Questions and what they mean, over packs of unrelated enterprises."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ecp.evaluation import compare
from tests.support.reading import TESTS, catalogue, understand

_CASES = [
    (pack, case)
    for pack, cases in yaml.safe_load((TESTS / "golden" / "reading.yaml").read_text(encoding="utf-8")).items()
    for case in cases
]


def _name(part: Any) -> str:
    return part if isinstance(part, str) else str(part["question"])


@pytest.mark.parametrize(("pack", "case"), _CASES, ids=_name)
def test_a_question_means_this(pack: str, case: dict[str, Any]) -> None:
    department = case.get("user_context", {}).get("department")
    answer = understand(case["question"], catalogue(pack), department).as_answer()
    compared = compare(case["expected"], answer)
    wrong = {name: pair for name, pair in compared.items() if pair[0] != pair[1]}
    assert not wrong, answer["unresolved"]


def test_the_packs_are_several_and_the_questions_different() -> None:
    asked = {(pack, case["question"], str(case.get("user_context"))) for pack, case in _CASES}
    assert len(asked) == len(_CASES) > 300
    assert {pack for pack, _ in _CASES} == {"demo", "hospital", "logistics"}
