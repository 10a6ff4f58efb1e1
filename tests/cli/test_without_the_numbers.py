"""Whether an answer to `ecp resolve --execute` has the numbers that were asked for."""

from __future__ import annotations

import pytest

from ecp.cli.resolve import lacks_numbers

TABLE = {"columns": [], "rows": []}
RULE = {"rule": "r", "passed": False, "note": "n"}


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        ({"execution_plan": {}, "results": None}, True),
        ({"execution_plan": {}, "results": TABLE | {"validation": [RULE | {"severity": "error"}]}}, True),
        ({"execution_plan": {}, "results": TABLE | {"validation": [RULE | {"severity": "warning"}]}}, False),
        ({"execution_plan": {}, "results": TABLE}, False),
        ({"execution_plan": None, "results": None}, False),
    ],
    ids=["no layer", "withheld", "doubtful", "no rows", "nothing planned"],
)
def test_only_numbers_that_were_planned_can_be_lacking(answer: dict[str, object], lacks: bool) -> None:
    assert lacks_numbers(answer) is lacks
