"""No answer leaves without its audit record, and no record is ever changed."""

from __future__ import annotations

import psycopg
import pytest

from tests.acceptance.test_numbers import FINANCE

COUNT = "select count(*), max(status) from audit where resolution_id = %s"


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("What was APAC revenue last quarter?", "complete"),
        ("What was revenue for LATAM last quarter?", "unresolved"),
        ("What is the definition of ARR?", "complete"),
        ("Show me executive compensation data for last year", "access_denied"),
    ],
)
def test_every_answer_has_its_record(rest, registry, question, status):
    answer = rest.ask(question, FINANCE).json()
    assert registry.execute(COUNT, (answer["resolution_id"],)).fetchone() == (1, status)


def test_options_have_their_record(rest, registry):
    answer = rest.answer("What was revenue last quarter?", {"user_id": "u-guest"})
    assert registry.execute(COUNT, (answer["resolution_id"],)).fetchone() == (1, "disambiguation_required")


def test_an_execution_has_a_record_of_its_own(rest, registry):
    answer = rest.answer("What was APAC revenue last quarter?", FINANCE)
    rest.post("execute", {"resolution_id": answer["resolution_id"]})
    assert registry.execute(COUNT, (answer["resolution_id"],)).fetchone() == (2, "complete")


def test_the_record_says_who_asked_what_and_under_which_decision(rest, registry):
    answer = rest.answer("What was APAC revenue last quarter?", FINANCE)
    query = (
        "select question, asker->>'user_id', decision->>'allowed', policy_version from audit where resolution_id = %s"
    )
    question, asker, allowed, version = registry.execute(query, (answer["resolution_id"],)).fetchone()
    assert question == rest.words.text("What was APAC revenue last quarter?")
    assert (asker, allowed) == (rest.words.value(FINANCE)["user_id"], "true")
    assert version == answer["provenance"]["policy_version"]


@pytest.mark.parametrize("change", ["update audit set status = 'x'", "delete from audit", "truncate audit"])
def test_no_record_can_be_changed(rest, registry, change):
    rest.answer("What was APAC revenue last quarter?", FINANCE)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        registry.execute(change)


def test_what_retention_removed_says_how_long_it_is_kept_and_no_more_than_what_never_was(rest, registry):
    removed = rest.answer("What was APAC revenue last quarter?", FINANCE)["resolution_id"]
    registry.execute("delete from checkpoints where resolution_id = %s", (removed,))
    registry.execute("delete from resolutions where resolution_id = %s", (removed,))
    calls = [rest.get(f"resolutions/{removed}"), rest.get(f"provenance/{removed}"), rest.get("resolutions/never-was")]
    calls.append(rest.post(f"resolutions/{removed}/rerun", {}))
    assert [call.status_code for call in calls] == [404] * 4
    (detail,) = {call.json()["detail"] for call in calls}
    assert "90 days (ECP_KEEP_RESOLUTIONS_DAYS)" in detail and "audit" in detail
    assert registry.execute(COUNT, (removed,)).fetchone() == (1, "complete")
