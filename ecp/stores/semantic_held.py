"""The semantic layer with what is known of it held for a while: its metadata, its data version, last results."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ecp.domain.semantic import CubeQuery, QueryResult, SemanticMeta
from ecp.domain.values import JsonObject
from ecp.errors import StoreError
from ecp.stores.protocols import SemanticLayer

T = TypeVar("T")
_RESULTS_AT_MOST = 2_000
ALIVE_SECONDS = 1.0


@dataclass(frozen=True)
class Held(Generic[T]):
    """Something and when it was learnt, in the clock's seconds."""

    value: T
    at: float


class HeldSemantics:
    """One for each process. What is held is dropped as soon as the layer fails, so that it never hides an outage.

    `seconds` is how long metadata and data version serve without asking again."""

    def __init__(self, layer: SemanticLayer, clock: Callable[[], float], seconds: float) -> None:
        self._layer = layer
        self._clock = clock
        self._seconds = seconds
        self._answered_at = float("-inf")
        self._meta: Held[SemanticMeta] | None = None
        self._versions: dict[str, Held[str | None]] = {}
        self._results: OrderedDict[str, Held[QueryResult]] = OrderedDict()

    def held_meta(self) -> SemanticMeta | None:
        """The metadata, if they were learnt a short while ago and the layer has not failed since."""
        return self._meta.value if self._meta and self._fresh(self._meta.at) else None

    async def alive(self) -> None:
        """Returns when the layer answers, or did a moment ago: what is held serves while it does, and no longer."""
        if self._clock() - self._answered_at >= ALIVE_SECONDS:
            await self.ping()

    async def meta(self) -> SemanticMeta:
        with self._forgetting():
            meta = await self._layer.meta()
        self._meta = Held(meta, self._clock())
        return meta

    async def read_model(self) -> None:
        """Has the layer read its model, which takes it a while the first time. What is held stays as it is."""
        await self._layer.meta()

    def held_version(self, query: JsonObject) -> Held[str | None] | None:
        held = self._versions.get(_key(query))
        return held if held and self._fresh(held.at) else None

    async def data_version(self, query: JsonObject, *, timeout: float) -> str | None:
        """The one value of the pack's data-version query, as text; None when it has no value."""
        result = await self.load(CubeQuery.model_validate(query), timeout=timeout)
        version = str(result.rows[0][0]) if result.rows and result.rows[0] else None
        self._versions[_key(query)] = Held(version, self._clock())
        return version

    async def load(self, query: CubeQuery, *, timeout: float) -> QueryResult:
        with self._forgetting():
            return await self._layer.load(query, timeout=timeout)

    def keep(self, key: str, result: QueryResult) -> None:
        """Keeps the last result of a query under a decision, for when the layer is down."""
        self._results[key] = Held(result, self._clock())
        self._results.move_to_end(key)
        if len(self._results) > _RESULTS_AT_MOST:
            self._results.popitem(last=False)

    def last_known(self, key: str) -> tuple[QueryResult, float] | None:
        """The last result kept under this key and its age in seconds."""
        held = self._results.get(key)
        return (held.value, self._clock() - held.at) if held else None

    async def ping(self) -> None:
        with self._forgetting():
            await self._layer.ping()

    async def close(self) -> None:
        await self._layer.close()

    def _fresh(self, at: float) -> bool:
        return self._clock() - at < self._seconds

    def _forgetting(self) -> _Forgetting:
        return _Forgetting(self)

    def answered(self) -> None:
        self._answered_at = self._clock()

    def forget(self) -> None:
        self._answered_at = float("-inf")
        self._meta = None
        self._versions.clear()


class _Forgetting:
    def __init__(self, held: HeldSemantics) -> None:
        self._held = held

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._held.answered()
        elif isinstance(error, StoreError):
            self._held.forget()


def _key(query: JsonObject) -> str:
    return json.dumps(query, sort_keys=True)
