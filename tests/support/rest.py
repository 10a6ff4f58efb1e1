"""The API asked in the words of whatever pack it was started with."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tests.support.enterprise import AS_OF
from tests.support.renamed import Renaming

Answer = dict[str, Any]
TRACKED_SECONDS = 120.0


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
        """Resolved anew, whoever asked the same before; an answer given again has tests of its own."""
        return self.post(
            "resolve", self.body(question, asker, execute=execute), **{"Cache-Control": "no-cache", **headers}
        )

    def body(self, question: str, asker: Answer | None = None, *, execute: bool = False) -> Answer:
        context = None if asker is None else self.words.value(asker)
        return {"concept": self.words.text(question), "user_context": context, "as_of": AS_OF, "execute": execute}

    def answer(self, question: str, asker: Answer | None = None, *, execute: bool = False) -> Answer:
        """A 200 as JSON."""
        response = self.ask(question, asker, execute=execute)
        assert response.status_code == 200, response.text
        found: Answer = response.json()
        return found

    def tracked_answer(self, question: str, asker: Answer | None = None, *, execute: bool = False) -> Answer:
        """One that the orchestrator has with all its stages: an API that has just begun may tell of it in summary."""
        ends = time.monotonic() + TRACKED_SECONDS
        while (found := self.answer(question, asker, execute=execute))["provenance"]["tracking"] != "full":
            assert time.monotonic() < ends, "no answer was tracked in full"
            time.sleep(1)
        return found


def client_of(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=30, trust_env=False)
