"""The whole platform over REST, in the words of whatever pack it was started with, and plain SQL beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.enterprise import AS_OF, Enterprise, another_api, wait_until_live
from tests.support.renamed import Renaming

Answer = dict[str, Any]


class Rest:
    """Asks one API as the demo's people would; every word goes through the pack's vocabulary."""

    def __init__(self, client: httpx.Client, words: Renaming) -> None:
        self.client = client
        self.words = words

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.client.post(f"/api/v1/{path}", json=body, headers=headers)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(f"/api/v1/{path}")

    def ask(
        self, question: str, asker: Answer | None = None, *, execute: bool = False, **headers: str
    ) -> httpx.Response:
        return self.post("resolve", self.body(question, asker, execute=execute), **headers)

    def body(self, question: str, asker: Answer | None = None, *, execute: bool = False) -> Answer:
        context = None if asker is None else self.words.value(asker)
        return {"concept": self.words.text(question), "user_context": context, "as_of": AS_OF, "execute": execute}

    def answer(self, question: str, asker: Answer | None = None, *, execute: bool = False) -> Answer:
        """A 200 as JSON."""
        response = self.ask(question, asker, execute=execute)
        assert response.status_code == 200, response.text
        found: Answer = response.json()
        return found


@pytest.fixture(scope="session")
def words(enterprise: Enterprise) -> Renaming:
    """The demo's words → those of the pack under test."""
    return enterprise.words


@pytest.fixture(scope="session")
def rest(enterprise: Enterprise) -> Iterator[Rest]:
    """The API of the platform. Prefect may still be starting: nothing here waits for it."""
    wait_until_live(enterprise.api_url, enterprise.platform.layout.log("api"))
    with client_of(enterprise.api_url) as client:
        yield Rest(client, enterprise.words)


def client_of(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=30, trust_env=False)


@pytest.fixture(scope="session")
def without_policy(enterprise: Enterprise, rest: Rest) -> Iterator[Rest]:
    """An API whose policy engine is not there."""
    with another_api(enterprise, ECP_OPA_URL="http://127.0.0.1:1") as url, client_of(url) as client:
        yield Rest(client, enterprise.words)


@pytest.fixture(scope="session")
def without_semantics(enterprise: Enterprise, rest: Rest) -> Iterator[Rest]:
    """An API whose semantic layer is not there, nor the orchestrator."""
    nowhere = {"ECP_CUBE_URL": "http://127.0.0.1:1", "PREFECT_API_URL": "http://127.0.0.1:1/api"}
    with another_api(enterprise, **nowhere) as url, client_of(url) as client:
        yield Rest(client, enterprise.words)


@pytest.fixture(scope="session")
def warehouse(enterprise: Enterprise) -> Iterator[Callable[..., Any]]:
    """The one value that plain SQL, written in the demo's words, answers on the documented tables."""
    with psycopg.connect(enterprise.admin, autocommit=True) as connection:

        def value(query: str, *codes: str) -> Any:
            renamed = [enterprise.words.text(code) for code in codes]
            text = enterprise.words.text(query).replace(":codes", ", ".join(f"'{code}'" for code in renamed))
            row = connection.execute(text).fetchone()  # type: ignore[arg-type]
            assert row is not None
            return row[0]

        yield value


@pytest.fixture(scope="session")
def registry(enterprise: Enterprise) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(enterprise.registry, autocommit=True) as connection:
        yield connection
