"""Texts become unit vectors, from a wheel or from a server."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from ecp.errors import StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.stores.embeddings import DIMENSIONS, HttpEmbedder, WordLlamaEmbedder, unit
from ecp.stores.protocols import Embedder


def cosine(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


@contextmanager
def embeddings_server(status: int = 200, body: Any = None, wait: float = 0) -> Iterator[tuple[str, list[Any]]]:
    """Speaks OpenAI's embeddings API: a text's vector counts its letters; `body` replaces the answer."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers.get("Authorization"), sent))
            done.wait(wait)
            data = [{"index": i, "embedding": letters(t)} for i, t in enumerate(sent["input"])]
            answer = json.dumps({"data": data[::-1]}) if body is None else body
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *args: object) -> None:
            pass

    done = Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        done.set()
        server.shutdown()
        server.server_close()


def letters(text: str) -> list[float]:
    return [float(text.lower().count(chr(ord("a") + i))) for i in range(26)]


class EmbedderContract:
    """What every embedder keeps."""

    async def test_vectors_are_unit_and_of_the_named_length(self, embedder: Embedder) -> None:
        vectors = await embedder.embed(["one two", "three", "x" * 100_000, "", "   ", "\0", "\ud800", "日本語 ☃"])
        assert embedder.dimensions == DIMENSIONS
        assert all(len(v) == DIMENSIONS for v in vectors)
        assert all(math.isclose(sum(x * x for x in v), 1, abs_tol=1e-5) for v in vectors)

    async def test_order_is_kept_and_batches_do_not_matter(self, embedder: Embedder) -> None:
        texts = [f"text number {n} about {'wheat' if n % 2 else 'steel'}" for n in range(150)]
        together = await embedder.embed(texts)
        alone = [(await embedder.embed([t]))[0] for t in (texts[0], texts[77], texts[149])]
        for one, same in zip(alone, (together[0], together[77], together[149]), strict=True):
            assert cosine(one, same) == pytest.approx(1, abs=1e-4)

    async def test_nothing_gives_nothing(self, embedder: Embedder) -> None:
        assert await embedder.embed([]) == []

    async def test_it_is_named(self, embedder: Embedder) -> None:
        assert embedder.name


class TestWordLlama(EmbedderContract):
    async def test_what_is_near_in_meaning_is_nearer(self, embedder: WordLlamaEmbedder) -> None:
        asked, near, far = await embedder.embed(["people who quit", "employee attrition rate", "warehouse floor space"])
        assert cosine(asked, near) > cosine(asked, far)

    async def test_loading_leaves_the_root_logger_alone(self) -> None:
        root = logging.getLogger()
        before = (root.level, list(root.handlers))
        await WordLlamaEmbedder().embed(["a"])
        assert (root.level, list(root.handlers)) == before

    async def test_many_at_once_agree(self, embedder: WordLlamaEmbedder) -> None:
        answers = await asyncio.gather(*(embedder.embed(["the same text " * 50]) for _ in range(8)))
        assert all(a == answers[0] for a in answers)


class TestHttp(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Iterator[HttpEmbedder]:
        with embeddings_server() as (url, _):
            yield HttpEmbedder(url, "letters")

    async def test_it_asks_as_openai_does(self) -> None:
        with embeddings_server() as (url, asked):
            await HttpEmbedder(url, "m", key="secret").embed(["abc"])
        path, authorization, sent = asked[0]
        assert (path, authorization) == ("/v1/embeddings", "Bearer secret")
        assert (sent["model"], sent["input"]) == ("m", ["abc"])

    @pytest.mark.parametrize(
        ("status", "body", "error"),
        [
            (500, None, StoreUnavailable),
            (429, None, StoreUnavailable),
            (401, None, StoreRejected),
            (200, "not json", StoreMalformed),
            (200, "[]", StoreMalformed),
            (200, '{"data": [{"index": 0}]}', StoreMalformed),
            (200, '{"data": [{"index": 0, "embedding": []}]}', StoreMalformed),
            (200, '{"data": [{"index": 0, "embedding": [NaN]}]}', StoreMalformed),
            (200, '{"data": []}', StoreMalformed),
        ],
    )
    async def test_what_it_answers_wrongly_is_an_error_of_ours(
        self, status: int, body: str | None, error: type[Exception]
    ) -> None:
        with embeddings_server(status, body) as (url, _), pytest.raises(error) as raised:
            await HttpEmbedder(url, "m").embed(["abc"])
        assert "127.0.0.1" not in str(raised.value)

    async def test_a_slow_server_times_out(self) -> None:
        with embeddings_server(wait=20) as (url, _), pytest.raises(StoreTimeout):
            await HttpEmbedder(url, "m", timeout=0.2).embed(["abc"])

    async def test_a_dead_server_is_unavailable(self) -> None:
        with pytest.raises(StoreUnavailable):
            await HttpEmbedder("http://127.0.0.1:9", "m").embed(["abc"])

    async def test_longer_vectors_are_cut(self) -> None:
        body = json.dumps({"data": [{"index": 0, "embedding": [1.0] * 1536}]})
        with embeddings_server(body=body) as (url, _):
            (vector,) = await HttpEmbedder(url, "m").embed(["abc"])
        assert vector == unit([1.0] * DIMENSIONS)
