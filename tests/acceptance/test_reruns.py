"""Answers that had to do without a store are brought back, by whoever operates the platform."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.test_numbers import FINANCE, number
from tests.acceptance.test_requests import awaited
from tests.support.command import begun

ASKED = "What was APAC revenue last quarter?"


AS_A_WATCH = """
insert into resolutions (resolution_id, status, attempt, question, asker, as_of, execute, digest, registry_version)
values ('of-a-watch', 'failed', 1, 'orders', '{}', '2026-02-10', false, %(watch)s, 1) returning resolution_id
"""


def rerun(rest, resolution_id, **query):
    return rest.client.post(f"/api/v1/resolutions/{resolution_id}/rerun", params=query)


def nodes(answer, status):
    return {n["id"] for n in answer["provenance"]["dag"]["nodes"] if n["status"] == status}


@pytest.fixture
def failed(without_semantics):
    """A question whose numbers nobody could be asked for."""
    problem = without_semantics.ask(ASKED, FINANCE, execute=True)
    assert problem.status_code == 503
    return problem.json()["resolution_id"]


def test_a_failed_answer_comes_back_and_what_was_finished_is_used_again(rest, failed):
    response = rerun(rest, failed)
    assert response.status_code == 202 and response.headers["Location"].endswith(failed)
    answer = awaited(rest, response.headers["Location"])
    assert (answer["status"], answer["attempt"]) == ("complete", 2) and number(answer) > 0
    assert {"search_vectors", "search_graph", "select_definitions"} <= nodes(answer, "reused")
    asked = [n["stores_queried"] for n in answer["provenance"]["dag"]["nodes"] if n["status"] == "reused"]
    assert not any(asked)
    attempts = rest.get(f"provenance/{failed}").json()["attempts"]
    assert [a["attempt"] for a in attempts] == [1, 2] and all(a["stages"] for a in attempts)


def test_two_reruns_at_once_are_one(rest, failed):
    first, second = rerun(rest, failed), rerun(rest, failed)
    assert first.status_code == 202 and second.status_code in (202, 409)
    awaited(rest, first.headers["Location"])
    assert len(rest.get(f"provenance/{failed}").json()["attempts"]) == 2


def test_what_succeeded_is_rerun_only_by_force(rest):
    resolution_id = rest.answer(ASKED, FINANCE)["resolution_id"]
    refused = rerun(rest, resolution_id)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:ecp:problem:nothing-to-rerun")
    forced = rerun(rest, resolution_id, force="true")
    assert forced.status_code == 202
    anew = awaited(rest, forced.headers["Location"])
    assert anew["attempt"] == 2 and not nodes(anew, "reused"), "what is to be found anew was used again"


def test_nobodys_resolution_cannot_be_rerun(rest):
    assert rerun(rest, "no-such-thing").status_code == 404


@pytest.mark.parametrize(
    ("words", "type_"),
    [
        (("rerun", "no-such-thing"), "resolution-not-found"),
        (("rollback", "999999"), "registry-version"),
        (("rollback", "newest"), "registry-version"),
    ],
)
def test_a_program_is_told_as_a_problem_that_there_is_no_such_thing(rest, enterprise, words, type_):
    command = begun(*words, "--json", ECP_HOME=str(enterprise.settings.home))
    out, said = command.communicate()
    assert json.loads(out)["type"] == f"urn:ecp:problem:{type_}", said
    assert command.returncode == 1


def listed(enterprise, *words):
    """What the command would bring back, by id."""
    wanted = ("--status", "failed", "--since", "1h", "--dry-run", "--json", *words)
    out, said = begun("rerun", *wanted, ECP_HOME=str(enterprise.settings.home)).communicate()
    return {one["resolution_id"]: one for one in json.loads(out)["resolutions"]}, said


def test_what_is_still_to_be_brought_back_is_listed_and_not_begun(rest, enterprise, failed):
    found, said = listed(enterprise)
    assert found[failed]["attempt"] == 1 and found[failed]["watch_id"] is None, said
    assert rest.get(f"resolutions/{failed}").json()["status"] == "failed"
    awaited(rest, rerun(rest, failed).headers["Location"])
    assert failed not in listed(enterprise)[0]


def test_what_a_watch_asked_is_brought_back_only_where_that_is_said(rest, enterprise, registry):
    """A watch asks anew by itself when it is next due."""
    path = registry.execute(AS_A_WATCH, {"watch": "watch w-1"}).fetchone()[0]
    assert path not in listed(enterprise)[0]
    assert listed(enterprise, "--watches")[0][path]["watch_id"] == "w-1"
    registry.execute("delete from resolutions where resolution_id = %s", (path,))


def test_all_failed_ones_are_brought_back_by_one_command(rest, enterprise, failed):
    listed = rest.get("resolutions?status=failed&since=1h").json()["resolutions"]
    assert failed in {r["resolution_id"] for r in listed}
    command = begun("rerun", "--status", "failed", "--since", "1h", "--json", ECP_HOME=str(enterprise.settings.home))
    listed, said = command.communicate()
    reruns = {r["resolution_id"]: r["status"] for r in json.loads(listed)["reruns"]}
    assert reruns[failed] == "complete", said
    assert rest.get(f"resolutions/{failed}").json()["attempt"] == 2
