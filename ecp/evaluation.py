"""Scores answers against evaluation cases: what `expected` names is compared, what it leaves out is not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ecp.domain.values import JsonObject, Value

TENTHS = 10
JSON_LINES = (".jsonl", ".ndjson")
CASE_FILES = (".yaml", ".yml", *JSON_LINES)
REFUSALS = frozenset({"unresolved", "disambiguation_required", "access_denied"})


class Case(Value):
    """One question and what its answer has to be; `follows_id` is the case it follows up."""

    id: str
    question: str
    user_context: JsonObject | None = None
    as_of: str | None = None
    follows_id: str | None = None
    expected: JsonObject = {}
    execute: bool = False
    tags: tuple[str, ...] = ()


class Failure(Value):
    id: str
    question: str
    fields: dict[str, tuple[Any, Any]]


class Bucket(Value):
    """Complete answers with a confidence from `low` to `high`: how many there were, how many of them were as expected,
    and what they claimed on average."""

    low: float
    high: float
    n: int
    right: int
    claimed: float


class Report(Value):
    """`fields`: name → [right, asked]. Confidently wrong: complete, and not as expected. `reliability` sets claimed
    confidence beside what came true, in tenths of the answers (a reliability diagram as a table; DeGroot and Fienberg
    1983); `ece` is how far the two lie apart on average (expected calibration error; Naeini and others 2015)."""

    n: int
    exact: int
    refused_wrongly: int
    confidently_wrong: int
    fields: dict[str, tuple[int, int]]
    failures: tuple[Failure, ...]
    reliability: tuple[Bucket, ...] = ()
    ece: float | None = None


def case_files(path: Path) -> tuple[Path, ...]:
    """The file itself, or all files of cases in a folder and in those below it, by name. Raises `ValueError` for a
    folder that has none."""
    if not path.is_dir():
        return (path,)
    files = tuple(sorted(f for f in path.rglob("*") if f.suffix in CASE_FILES and f.is_file()))
    if not files:
        raise ValueError(f"{path}: no file of cases in this folder; their names end in {', '.join(CASE_FILES)}")
    return files


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a YAML file or of JSON lines. Raises `ValueError` for what is neither, or cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix in JSON_LINES:
            listed: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            loaded = yaml.safe_load(text)
            listed = loaded.get("cases") if isinstance(loaded, dict) else loaded
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(listed, list):
        raise ValueError(f"{path}: neither a list of cases nor one under `cases`")
    return tuple(_case(each, number, path) for number, each in enumerate(listed, 1))


def _case(read: Any, number: int, path: Path) -> Case:
    try:
        return Case.model_validate(_plain(read))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'it'}: {e['msg']}" for e in error.errors())
        called = read.get("id", "without an id") if isinstance(read, dict) else "no mapping"
        raise ValueError(f"{path}, case {number} ({called}): {wrong}") from error


def _plain(value: Any) -> Any:
    """YAML's own dates as the ISO text that JSON has."""
    return json.loads(json.dumps(value, default=str))


def ask_in_order(cases: Sequence[Case], ask: Callable[[Case, str | None], JsonObject]) -> list[JsonObject]:
    """The answers, in the order of the cases. `ask` takes a case and the resolution it follows up, if any: a case is
    asked after the one that `follows_id` names, and not at all where that one brought no resolution. Raises
    `ValueError` for a `follows_id` that no other case has, or that comes back to itself, and for an id of two cases."""
    by_id = {case.id: case for case in cases}
    if twice := [id for id, times in Counter(case.id for case in cases).items() if times > 1]:
        raise ValueError(f"more than one case is called {', '.join(twice)}")
    answers: dict[str, JsonObject] = {}
    for case in cases:
        for each in reversed(_chain(case, by_id)):
            if each.id not in answers:
                answers[each.id] = _asked(each, answers, ask)
    return [answers[case.id] for case in cases]


def _chain(case: Case, by_id: dict[str, Case]) -> list[Case]:
    """The case, the one it follows up, and so on."""
    chain = [case]
    while (before := chain[-1].follows_id) is not None:
        if before not in by_id:
            raise ValueError(f"{chain[-1].id} follows {before}, which is no case")
        if by_id[before] in chain:
            raise ValueError(f"{before} follows itself")
        chain.append(by_id[before])
    return chain


def _asked(case: Case, answers: dict[str, JsonObject], ask: Callable[[Case, str | None], JsonObject]) -> JsonObject:
    if case.follows_id is None:
        return ask(case, None)
    before = answers[case.follows_id].get("resolution_id")
    return ask(case, str(before)) if before else {"status": "not asked"}


