"""Questions of many kinds and people while faults come and go: no answer, whatever its luck, breaks what must never.

`STORM` says how many questions (default 240), `STORM_SEED` which, and which faults.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.bench import led, secret, upstream
from tests.support.enterprise import AS_OF, Enterprise, another_api
from tests.support.toxiproxy import Proxy, Toxiproxy, running_toxiproxy

COUNT = int(os.environ.get("STORM", "240"))
pytestmark = [pytest.mark.needs_servers, pytest.mark.timeout(600 + 2 * COUNT)]
CALLERS = 6
SEED = int(os.environ.get("STORM_SEED", "20260210"))
TOLD_EVERY = 250
CALM_TRIES = 30
FINANCE = {"user_id": "u-finance", "department": "finance", "role": "analyst"}
APAC_ONLY = {**FINANCE, "user_id": "u-apac", "allowed_regions": ["APAC"]}
SALES = {"user_id": "u-sales", "department": "sales", "role": "analyst"}
INSIDER = {"user_id": "u-hr", "department": "hr", "role": "hr_admin"}
FAULTS = (
    ("cut", {}),
    ("latency", {"latency": 4000}),
    ("reset_peer", {"timeout": 0}),
    ("timeout", {"timeout": 0}),
    ("slicer", {"average_size": 4, "delay": 50_000}),
)
WAYS = ("graph", "semantic", "policy", "registry")


@dataclass(frozen=True)
class Case:
    question: str
    asker: tuple[tuple[str, Any], ...]
    execute: bool

    def __str__(self) -> str:
        return f"{self.question!r} as {dict(self.asker)}{', executed' if self.execute else ''}"


def case(question: str, asker: dict[str, Any], *, execute: bool = False) -> Case:
    return Case(question, tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in asker.items()), execute)


CASES = (
    case("What was APAC revenue last quarter?", FINANCE, execute=True),
    case("What was APAC revenue last quarter?", SALES, execute=True),
    case("What was APAC and EMEA revenue last quarter compared to budget?", FINANCE),
    case("Gross revenue by country last quarter", APAC_ONLY, execute=True),
    case("What was EMEA revenue last quarter?", APAC_ONLY, execute=True),
    case("What is the definition of ARR?", SALES),
    case("Where does the APAC revenue number come from?", FINANCE),
    case("What metrics are available for APAC analysis?", SALES),
    case("Show me executive compensation data", SALES, execute=True),
    case("What was executive compensation in FY2025?", INSIDER, execute=True),
    case("revenue in Atlantis last quarter", FINANCE, execute=True),
    case("revenue", {}),
)


class Storm:
    """One API behind proxies; `calm` is what it answers while everything is there."""

    def __init__(self, client: httpx.AsyncClient, enterprise: Enterprise) -> None:
        self._client = client
        self._words = enterprise.words
        self.calm: dict[Case, httpx.Response] = {}
        self.given: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.broken: list[str] = []

    async def ask(self, asked: Case, *, fresh: bool) -> httpx.Response:
        context = json.loads(json.dumps(dict(asked.asker)))
        body: dict[str, Any] = {"concept": self._words.text(asked.question), "as_of": AS_OF, "execute": asked.execute}
        if context:
            body["user_context"] = self._words.value(context)
        headers = {"Cache-Control": "no-cache"} if fresh else {}
        return await self._client.post("/api/v1/resolve", json=body, headers=headers)

    async def learn(self) -> None:
        for asked in CASES:
            for _ in range(CALM_TRIES):
                answer = await self.ask(asked, fresh=True)
                if answer.status_code in (200, 403) and not answer.json().get("degradations"):
                    break
                await asyncio.sleep(1)
            assert answer.status_code in (200, 403) and not answer.json().get("degradations"), answer.text
            self.calm[asked] = answer

    async def rage(self, chance: random.Random, count: int) -> None:
        left = iter(range(count))

        async def caller() -> None:
            for _ in left:
                asked, fresh = chance.choice(CASES), chance.random() < 0.7
                self.judge(asked, await self.ask(asked, fresh=fresh))

        await asyncio.gather(*(caller() for _ in range(CALLERS)))

    def judge(self, asked: Case, answer: httpx.Response) -> None:
        body = answer.json()
        self.seen[f"{answer.status_code} {'+'.join(sorted(missing(body)))}".strip()] += 1
        if answer.status_code in (200, 403) and body.get("resolution_id"):
            self.given[body["resolution_id"]] += 1
        for wrong in faults_of(answer.status_code, body, self.calm[asked], answer):
            self.broken.append(f"{asked}: {wrong}")
        if self.seen.total() % TOLD_EVERY == 0:
            print(f"{self.seen.total()} questions: {dict(self.seen.most_common())}, {self.broken}", flush=True)


def missing(body: dict[str, Any]) -> set[str]:
    return {d["component"] for d in body.get("degradations") or ()}


def faults_of(status: int, body: dict[str, Any], calm: httpx.Response, answer: httpx.Response) -> Iterator[str]:
    if status == 200:
        yield from wrong_in_an_answer(body, calm)
    elif status in (403, 429, 503, 504):
        yield from wrong_in_a_refusal(status, body, calm, answer)
    else:
        yield f"status {status}: {answer.text[:300]}"


def wrong_in_an_answer(body: dict[str, Any], calm: httpx.Response) -> Iterator[str]:
    if calm.status_code != 200:
        yield "answered, though it is refused when everything is there"
        return
    usual, without = calm.json(), missing(body)
    if body["status"] != usual["status"]:
        yield f"status {body['status']} and not {usual['status']} without {without}"
    if wider := set(shown(body)) - set(shown(usual)):
        yield f"shows {wider}, which it does not when everything is there"
    if filters(body) != filters(usual) or body["authorization"] != usual["authorization"]:
        yield "is limited otherwise than when everything is there"
    if body["results"] is not None and body["results"]["rows"] != usual["results"]["rows"]:
        yield "has other numbers"
    if any(not d["effect"] for d in body["degradations"]):
        yield "does not say what a degradation did"
    troubled = {n["status"] for n in body["provenance"]["dag"]["nodes"]} & {"failed", "skipped", "degraded"}
    if without - {"orchestrator"} and not troubled:
        yield f"is without {without}, and no stage failed"
    if without - {"orchestrator"} and body["confidence_score"] > usual["confidence_score"]:
        yield f"is surer without {without}"
    if not without and (other := [k for k, v in substance(body).items() if v != substance(usual)[k]]):
        yield f"differs, and says nothing of why: {[(k, substance(body)[k], substance(usual)[k]) for k in other]}"


def wrong_in_a_refusal(
    status: int, body: dict[str, Any], calm: httpx.Response, answer: httpx.Response
) -> Iterator[str]:
    if not answer.headers["content-type"].startswith("application/problem+json"):
        yield f"{status} without a problem document"
    if leaked := {"results", "execution_plan", "options", "resolved_concepts"} & set(body):
        yield f"a refusal with {leaked}"
    unavailable = body.get("type", "").endswith("policy-unavailable")
    if status == 403 and calm.status_code == 200 and not unavailable:
        yield f"denied, though it is allowed: {body}"
    if (status == 429 or unavailable) and not int(answer.headers.get("retry-after", 0)):
        yield f"{status} without Retry-After"


def shown(body: dict[str, Any]) -> Iterator[str]:
    """Whatever is named to the asker."""
    concepts = body["resolved_concepts"] or {}
    yield from (m["id"] for m in concepts.get("metrics", ()))
    yield from (f"option {json.dumps(o, sort_keys=True)[:80]}" for o in body["options"] or ())
    yield from (json.dumps(row, sort_keys=True) for row in (body["results"] or {}).get("rows", ()))


def filters(body: dict[str, Any]) -> list[Any] | None:
    plan = body["execution_plan"]
    return None if plan is None else [query["cube"].get("filters") for query in plan["queries"]]


def substance(body: dict[str, Any]) -> dict[str, Any]:
    alike = ("status", "resolved_concepts", "execution_plan", "answer", "confidence_score")
    return {**{k: body[k] for k in alike}, "rows": body["results"] and body["results"]["rows"]}


@contextmanager
def storm_api(enterprise: Enterprise, ports: dict[str, int]) -> Iterator[str]:
    settings = enterprise.settings
    for store, port in ports.items():
        settings = led(settings, store, port)
    given = {
        "ECP_NEO4J_URI": str(settings.neo4j_uri),
        "ECP_CUBE_URL": str(settings.cube_url),
        "ECP_OPA_URL": str(settings.opa_url),
        "ECP_POSTGRES_DSN": secret(settings.postgres_dsn),
        "ECP_BREAKER_RESET_SECONDS": "2",
        "ECP_LOG_LEVEL": "WARNING",
    }
    with another_api(enterprise, **given) as url:
        yield url


@asynccontextmanager
async def faults_coming_and_going(ways: dict[str, Proxy], chance: random.Random) -> AsyncIterator[None]:
    async def blow() -> None:
        while True:
            way = ways[chance.choice(sorted(ways))]
            kind, attributes = chance.choice(FAULTS)
            await (way.cut() if kind == "cut" else way.poison(kind, **attributes))
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            await way.heal()
            await asyncio.sleep(chance.uniform(0.1, 1.0))

    blowing = asyncio.create_task(blow())
    try:
        yield
    finally:
        blowing.cancel()
        await asyncio.gather(blowing, return_exceptions=True)
        for way in ways.values():
            await way.heal()


@pytest.fixture
def proxies() -> Iterator[str]:
    """A fault proxy of the storm's own: in the matrix's, the names of its ways are taken."""
    with running_toxiproxy() as url:
        yield url


async def test_whatever_fails_meanwhile_no_answer_breaks_what_must_never(enterprise, proxies):
    chance, toxiproxy = random.Random(SEED), Toxiproxy(proxies)
    ways = {store: await toxiproxy.proxy(upstream(enterprise.settings, store)) for store in WAYS}
    try:
        with storm_api(enterprise, {store: way.port for store, way in ways.items()}) as url:
            async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client:
                storm = Storm(client, enterprise)
                await storm.learn()
                async with faults_coming_and_going(ways, chance):
                    await storm.rage(chance, COUNT)
    finally:
        await toxiproxy.close()
    print(f"{COUNT} questions: {dict(storm.seen.most_common())}")
    if storm.broken:
        print(errors_of(enterprise, url))
    assert storm.broken == []
    assert sum(storm.seen.values()) == COUNT and any(missing_in for missing_in in storm.seen if " " in missing_in)
    assert unrecorded(enterprise, storm.given) == {}


def errors_of(enterprise: Enterprise, url: str) -> str:
    """What the API has logged of what nobody expected, and how it came about."""
    log = (enterprise.settings.home / f"api-{url.rpartition(':')[2]}.log").read_text()
    return "\n".join(part[:6000] for part in log.split("unexpected_error")[1:4])


def unrecorded(enterprise: Enterprise, given: Counter[str]) -> dict[str, int]:
    """Resolutions that were given more often than the audit trail has it."""
    with psycopg.connect(enterprise.registry, autocommit=True) as connection:
        query = "select resolution_id, count(*) from audit where resolution_id = any(%s) group by 1"
        kept = dict(connection.execute(query, (list(given),)).fetchall())
    return {i: times - kept.get(i, 0) for i, times in given.items() if kept.get(i, 0) < times}
