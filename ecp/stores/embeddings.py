"""Texts to unit vectors: a static model from a wheel, or any server that speaks OpenAI's embeddings API."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from ecp.errors import StoreMalformed
from ecp.stores.http_errors import RAISED, Answered, asked, refusal, told, translated

STORE = "vector"
WHO = "The embeddings server"
DIMENSIONS = 256
LONGEST_TEXT = 4000
_INLINE_CHARACTERS = 600
_BATCH = 64
_QUICKLY = 8
MOST_BYTES = 16 * 1024 * 1024


class WordLlamaEmbedder:
    """The static model in the wheel: about 0.1 ms a text, nothing leaves the process. Loaded when first used."""

    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self.name = f"wordllama-{version('wordllama')}-{DIMENSIONS}"

    async def load(self) -> None:
        await asyncio.to_thread(_model)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if not texts:
            return []
        short = [_readable(t) for t in texts]
        if _model.cache_info().currsize and sum(map(len, short)) <= _INLINE_CHARACTERS:
            return self._embed(short)
        return await asyncio.to_thread(self._embed_all, short)

    async def ping(self) -> None:
        return None

    def _embed_all(self, texts: list[str]) -> list[list[float]]:
        batches = (texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH))
        return [vector for batch in batches for vector in self._embed(batch)]

    def _embed(self, texts: list[str]) -> list[list[float]]:
        return [unit(v) for v in _model().embed(texts).tolist()]


@cache
def _model() -> Any:
    """One for the process, however many embedders there are."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    import wordllama  # its import configures the root logger and takes a while

    root.handlers[:], root.level = handlers, level
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, dim=DIMENSIONS, disable_download=True)


class HttpEmbedder:
    """`POST {url}/embeddings` as OpenAI defines it.

    Vectors of another length are cut (and made unit again, as nested models allow) or filled with zeros, which
    keeps their angles.
    """

    dimensions = DIMENSIONS

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str | None = None,
        client: httpx.AsyncClient | None = None,
        timeout: float = 2.0,
    ) -> None:
        self.name = f"{model}@{DIMENSIONS}"
        self._url = _endpoint(url)
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = client or httpx.AsyncClient()
        self._timeout = timeout

    async def load(self) -> None:
        return None

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        short = [_readable(t) for t in texts]
        batches = [short[i : i + _BATCH] for i in range(0, len(short), _BATCH)]
        return [vector for batch in batches for vector in await self._ask(batch)]

    async def ping(self) -> None:
        await self._ask(["ping"])

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, texts: list[str]) -> list[list[float]]:
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        patience = self._timeout * max(1.0, len(texts) / _QUICKLY)  # many at once nobody waits for
        try:
            async with asyncio.timeout(patience):
                answer = await asked(
                    self._client, MOST_BYTES, "POST", self._url, json=body, headers=self._headers, timeout=patience
                )
        except RAISED as error:
            raise translated(STORE, WHO, error) from error
        if (refused := refusal(answer.status_code)) is not None:
            raise told(STORE, WHO, refused)
        return _vectors(answer, len(texts))


def unit(vector: Sequence[float]) -> list[float]:
    """The vector at length one; without a direction, an arbitrary fixed one."""
    length = math.sqrt(sum(v * v for v in vector))
    if not math.isfinite(length) or length < 1e-12:
        return [1.0] + [0.0] * (len(vector) - 1)
    return [v / length for v in vector]


def _readable(text: str) -> str:
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def _endpoint(url: str) -> str:
    base = url.rstrip("/")
    if base.endswith("/embeddings"):
        return base
    return f"{base}/embeddings" if base.endswith("/v1") else f"{base}/v1/embeddings"


def _vectors(answer: Answered, wanted: int) -> list[list[float]]:
    try:
        data = sorted(json.loads(answer.content)["data"], key=lambda d: d["index"])
        vectors = [_fitted([float(v) for v in d["embedding"]]) for d in data]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreMalformed("vector", "the embeddings server answered with something unreadable") from error
    if len(vectors) != wanted:
        raise StoreMalformed("vector", "the embeddings server answered for another number of texts")
    return vectors


def _fitted(vector: list[float]) -> list[float]:
    if not vector or not all(map(math.isfinite, vector)):
        raise ValueError("not a vector")
    return unit((vector + [0.0] * DIMENSIONS)[:DIMENSIONS])
