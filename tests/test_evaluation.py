"""Answers are scored against what was expected of them, and against nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ecp.evaluation import Case, ask_in_order, calibration_error, case_files, compare, read_cases, reliability, score


def _answer(**fields: Any) -> dict[str, Any]:
    concepts = {
        "metrics": [{"id": "cost"}],
        "dimensions": [{"id": "ward"}],
        "filters": [
            {"dimension": "ward", "operator": "in", "member": "icu", "values": ["W3"]},
            {"dimension": "ward", "operator": "in", "member": "oncology", "values": ["W2"]},
            {"dimension": None, "operator": "gt", "member": None, "values": [100]},
        ],
        "period": {"start": "2025-01-01", "end": "2025-12-31", "label": "2025"},
        "comparisons": [{"kind": "target", "metric": "plan"}],
        "order": {"by": "cost", "direction": "desc"},
        "limit": 5,
        "share": {"of": "cost", "parts": ["icu"]},
        "average": {"unit": "month", "over": None},
        "count": None,
    }
    answer = {"status": "complete", "kind": "ranking", "resolved_concepts": concepts, "warnings": [{"id": "tk"}]}
    return answer | fields


def _wrong(expected: dict[str, Any], answer: dict[str, Any] | None = None) -> set[str]:
    compared = compare(expected, answer or _answer())
    return {name for name, (want, got) in compared.items() if want != got}


def test_what_is_left_out_is_not_scored() -> None:
    assert compare({}, _answer()) == {}
    assert set(compare({"status": "complete"}, _answer())) == {"status"}


@pytest.mark.parametrize(
    "expected",
    [
        {"status": "complete", "kind": "ranking"},
        {"metrics": ["cost"]},
        {"dimensions": ["ward"]},
        {"period": {"start": "2025-01-01", "end": "2025-12-31"}},
        {"comparisons": [{"kind": "target"}]},
        {"order": {"by": "cost", "direction": "desc"}, "limit": 5},
        {"warnings": ["tk"]},
        {"warnings": []},
        {"share": "cost", "parts": True, "average": "month", "count": None},
        {
            "filters": [
                {"dimension": "ward", "operator": "in", "values": ["oncology", "icu"]},
                {"dimension": None, "operator": "gt", "values": [100]},
            ]
        },
        {
            "filters": [
                {"dimension": "ward", "values": ["icu"]},
                {"dimension": "ward", "values": ["oncology"]},
                {"operator": "gt", "values": [100]},
            ]
        },
    ],
)
def test_what_is_as_expected_is_right(expected: dict[str, Any]) -> None:
    assert _wrong(expected) == set()


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ({"status": "unresolved"}, "status"),
        ({"metrics": ["cost", "stay"]}, "metrics"),
        ({"metrics": []}, "metrics"),
        ({"dimensions": []}, "dimensions"),
        ({"share": None}, "share"),
        ({"parts": False}, "parts"),
        ({"average": None}, "average"),
        ({"average": "day"}, "average"),
        ({"count": "ward"}, "count"),
        ({"period": {"start": "2025-01-01", "end": "2025-06-30"}}, "period"),
        ({"period": None}, "period"),
        ({"comparisons": []}, "comparisons"),
        ({"limit": None}, "limit"),
        ({"order": {"by": "cost", "direction": "asc"}}, "order"),
        ({"warnings": ["other"]}, "warnings"),
        ({"filters": []}, "filters"),
        ({"filters": [{"dimension": "ward", "operator": "in", "values": ["icu"]}]}, "filters"),
        ({"filters": [{"dimension": "ward", "operator": "not_in", "values": ["icu", "oncology"]}]}, "filters"),
    ],
)
def test_what_differs_is_wrong_and_named(expected: dict[str, Any], name: str) -> None:
    assert name in _wrong(expected)


def test_raw_values_are_compared_where_no_member_is_meant() -> None:
    concepts = {"filters": [{"dimension": "ward", "operator": "in", "member": "icu", "values": ["W3"]}]}
    answer = {"status": "complete", "resolved_concepts": concepts}
    assert not _wrong({"filters": [{"dimension": "ward", "values": ["W3"]}]}, answer)
    assert not _wrong({"filters": [{"dimension": "ward", "values": ["icu"]}]}, answer)


def _case(case_id: str, **expected: Any) -> Case:
    return Case(id=case_id, question=case_id, expected=expected)


def test_refusals_and_confident_errors_are_told_apart() -> None:
    cases = [
        _case("right", status="complete", metrics=["cost"]),
        _case("refused", status="complete", metrics=["cost"]),
        _case("wrong", status="complete", metrics=["stay"]),
        _case("too sure", status="unresolved"),
        _case("refused otherwise", status="unresolved"),
        _case("never came", status="complete"),
    ]
    answers = [
        _answer(),
        {"status": "unresolved"},
        _answer(),
        _answer(),
        {"status": "disambiguation_required"},
        {"status": "failed"},
    ]
    report = score(cases, answers)
    assert (report.n, report.exact, report.refused_wrongly, report.confidently_wrong) == (6, 1, 1, 2)
    assert report.fields["status"] == (2, 6)
    assert [f.id for f in report.failures] == ["refused", "wrong", "too sure", "refused otherwise", "never came"]


def _follow(case_id: str, follows_id: str | None = None) -> Case:
    return Case(id=case_id, question=case_id, follows_id=follows_id)


def test_a_case_is_asked_as_what_goes_on_from_the_answer_of_the_case_it_follows() -> None:
    asked: list[tuple[str, str | None]] = []

    def ask(case: Case, follows: str | None) -> dict[str, Any]:
        asked.append((case.id, follows))
        return {"status": "complete", "resolution_id": f"r-{case.id}"}

    answers = ask_in_order([_follow("c", "b"), _follow("a"), _follow("b", "a"), _follow("d", "a")], ask)
    assert asked == [("a", None), ("b", "r-a"), ("c", "r-b"), ("d", "r-a")]
    assert [a["resolution_id"] for a in answers] == ["r-c", "r-a", "r-b", "r-d"]


def test_what_follows_a_question_that_brought_no_resolution_is_not_asked() -> None:
    answers = ask_in_order([_follow("a"), _follow("b", "a"), _follow("c", "b")], lambda case, _: {"status": "http 503"})
    assert [a["status"] for a in answers] == ["http 503", "not asked", "not asked"]


@pytest.mark.parametrize(
    ("cases", "why"),
    [
        ([_follow("a", "nobody")], "a follows nobody, which is no case"),
        ([_follow("a", "b"), _follow("b", "a")], "a follows itself"),
        ([_follow("a", "a")], "a follows itself"),
    ],
)
def test_what_follows_nothing_or_itself_is_an_error(cases: list[Case], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ask_in_order(cases, lambda case, _: {})


def test_claims_are_set_beside_what_came_true_in_tenths() -> None:
    claims = [(n / 100, n % 2 == 0) for n in range(1, 101)]
    table = list(reliability(claims))
    assert [(b.low, b.high, b.n, b.right) for b in table[:2]] == [(0.01, 0.1, 10, 5), (0.11, 0.2, 10, 5)]
    assert len(table) == 10 and sum(b.n for b in table) == 100
    assert calibration_error(table) == pytest.approx(sum(abs(b.claimed - 0.5) for b in table) / 10, abs=1e-3)


def test_answers_that_claim_the_same_stay_together_and_no_answers_make_no_table() -> None:
    (bucket,) = reliability([(0.9, True)] * 30 + [(0.9, False)] * 10)
    assert (bucket.n, bucket.right, bucket.claimed) == (40, 30, 0.9)
    assert calibration_error([bucket]) == 0.15
    assert list(reliability([])) == [] and calibration_error([]) is None


def test_as_many_answers_as_cases() -> None:
    with pytest.raises(ValueError):
        score([_case("a")], [])


def test_cases_are_read_from_yaml_and_from_lines_of_json(tmp_path: Path) -> None:
    as_yaml, as_lines = tmp_path / "a.yaml", tmp_path / "b.jsonl"
    as_yaml.write_text(
        "- {id: a, question: q, as_of: 2026-02-10, expected: {period: {start: 2025-01-01, end: 2025-12-31}}}"
    )
    as_lines.write_text(
        '{"id": "a", "question": "q", "as_of": "2026-02-10",'
        ' "expected": {"period": {"start": "2025-01-01", "end": "2025-12-31"}}}\n\n'
    )
    assert read_cases(as_yaml) == read_cases(as_lines)
    assert read_cases(as_yaml)[0].as_of == "2026-02-10"


def test_the_files_of_a_folder_are_read_by_name_and_nothing_else_in_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    files = [tmp_path / "a.yaml", tmp_path / "b" / "c.jsonl", tmp_path / "d.yml"]
    for file in (*reversed(files), tmp_path / "notes.txt"):
        file.write_text("- {id: a, question: q}")
    assert case_files(tmp_path) == tuple(files)
    assert case_files(files[0]) == (files[0],)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no file of cases"):
        case_files(tmp_path / "empty")


def test_an_id_of_two_cases_is_an_error() -> None:
    case = Case(id="a", question="q")
    with pytest.raises(ValueError, match="more than one case is called a"):
        ask_in_order([case, case], lambda asked, follows: {})


@pytest.mark.parametrize("text", ["[1, 2]", "- {question: no id}", "- {id: a, question: q, surprise: 1}"])
def test_what_is_no_case_is_an_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"bad\.yaml, case 1"):
        read_cases(file)
