"""What words mean for whom, and which things there are: answered by the pack, as far as the asker may see it."""

from __future__ import annotations

import pytest

from tests.acceptance.test_numbers import FINANCE

DEPARTMENTS = ("finance", "sales", "operations")


def _meaning(rest, department: str, question: str = "What does APAC mean?"):
    answer = rest.answer(question, {"department": department, "role": "analyst"})
    assert (answer["status"], answer["kind"]) == ("complete", "definition"), answer["unresolved"]
    return answer["answer"]


def test_a_region_is_told_as_each_department_counts_it(rest):
    told = {department: _meaning(rest, department) for department in DEPARTMENTS}
    values = {frozenset(entry["values"]) for entry in told.values()}
    assert len(values) == len(DEPARTMENTS)
    for department, entry in told.items():
        own = rest.words.value({"department": department})["department"]
        said = next(v for v in entry["variations"] if own in v["departments"])
        assert entry["values"] == said["values"] and entry["reason"] == said["reason"]
        assert len(entry["consists_of"]) == len(entry["values"])


def test_what_is_in_a_region_is_what_its_revenue_is_of(rest):
    entry = _meaning(rest, "sales", "Which countries are in APAC?")
    (limit,) = rest.answer("APAC revenue last quarter", {"department": "sales"})["resolved_concepts"]["filters"]
    assert entry["id"].endswith(limit["member"]) and sorted(entry["values"]) == sorted(limit["values"])


def test_all_members_are_told(rest):
    answer = rest.answer("Which products do we have?", FINANCE)
    assert (answer["status"], answer["kind"]) == ("complete", "catalogue")
    told = answer["answer"]
    assert told["total"] == len(told["members"]) > 1 and told["metrics"] == []


def test_metrics_are_listed_by_just_what_they_are_answered_by(rest):
    every = rest.answer("Which metrics are there?", FINANCE)["answer"]["metrics"]
    listed = rest.answer("What metrics are available by product?", FINANCE)["answer"]["metrics"]
    assert 0 < len(listed) < len(every)
    for metric in every:
        told = rest.answer(f"{metric['name']} by product", FINANCE)
        assert (told["status"] == "complete") == (metric in listed), metric["name"]


@pytest.mark.parametrize("metric", ["headcount", "net revenue", "operating cost"])
def test_a_metric_is_told_with_just_the_dimensions_that_it_is_answered_by(rest, metric):
    every = rest.answer("Which dimensions are there?", FINANCE)["answer"]["dimensions"]
    told = rest.answer(f"Which dimensions can I use with {metric}?", FINANCE)["answer"]["dimensions"]
    assert 0 < len(told) < len(every)
    for dimension in every:
        answered = rest.answer(f"{metric} by {dimension['name']}", FINANCE)
        assert (answered["status"] == "complete") == (dimension["id"] in told), dimension["name"]


def test_a_department_is_told_with_what_it_uses_and_a_metric_with_who_uses_it(rest):
    for department in DEPARTMENTS:
        own = rest.words.value({"department": department})["department"]
        used = rest.answer(f"Which metrics does {department} use?", FINANCE)["answer"]["metrics"]
        meant = rest.answer(f"How does {department} define revenue?", FINANCE)["answer"]
        assert meant["id"] in {m["id"] for m in used}
        (told,) = rest.answer(f"Who uses {meant['name']}?", FINANCE)["answer"]["entries"]
        assert own in {who["department"] for who in told["used_by"]}


@pytest.mark.parametrize("question", ["What products are owned by teams reporting to Sarah Chen?"])
def test_what_relations_lead_to_is_told_and_is_what_can_be_measured(rest, question):
    told = rest.answer(question, FINANCE)
    assert (told["status"], told["kind"]) == ("complete", "catalogue"), told["unresolved"]
    measured = rest.answer("Show me revenue for all products owned by teams reporting to Sarah Chen", FINANCE)
    limits = {f["member"] for f in measured["resolved_concepts"]["filters"]}
    assert {m["id"] for m in told["answer"]["members"]} == limits and len(limits) > 1


def test_a_metric_is_told_with_what_is_known_to_be_wrong_with_it(rest):
    entry = rest.answer("Are there any known issues with net revenue?", FINANCE)["answer"]
    assert entry["known_issues"] and "dimensions" in entry and entry["freshness_hours"] > 0
    told = {"id", "name", "severity", "message", "impact", "workaround", "period", "touches"}
    assert set(entry["known_issues"][0]) == told


@pytest.mark.parametrize(
    "question",
    [
        "What is the definition of ARR?",
        "Who owns net revenue?",
        "Are there any known issues with net revenue?",
        "What does APAC mean?",
        "Which products do we have?",
        "What products are owned by teams reporting to Sarah Chen?",
        "Which teams report to Sarah Chen?",
        "Who does Sarah Chen report to?",
        "Which dimensions are there?",
        "Which dimensions can I use with headcount?",
        "Which metrics have no budget?",
        "Who uses net revenue?",
        "What metrics are available for APAC analysis?",
        "Where does the APAC revenue number come from?",
    ],
)
def test_what_was_told_is_told_again_by_its_id(rest, question):
    told = rest.answer(question, FINANCE)
    assert told["status"] == "complete"
    again = rest.get(f"resolutions/{told['resolution_id']}")
    assert again.status_code == 200 and again.json()["answer"] == told["answer"]
    assert rest.get(f"provenance/{told['resolution_id']}").status_code == 200
    onward = rest.body("and for APAC?", FINANCE) | {"follows": told["resolution_id"]}
    assert rest.post("resolve", onward).status_code == 200
