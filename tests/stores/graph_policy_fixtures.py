"""What the graph and policy tests share: a small enterprise, a driver that remembers what it was asked, askers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from neo4j import AsyncDriver, Query
from pydantic import TypeAdapter

from ecp.domain.assets import AnyAsset
from ecp.domain.authorization import AssetForPolicy, LimitForPolicy, PolicyAsker, PolicyInput
from ecp.settings import Settings
from ecp.stores.graph import Neo4jGraph, open_driver

CORPUS = Path(__file__).parent / "corpus"
_ASSETS = TypeAdapter(tuple[AnyAsset, ...])

HOSTILE = (
    "'}) DETACH DELETE n //",
    "x') RETURN 1 UNION MATCH (n) RETURN n //",
    "`]->() MATCH (n) DELETE n",
    '"; DROP TABLE assets; --',
    "$version",
    "\x00\x01\x7f",
    "\\u0027\\",
    "é😀\u2028",
    "w" * 20_000,
    "",
)

DOCUMENTS: list[dict[str, Any]] = [
    {"kind": "metric", "id": "net_yield", "name": "Net yield", "synonyms": ["Yields"], "departments": ["Kiln Room"]},
    {
        "kind": "metric",
        "id": "gross_yield",
        "name": "Gross yield",
        "semantic_layer_ref": "Yield.gross",
        "departments": ["glaze"],
    },
    {"kind": "metric", "id": "planned_yield", "name": "Planned yield", "target_of": ["net_yield", "gross_yield"]},
    {
        "kind": "term",
        "id": "yield",
        "name": "Yield",
        "metrics": [
            {"metric": "net_yield", "departments": ["Kiln Room"]},
            {"metric": "gross_yield", "departments": ["Glaze"]},
            {"metric": "planned_yield"},
            {"metric": "not_there"},
        ],
    },
    {
        "kind": "dimension",
        "id": "clay",
        "name": "Clay",
        "members": [
            {"id": "red", "name": "Red clay", "synonyms": ["terracotta"]},
            {"id": "white", "name": "White clay"},
        ],
    },
    {
        "kind": "entity",
        "id": "potter",
        "name": "Potter",
        "relations": [{"name": "taught_by", "to": "potter", "verbs": ["taught by"], "inverse_verbs": ["teaches"]}],
        "instances": [
            {"id": "ann", "name": "Ann O'Hara", "synonyms": ["Terracotta"]},
            {"id": "ben", "name": "Ben", "links": {"taught_by": ["ann"]}},
            {"id": "cleo", "name": "Cleo", "links": {"taught_by": ["ann", "ben"]}},
        ],
    },
    {"kind": "tribal_knowledge", "id": "tk_all", "message": "Everything is dusty."},
    {"kind": "tribal_knowledge", "id": "tk_net", "message": "Net is late.", "scope": {"metrics": ["net_yield"]}},
    {
        "kind": "lineage",
        "id": "lineage_a",
        "nodes": [
            {"id": "kiln.log", "type": "source", "name": "Kiln log", "system": "Kiln"},
            {"id": "store.firing.pieces", "type": "column", "system": "Store"},
            {"id": "Yield.gross", "type": "measure", "name": "Pieces fired"},
        ],
        "edges": [
            {"source": "kiln.log", "target": "store.firing.pieces", "transformation": "copied"},
            {"source": "store.firing.pieces", "target": "Yield.gross", "transformation": "sum"},
            {"source": "store.firing.broken", "target": "net_yield", "transformation": "subtracted"},
            {"source": "gross_yield", "target": "net_yield", "transformation": "minuend"},
            {"source": "kiln.log", "target": "store.firing.broken"},
        ],
    },
]


def documents(*added: dict[str, Any]) -> tuple[AnyAsset, ...]:
    return _ASSETS.validate_python([*DOCUMENTS, *added])


def another(number: int) -> dict[str, Any]:
    """A document more, so that the content differs."""
    return {"kind": "metric", "id": f"metric_{number}", "name": f"Metric {number}"}


def driver_for(settings: Settings, **changes: Any) -> AsyncDriver:
    assert settings.neo4j_uri is not None and settings.neo4j_password is not None
    given = {
        "uri": settings.neo4j_uri,
        "user": settings.neo4j_user,
        "password": settings.neo4j_password.get_secret_value(),
        "timeout": 10.0,
    }
    return open_driver(**{**given, **changes})


@asynccontextmanager
async def graph_of(driver: AsyncDriver, timeout: float = 20.0) -> AsyncIterator[Neo4jGraph]:
    graph = Neo4jGraph(driver, timeout=timeout)
    try:
        yield graph
    finally:
        await graph.close()


async def emptied(driver: AsyncDriver) -> None:
    async with driver.session(database="neo4j") as session:
        await (await session.run("MATCH (n) DETACH DELETE n")).consume()


class Remembering:
    """A driver that passes everything on, and keeps the statements and the mode of their sessions."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver
        self.asked: list[tuple[str, str]] = []

    @asynccontextmanager
    async def session(self, **options: Any) -> AsyncIterator[Any]:
        async with self._driver.session(**options) as session:
            yield _Asked(session, options["default_access_mode"], self.asked)

    async def close(self) -> None:
        await self._driver.close()


class _Asked:
    def __init__(self, asked: Any, mode: str, into: list[tuple[str, str]]) -> None:
        self._asked, self._mode, self._into = asked, mode, into

    async def run(self, statement: str | Query, *arguments: Any, **parameters: Any) -> Any:
        text = statement.text if isinstance(statement, Query) else statement
        self._into.append((self._mode, str(text)))
        return await self._asked.run(statement, *arguments, **parameters)

    async def begin_transaction(self) -> _Asked:
        return _Asked(await self._asked.begin_transaction(), self._mode, self._into)

    async def commit(self) -> None:
        await self._asked.commit()

    async def __aenter__(self) -> _Asked:
        await self._asked.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._asked.__aexit__(*error)


def corpus(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
    return cases


def asset(asset_id: str = "a", **fields: Any) -> AssetForPolicy:
    return AssetForPolicy(**{"id": asset_id, "kind": "metric", "name": f"Asset {asset_id}", "required": True, **fields})


def limit(**fields: Any) -> LimitForPolicy:
    return LimitForPolicy(**{"dimension": "d", "name": "D", "allowed": ("x", "y"), **fields})


def question(*parts: AssetForPolicy | LimitForPolicy, **asker: Any) -> PolicyInput:
    return PolicyInput(
        action="resolve",
        asker=PolicyAsker(**asker),
        assets=tuple(p for p in parts if isinstance(p, AssetForPolicy)),
        limits=tuple(p for p in parts if isinstance(p, LimitForPolicy)),
        registry_version="1",
    )
