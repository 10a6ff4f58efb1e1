"""The semantic layer as a Cube server: its REST API (cube.dev, "REST API reference") over httpx."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from decimal import Decimal
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, Field, ValidationError

from ecp.domain.semantic import Column, CubeQuery, QueryResult, SemanticMember, SemanticMeta
from ecp.errors import StoreError, StoreMalformed, StoreUnavailable
from ecp.stores.http_errors import RAISED, Answered, asked, refusal, told, translated
from ecp.stores.semantic_common import STORE, ColumnType, cell, check, columns, malformed, missing
from ecp.stores.semantic_sql.model import joined

WHO = "The semantic layer"
CONTINUE_WAIT = "Continue wait"
API = "/cubejs-api/v1"
MOST_BYTES = 64 * 1024 * 1024
_LOST_WAREHOUSE = re.compile(
    r"ConnectionError|onnection terminated|terminating connection"
    r"|\bE(CONN\w+|PIPE|TIMEDOUT)\b|(execution|statement) timeout"
)
"""How Cube's drivers put it that the query never ran; Cube sends these with status 400 too."""
_LACKING = re.compile(r"(column|relation|schema) (\"[\w.]{1,200}\"|[\w.]{1,200}) does not exist")
"""How Postgres puts it, whose words Cube passes on, that something it is asked for is not there."""

Shape = TypeVar("Shape", bound=BaseModel)


class Annotation(BaseModel):
    type: ColumnType


class Annotations(BaseModel):
    measures: dict[str, Annotation]
    dimensions: dict[str, Annotation]
    time_dimensions: dict[str, Annotation] = Field(alias="timeDimensions")


class LoadAnswer(BaseModel):
    data: list[dict[str, Any]]
    annotation: Annotations
    last_refresh: str | None = Field(default=None, alias="lastRefreshTime")


class MetaMember(BaseModel):
    name: str
    type: str
    title: str = ""
    public: bool = True


class MetaJoin(BaseModel):
    name: str


class MetaCube(BaseModel):
    name: str
    public: bool = True
    measures: list[MetaMember] = []
    dimensions: list[MetaMember] = []
    joins: list[MetaJoin] = []


class MetaAnswer(BaseModel):
    cubes: list[MetaCube]


class CubeSemanticLayer:
    """Asks a Cube server at `base_url`. The client is this layer's own and is closed with it.

    `pause` and `short_timeout` are in seconds: between two "Continue wait", and for `meta` and `ping`.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        base_url: str,
        token: str | None = None,
        *,
        pause: float = 0.1,
        short_timeout: float = 2.0,
    ) -> None:
        self._client = client
        self._root = base_url.rstrip("/").removesuffix(API)
        self._headers = {"Authorization": token} if token else {}
        self._pause = pause
        self._short = short_timeout
        self._held: SemanticMeta | None = None

    async def meta(self) -> SemanticMeta:
        return await self._fresh_meta(self._short)

    async def load(self, query: CubeQuery, *, timeout: float) -> QueryResult:
        try:
            async with asyncio.timeout(timeout):
                meta = await self._meta_for(query, timeout)
                check(query, meta)
                answer = _shaped(LoadAnswer, await self._answer(query, timeout))
        except TimeoutError as error:
            raise translated(STORE, WHO, error) from error
        return _result(columns(query, meta), answer)

    async def ping(self) -> None:
        await self._ask("GET", "/readyz", self._short)

    async def close(self) -> None:
        await self._client.aclose()

    async def _meta_for(self, query: CubeQuery, timeout: float) -> SemanticMeta:
        """The metadata held, unless they lack a member of the query: the model may have changed."""
        held = self._held
        if held is None or missing(query, held):
            held = await self._fresh_meta(timeout)
        return held

    async def _fresh_meta(self, timeout: float) -> SemanticMeta:
        body = await self._ask("GET", f"{API}/meta?extended", timeout)
        self._held = _meta(_shaped(MetaAnswer, body), body)
        return self._held

    async def _answer(self, query: CubeQuery, timeout: float) -> Any:
        """The answer to a query, asked for again while the server says that it is still at it."""
        while True:
            body = await self._ask("POST", f"{API}/load", timeout, {"query": query.to_json(), "cache": "no-cache"})
            if not isinstance(body, dict) or body.get("error") != CONTINUE_WAIT:
                return body
            await asyncio.sleep(self._pause)

    async def _ask(self, method: str, path: str, timeout: float, body: Any = None) -> Any:
        """The one seam: raises nothing but our errors."""
        try:
            async with asyncio.timeout(timeout):
                response = await asked(
                    self._client, MOST_BYTES, method, self._root + path, headers=self._headers, json=body,
                    timeout=timeout,
                )  # fmt: skip
        except RAISED as error:
            raise translated(STORE, WHO, error) from error
        refused = _refusal(response)
        if refused is not None:
            refusing = told(STORE, WHO, refused)
            refusing.named = _lacking(response)
            raise refusing
        return _json(response)


def _refusal(response: Answered) -> type[StoreError] | None:
    """What a status means; None for 200."""
    if response.status_code == 400 and _warehouse_lost(response):
        return StoreUnavailable
    return refusal(response.status_code)


def _warehouse_lost(response: Answered) -> bool:
    body = _refused_with(response)
    return body.get("type") != "UserError" and _LOST_WAREHOUSE.search(str(body.get("error"))) is not None


def _lacking(response: Answered) -> str | None:
    """What the warehouse lacks, in its own words."""
    found = _LACKING.search(str(_refused_with(response).get("error")))
    return found.group() if found else None


def _refused_with(response: Answered) -> dict[str, Any]:
    try:
        body = _json(response)
    except StoreMalformed:
        return {}
    return body if isinstance(body, dict) else {}


def _json(response: Answered) -> Any:
    try:
        return json.loads(response.content, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise told(STORE, WHO, StoreMalformed) from error


def _shaped(shape: type[Shape], body: Any) -> Shape:
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        raise told(STORE, WHO, StoreMalformed) from error


def _result(shape: tuple[Column, ...], answer: LoadAnswer) -> QueryResult:
    said = {**answer.annotation.dimensions, **answer.annotation.time_dimensions, **answer.annotation.measures}
    try:
        kinds = [(column.name, said[column.name].type) for column in shape]
        rows = tuple(tuple(cell(row[name], kind) for name, kind in kinds) for row in answer.data)
    except KeyError as error:
        raise malformed("The semantic layer left out a column") from error
    named = tuple(Column(name=name, type=kind) for name, kind in kinds)
    return QueryResult(columns=named, rows=rows, as_of=answer.last_refresh)


def _meta(answer: MetaAnswer, body: Any) -> SemanticMeta:
    members = {
        member.name: SemanticMember(name=member.name, kind=kind, type=member.type, title=member.title)
        for cube in answer.cubes
        for kind, shown in (("measure", cube.measures), ("dimension", cube.dimensions))
        for member in shown
        if cube.public and member.public
    }
    edges = {cube.name: tuple(join.name for join in cube.joins) for cube in answer.cubes}
    text = json.dumps(body, sort_keys=True, default=str)
    return SemanticMeta(members=members, joined=joined(edges), version=hashlib.sha256(text.encode()).hexdigest()[:16])