def score(cases: Iterable[Case], answers: Iterable[JsonObject]) -> Report:
    """`answers` are resolutions, or `{"status": …}` for those that never came to be."""
    fields: dict[str, list[int]] = {}
    failures: list[Failure] = []
    claims: list[tuple[float, bool]] = []
    n = refused = wrong = 0
    for case, answer in zip(cases, answers, strict=True):
        n += 1
        compared = compare(case.expected, answer)
        for name, (want, got) in compared.items():
            counts = fields.setdefault(name, [0, 0])
            counts[0] += want == got
            counts[1] += 1
        claimed = answer.get("confidence_score")
        if answer.get("status") == "complete" and claimed is not None:
            claims.append((float(claimed), all(want == got for want, got in compared.values())))
        bad = {name: pair for name, pair in compared.items() if pair[0] != pair[1]}
        if bad:
            failures.append(Failure(id=case.id, question=case.question, fields=bad))
            expected, status = case.expected.get("status", "complete"), answer.get("status")
            refused += expected == "complete" and status in REFUSALS
            wrong += status == "complete"
    table = tuple(reliability(claims))
    return Report(
        n=n,
        exact=n - len(failures),
        refused_wrongly=refused,
        confidently_wrong=wrong,
        fields={name: (counts[0], counts[1]) for name, counts in fields.items()},
        failures=tuple(failures),
        reliability=table,
        ece=calibration_error(table),
    )


def reliability(claims: Iterable[tuple[float, bool]]) -> Iterator[Bucket]:
    """`claims`: a confidence and whether the answer was right. Tenths by rank; answers that claim the same stay
    together, so there may be fewer."""
    told = sorted(claims)
    size = max(1, -(-len(told) // TENTHS))
    start = 0
    while start < len(told):
        end = min(start + size, len(told))
        while end < len(told) and told[end][0] == told[end - 1][0]:
            end += 1
        yield _bucket(told[start:end])
        start = end


def _bucket(inside: list[tuple[float, bool]]) -> Bucket:
    return Bucket(
        low=inside[0][0],
        high=inside[-1][0],
        n=len(inside),
        right=sum(right for _, right in inside),
        claimed=round(sum(claimed for claimed, _ in inside) / len(inside), 4),
    )


def calibration_error(table: Sequence[Bucket]) -> float | None:
    """Claimed against right, each bucket by its answers; None where nothing was answered."""
    total = sum(b.n for b in table)
    return round(sum(abs(b.claimed * b.n - b.right) for b in table) / total, 4) if total else None


def compare(expected: JsonObject, answer: JsonObject) -> dict[str, tuple[Any, Any]]:
    """Each field that is expected: what was wanted and what came, in a form that compares."""
    concepts = answer.get("resolved_concepts") or {}
    got: dict[str, Any] = {
        "status": answer.get("status"),
        "kind": answer.get("kind"),
        "metrics": sorted(m["id"] for m in concepts.get("metrics", [])),
        "dimensions": sorted(d["id"] for d in concepts.get("dimensions", [])),
        "comparisons": sorted(c["kind"] for c in concepts.get("comparisons", [])),
        "warnings": sorted(w["id"] for w in answer.get("warnings", [])),
        "order": concepts.get("order"),
        "limit": concepts.get("limit"),
        "period": _dates(concepts.get("period")),
        "share": (share := concepts.get("share") or {}).get("of"),
        "parts": bool(share.get("parts")),
        "average": _averaged(concepts.get("average") or {}),
        "count": (concepts.get("count") or {}).get("dimension"),
    }
    want = {name: _wanted(name, value) for name, value in expected.items() if name != "filters"}
    pairs = {name: (value, got.get(name)) for name, value in want.items()}
    if "warnings" in want:
        pairs["warnings"] = (want["warnings"], sorted(set(got["warnings"]) & set(want["warnings"])))
    if "filters" in expected:
        pairs["filters"] = _filters(expected["filters"], concepts.get("filters", []))
    return pairs


def _wanted(name: str, value: Any) -> Any:
    if name == "period":
        return _dates(value)
    if name == "comparisons":
        return sorted(c["kind"] for c in value)
    return sorted(value) if name in ("metrics", "dimensions", "warnings") else value


def _dates(period: Any) -> Any:
    return (str(period["start"]), str(period["end"])) if period else None


def _averaged(average: JsonObject) -> Any:
    """The unit of time, or the dimension, that the mean is taken over."""
    return average.get("unit") or average.get("over")


def _filters(expected: list[JsonObject], found: list[JsonObject]) -> tuple[Any, Any]:
    """Compared by dimension and operator: member ids where they are meant, else the layer's values."""
    members = {str(f["member"]) for f in found if f.get("member")}
    want: dict[str, set[str]] = {}
    got: dict[str, set[str]] = {}
    for item in expected:
        key = f"{item.get('dimension')} {item.get('operator', 'in')}"
        want.setdefault(key, set()).update(str(v) for v in item.get("values", []))
    for item in found:
        key = f"{item.get('dimension')} {item.get('operator')}"
        by_member = item.get("member") and members & want.get(key, set())
        values = [item["member"]] if by_member or key not in want else item.get("values", [])
        got.setdefault(key, set()).update(str(v) for v in values)
    return _sorted(want), _sorted(got)


def _sorted(filters: dict[str, set[str]]) -> dict[str, list[str]]:
    return {key: sorted(values) for key, values in sorted(filters.items())}
