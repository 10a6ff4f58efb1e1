"""Strings nobody should send: refused as problems or answered plainly; never a 500, never wider."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.test_numbers import FINANCE
from tests.support.enterprise import AS_OF

HOSTILE = {
    "empty": "",
    "blank": " \t ",
    "a megabyte": "x" * 1_000_000,
    "long": "revenue " * 200,
    "nul": "reve\x00nue",
    "control": "APAC\x07\x1b[31m revenue\x7f",
    "half a surrogate": "\ud800",
    "right to left": "\u202eeuneveR \u200b\ufeff",
    "sql": "revenue'; drop table audit; --",
    "union": "x' union select rolname from pg_roles --",
    "cypher": "x'}) MATCH (n) DETACH DELETE n //",
    "cypher call": "`}) CALL db.labels() YIELD label RETURN label //",
    "rego": 'x"]; allowed := true { true } #',
    "json": '{"allowed_regions": null}',
    "template": "{{7*7}} ${jndi:ldap://x} %s %n",
    "path": "../../../../etc/passwd",
    "wildcard": "%_*",
    "number": "1e309",
}
FIELDS = ["user_id", "department", "role", "roles", "allowed_regions", "attributes"]
INSIDE = ("Traceback", "psycopg", "select ", "MATCH (", "127.0.0.1")
REFUSED = (400, 403, 404, 413, 422)


def sent(rest, path: str, body: object):
    """With ASCII escapes, so that even half a surrogate arrives."""
    content = json.dumps(body).encode()
    return rest.client.post(f"/api/v1/{path}", content=content, headers={"Content-Type": "application/json"})


def is_sound(response) -> bool:
    if response.status_code == 200:
        return "resolution_id" in response.json()
    problem = response.json()
    named = response.headers["content-type"] == "application/problem+json"
    said = response.request.content.decode()
    leaked = any(word in response.text and word not in said for word in INSIDE)
    return named and not leaked and problem["status"] == response.status_code in REFUSED


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_as_a_question_it_is_refused_or_not_understood(rest, text):
    response = sent(rest, "resolve", {"concept": text, "user_context": FINANCE, "as_of": AS_OF, "execute": True})
    assert is_sound(response), response.text[:500]
    if response.status_code == 200:
        assert response.json()["status"] != "complete" or text == HOSTILE["long"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_beside_a_good_question_it_is_not_passed_over(rest, words, text):
    concept = f"{words.text('APAC revenue last quarter')} for {text}"
    response = sent(rest, "resolve", {"concept": concept, "user_context": words.value(FINANCE), "as_of": AS_OF})
    assert is_sound(response), response.text[:500]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_as_part_of_the_asker_it_never_widens(rest, words, text, field):
    value = {"roles": [text], "allowed_regions": [text], "attributes": {text: [text]}}.get(field, text)
    asker = {**words.value(FINANCE), "allowed_regions": [words.text("APAC")], field: value}
    question = words.text("What was executive compensation last year?")
    denied = sent(rest, "resolve", {"concept": question, "user_context": asker, "as_of": AS_OF, "execute": True})
    assert denied.status_code in REFUSED and is_sound(denied), denied.text[:500]
    question = words.text("What was EMEA revenue last quarter?")
    outside = sent(rest, "resolve", {"concept": question, "user_context": asker, "as_of": AS_OF, "execute": True})
    assert is_sound(outside), outside.text[:500]
    assert outside.status_code in REFUSED or outside.json()["status"] == "disambiguation_required"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_as_a_date_an_id_or_a_parameter_it_is_refused(rest, words, text):
    question = {"concept": words.text("net revenue in 2025"), "user_context": words.value(FINANCE), "as_of": AS_OF}
    resolved = sent(rest, "resolve", question).json()["resolution_id"]
    narrowing = {"dimension": words.text("country"), "operator": "in", "values": [words.text("Japan")]}
    bodies = [
        ("resolve", question | {"as_of": text}),
        ("resolve", question | {"follows": text}),
        ("resolve", question | {text: "x"}),
        ("execute", {"resolution_id": text}),
        *(
            ("execute", {"resolution_id": resolved, "parameters": {"filters": [narrowing | change]}})
            for change in ({"dimension": text}, {"operator": text}, {"values": [text]}, {"member": text})
        ),
        ("execute", {"resolution_id": resolved, "parameters": {"period": {"start": text, "end": text}}}),
        ("execute", {"resolution_id": resolved, "parameters": {"limit": text}}),
    ]
    for path, body in bodies:
        response = sent(rest, path, body)
        assert response.status_code in REFUSED and is_sound(response), (path, body, response.text[:500])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "{" * 5000, '{"concept": NaN}', '{"concept": 1}'])
def test_a_body_that_is_no_question_is_refused(rest, text):
    response = rest.client.post("/api/v1/resolve", content=text, headers={"Content-Type": "application/json"})
    assert is_sound(response) and response.status_code in (400, 422)


def test_the_audit_trail_is_still_there_after_all_of_it(rest, registry):
    assert registry.execute("select count(*) from audit").fetchone()[0] > 0
