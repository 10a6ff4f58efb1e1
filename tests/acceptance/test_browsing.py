"""Glossary, metrics, search and lineage over REST, each limited to what the asker may see."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.test_hostile import HOSTILE, is_sound
from tests.acceptance.test_numbers import FINANCE
from tests.never.conftest import INSIDER

PAY = "executive_compensation"


@pytest.fixture(scope="module")
def as_asker(rest, words):
    """Asks as somebody, by the header."""

    def ask(method, path, asker=None, **given):
        headers = {"X-ECP-User-Context": json.dumps(words.value(asker))} if asker else {}
        return rest.client.request(method, f"/api/v1/{path}", headers=headers, **given)

    return ask


def everything(as_asker, path, name, asker=None, limit=3):
    found, cursor = [], None
    while True:
        params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        body = as_asker("GET", path, asker, params=params).json()
        found += body[name]
        cursor = body["next_cursor"]
        if cursor is None:
            assert len(found) == body["total"]
            return found


@pytest.mark.parametrize(("path", "name"), [("glossary", "terms"), ("metrics", "metrics")])
def test_the_pages_are_the_whole_list_in_order_and_once(as_asker, path, name):
    whole = as_asker("GET", path, params={"limit": 500}).json()
    assert whole["next_cursor"] is None and whole["total"] == len(whole[name]) > 3
    assert everything(as_asker, path, name) == whole[name]


def test_a_term_says_what_it_means_to_whom(as_asker, words):
    terms = {t["id"]: t for t in everything(as_asker, "glossary", "terms", limit=50)}
    meanings = {m["metric"]: m["departments"] for m in terms[words.text("revenue")]["meanings"]}
    assert meanings[words.text("net_revenue")] == [words.text("finance")]


def test_what_may_not_be_seen_is_not_among_the_metrics(as_asker, words):
    closed = words.text(PAY)
    mine, theirs = (as_asker("GET", "metrics", who, params={"limit": 500}).json() for who in (INSIDER, FINANCE))
    assert closed in {m["id"] for m in mine["metrics"]}
    assert closed not in json.dumps(theirs) and theirs["total"] == mine["total"] - 1
    assert closed not in as_asker("GET", "metrics", params={"limit": 500}).text


def test_a_search_finds_by_words_and_by_meaning(as_asker, words):
    by_name = as_asker("POST", "search", json={"query": words.text("net revenue")}).json()["results"]
    assert by_name[0]["id"] == words.text("net_revenue") and by_name[0]["score"] == 1.0
    kinds = as_asker("POST", "search", json={"query": words.text("APAC"), "kinds": ["member"]}).json()["results"]
    assert (kinds[0]["id"], kinds[0]["kind"], kinds[0]["of"]) == (words.text("apac"), "member", words.text("region"))
    assert {r["kind"] for r in kinds} == {"member"}


def test_a_word_of_the_glossary_finds_what_it_means(as_asker, words):
    body = {"query": words.text("top line"), "kinds": ["metric"]}
    found = as_asker("POST", "search", json=body).json()["results"]
    meant = {words.text(m) for m in ("net_revenue", "gross_revenue", "annualised_run_rate")}
    assert {r["id"] for r in found[:3]} == meant and {r["score"] for r in found[:3]} == {1.0}


@pytest.mark.parametrize("query", ["executive compensation", "what the leadership is paid"])
def test_what_may_not_be_seen_is_not_found(as_asker, words, query):
    body = {"query": words.text(query), "limit": 100}
    mine, theirs = (as_asker("POST", "search", who, json=body).json() for who in (INSIDER, FINANCE))
    assert words.text(PAY) in {r["id"] for r in mine["results"]}
    assert words.text(PAY) not in {r["id"] for r in theirs["results"]} and theirs["total"] < mine["total"]


def test_a_lineage_leads_from_the_source_to_the_metric(as_asker, words):
    body = as_asker("GET", "lineage", params={"target": words.text("net_revenue")}).json()
    assert body["target"] == body["nodes"][0]["id"] == words.text("net_revenue")
    ids = {n["id"] for n in body["nodes"]}
    assert "source" in {n["type"] for n in body["nodes"]}
    assert all({e["source"], e["target"]} <= ids for e in body["edges"])
    near = as_asker("GET", "lineage", params={"target": words.text("net_revenue"), "depth": 1}).json()
    assert 1 < len(near["nodes"]) < len(body["nodes"])


def test_a_lineage_is_asked_of_what_questions_call_it(as_asker, words):
    def asked(target):
        return as_asker("GET", "lineage", FINANCE, params={"target": target})

    table, column = words.text("fct_revenue_daily"), words.text("net_amount")
    whole = asked(table).json()
    assert whole["target"] == table and whole["total"] > 5
    several = asked(column)
    assert (several.status_code, several.json()["type"]) == (409, "urn:ecp:problem:ambiguous")
    options = several.json()["options"]
    assert len(options) == 2 and all(asked(o).json()["target"] == o for o in options)
    assert asked(f"{table}.{column}").json()["target"] in options
    assert asked(words.text("fct_executive_pay")).status_code == 404


def test_the_pages_of_a_lineage_are_the_whole_of_it_once(as_asker, words):
    asked = {"target": words.text("net_revenue")}
    whole = as_asker("GET", "lineage", params=asked).json()
    nodes, edges, cursor = [], [], None
    while True:
        params = asked | {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = as_asker("GET", "lineage", params=params).json()
        nodes, edges, cursor = nodes + page["nodes"], edges + page["edges"], page["next_cursor"]
        if cursor is None:
            break
    assert nodes == whole["nodes"] and len(edges) == len(whole["edges"])
    assert as_asker("GET", "lineage", params=asked | {"cursor": cursor or "x", "depth": 2}).status_code == 422


def test_the_lineage_of_what_may_not_be_seen_is_denied_with_the_reason(as_asker, words):
    mine, theirs = (as_asker("GET", "lineage", who, params={"target": words.text(PAY)}) for who in (INSIDER, FINANCE))
    assert mine.status_code == 200 and theirs.status_code == 403
    assert theirs.json()["type"] == "urn:ecp:problem:access-denied" and theirs.json()["reasons"]
    behind = {n["id"] for n in mine.json()["nodes"]} - {words.text(PAY)}
    told = [as_asker("GET", "lineage", FINANCE, params={"target": n}) for n in sorted(behind)]
    assert all(words.text(PAY) not in t.text or t.status_code == 404 for t in told)
    assert 404 in {t.status_code for t in told}


def test_without_a_policy_nothing_is_shown(without_policy, words):
    answers = [without_policy.get(p) for p in ("glossary", "metrics", f"lineage?target={words.text('net_revenue')}")]
    answers.append(without_policy.post("search", {"query": "x"}))
    assert {a.status_code for a in answers} == {403}
    assert {a.json()["type"] for a in answers} == {"urn:ecp:problem:policy-unavailable"}


def test_an_attribute_that_limits_nothing_here_is_refused(as_asker):
    assert as_asker("GET", "metrics", {"attributes": {"nonsense": ["x"]}}).status_code == 422


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_or_finds_nothing_it_should_not(rest, text):
    content = json.dumps({"query": text}).encode()
    found = rest.client.post("/api/v1/search", content=content, headers={"Content-Type": "application/json"})
    assert found.status_code == 200 or is_sound(found), found.text[:500]
    if len(text) < 5000 and "\ud800" not in text:
        asked = rest.client.get("/api/v1/lineage", params={"target": text})
        assert asked.status_code in (404, 422) and is_problem(asked)
        for path in ("glossary", "metrics"):
            listed = rest.client.get(f"/api/v1/{path}", params={"cursor": text})
            assert listed.status_code == 422 and is_problem(listed)


def is_problem(response):
    return response.headers["content-type"] == "application/problem+json" and "Traceback" not in response.text
