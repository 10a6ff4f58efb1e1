"""What complete answers claim and how many of them are right, over the questions that the confidence map is fitted on.
`python -m tests.support.calibrating` writes it down as `ecp/domain/observed.py`, after a rule has changed an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ecp.domain import observed
from ecp.evaluation import Case, compare, read_cases
from tests.support.reading import TESTS, catalogue, understand

Claim = tuple[float, bool]
Counted = tuple[tuple[float, int, int], ...]
FITTED_ON = TESTS / "golden" / "calibration"


def claims(folder: Path = FITTED_ON) -> Iterator[Claim]:
    """What each complete answer claims before any map is laid over it, and whether it is right."""
    for file in sorted(folder.glob("*.yaml")):
        for case in read_cases(file):
            yield from _claim(file.stem, case)


def _claim(pack: str, case: Case) -> Iterator[Claim]:
    understood = understand(case.question, catalogue(pack), (case.user_context or {}).get("department"))
    if understood.status == "complete":
        compared = compare(case.expected, understood.as_answer())
        yield understood.claimed, all(want == got for want, got in compared.values())


def counted(told: Iterable[Claim]) -> Counted:
    """Claim, how many answers made it, how many of them were right."""
    each: dict[float, list[bool]] = {}
    for claim, right in told:
        each.setdefault(round(claim, 4), []).append(right)
    return tuple((claim, len(rights), sum(rights)) for claim, rights in sorted(each.items()))


def written(rows: Counted) -> str:
    lines = "".join(f"    ({claim}, {n}, {right}),\n" for claim, n, right in rows)
    head = Path(observed.__file__).read_text(encoding="utf-8").partition("OBSERVED")[0]
    return f"{head}OBSERVED: tuple[tuple[float, int, int], ...] = (\n{lines})\n"


if __name__ == "__main__":
    Path(observed.__file__).write_text(written(counted(claims())), encoding="utf-8")
