"""Answers that had to do without a store are brought back, by whoever operates the platform."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.test_numbers import FINANCE, number
from tests.acceptance.test_requests import awaited
from tests.support.command import begun

ASKED = "What was APAC revenue last quarter?"


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


def test_all_failed_ones_are_brought_back_by_one_command(rest, enterprise, failed):
    listed = rest.get("resolutions?status=failed&since=1h").json()["resolutions"]
    assert failed in {r["resolution_id"] for r in listed}
    command = begun("rerun", "--status", "failed", "--since", "1h", "--json", ECP_HOME=str(enterprise.settings.home))
    listed, said = command.communicate()
    reruns = {r["resolution_id"]: r["status"] for r in json.loads(listed)["reruns"]}
    assert reruns[failed] == "complete", said
    assert rest.get(f"resolutions/{failed}").json()["attempt"] == 2
