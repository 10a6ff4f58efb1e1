"""The command line as a person and a script use it: tables and JSON, and an exit status that says whether it worked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import uuid4

import pytest
from click.testing import Result
from typer.testing import CliRunner

from ecp.cli.main import app
from tests.support.enterprise import AS_OF, Enterprise

FINANCE = ("--department", "finance", "--role", "analyst", "--user", "u-finance")
REVENUE = "APAC revenue last quarter"


@dataclass(frozen=True)
class CommandLine:
    """`ecp` in the home of the enterprise, in the demo's words."""

    enterprise: Enterprise

    def __call__(self, *words: str) -> Result:
        given = [word if word.startswith("--") else self.enterprise.words.text(word) for word in words]
        environment = {"ECP_HOME": str(self.enterprise.settings.home), "COLUMNS": "80"}
        return CliRunner().invoke(app, given, env=environment)

    def json(self, *words: str) -> dict:
        result = self(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def ecp(enterprise, rest):
    return CommandLine(enterprise)


def test_a_question_that_goes_on_inherits_from_the_one_before(ecp, words):
    first = ecp.json("resolve", REVENUE, "--as-of", AS_OF, *FINANCE)
    then = ecp.json("resolve", "and in EMEA?", "--follows", first["resolution_id"], "--as-of", AS_OF, *FINANCE)
    assert then["resolved_concepts"]["metrics"][0]["id"] == first["resolved_concepts"]["metrics"][0]["id"]
    assert [f["member"] for f in then["resolved_concepts"]["filters"]] == [words.text("emea")]


def test_choosing_an_option_answers(ecp):
    asked_back = ecp("resolve", "revenue last quarter", "--as-of", AS_OF, "--json")
    assert asked_back.exit_code == 1
    resolution_id = json.loads(asked_back.stdout)["resolution_id"]
    assert ecp("clarify", resolution_id, "99").exit_code == 1
    chosen = ecp.json("clarify", resolution_id, "1")
    assert (chosen["status"], chosen["resolution_id"], chosen["attempt"]) == ("complete", resolution_id, 2)


def test_stages_are_shown_while_the_answer_comes(ecp):
    shown = ecp("resolve", REVENUE, "--as-of", AS_OF, "--execute", "--progress", "--json", *FINANCE)
    assert json.loads(shown.stdout)["results"]["rows"]
    assert shown.exit_code == 0 and "parse_intent: complete" in shown.stderr and "assemble_response" in shown.stderr


def test_a_denied_question_shown_with_its_stages_ends_as_one_that_did_not_work(ecp):
    denied = ecp("resolve", "executive compensation last year", "--as-of", AS_OF, "--progress", *FINANCE)
    assert denied.exit_code == 1


@pytest.mark.parametrize("listing", ["glossary", "metrics"])
def test_lists_come_in_pages_that_can_be_gone_through(ecp, listing):
    whole = ecp.json(listing)
    entries = "terms" if listing == "glossary" else "metrics"
    first = ecp.json(listing, "--limit", "2")
    second = ecp.json(listing, "--limit", "2", "--cursor", first["next_cursor"])
    assert [*first[entries], *second[entries]] == whole[entries][:4]
    table = ecp(listing, "--limit", "2")
    assert f"2 of {whole['total']}" in table.stdout and first["next_cursor"] in table.stdout
    assert all(entry["id"] in table.stdout for entry in first[entries])


def test_what_is_restricted_is_listed_for_who_may_see_it(ecp, words):
    pay = words.text("executive_compensation")
    assert pay not in ecp("metrics").stdout
    assert pay in {m["id"] for m in ecp.json("metrics", "--department", "hr", "--role", "hr_admin")["metrics"]}


def test_a_search_finds_by_words_and_kind(ecp, words):
    found = ecp.json("search", "net revenue", "--kind", "metric", "--limit", "3")
    assert found["results"][0]["id"] == words.text("net_revenue") and len(found["results"]) == 3
    assert words.text("net_revenue") in ecp("search", "net revenue").stdout


def test_lineage_leads_to_the_source(ecp, words):
    assert ecp.json("lineage", "net_revenue")["edges"]
    assert words.text("net_revenue") in ecp("lineage", "net_revenue").stdout


@pytest.mark.parametrize(
    "words_",
    [
        ("lineage", "never-was"),
        ("metrics", "--cursor", "nonsense"),
        ("metrics", "--limit", "0"),
        ("search", "x", "--kind", "nonsense"),
        ("clarify", "never-was", "1"),
        ("feedback", "approve", "never-was"),
        ("feedback", "give", "never-was", "accepted"),
        ("feedback", "list", "--state", "nonsense"),
    ],
)
def test_what_did_not_work_says_why_and_ends_so(ecp, words_):
    result = ecp(*words_)
    assert result.exit_code == 1
    assert "Traceback" not in result.output and len(result.output.strip()) > 20


def test_feedback_is_given_listed_and_decided(ecp, words):
    question = f"net revenue in Japan in {2019 + uuid4().int % 6}"
    answer = ecp.json("resolve", question, "--as-of", AS_OF, *FINANCE)
    assert ecp("feedback", "give", answer["resolution_id"], "corrected").exit_code == 1
    given = ecp.json(
        "feedback", "give", answer["resolution_id"], "corrected", "--metric", "gross_revenue", "--note", "a test"
    )
    assert given["state"] == "pending"
    listed = ecp("feedback", "list", "--state", "pending")
    assert given["id"] in listed.stdout and words.text("gross_revenue") in listed.stdout
    assert ecp.json("feedback", "decline", given["id"])["state"] == "declined"
    assert ecp("feedback", "approve", given["id"]).exit_code == 1
    assert ecp("feedback", "give", answer["resolution_id"], "accepted").exit_code == 0
