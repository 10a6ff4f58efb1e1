"""The graph over Bolt: the `neo4j` driver on Neo4j or on the embedded server, with the same statements."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncSession,
    NotificationMinimumSeverity,
    Query,
)
from neo4j import exceptions as bolt

from ecp.domain.assets import AnyAsset
from ecp.domain.relations import Place
from ecp.domain.values import JsonObject
from ecp.errors import StoreError, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable
from ecp.stores import cypher
from ecp.stores.graph_content import EVERYBODY_ELSE, department_key, graph_content
from ecp.stores.graph_publish import write_version
from ecp.stores.protocols import GraphHit, LineageGraph

STORE = "graph"
DATABASE = "neo4j"
POOL_SIZE = 8
DEEPEST = 10
PUBLISH_SECONDS = 600.0
CHECK_IDLE_SECONDS = 5.0

BY_TYPE: dict[type[Exception], type[StoreError]] = {
    bolt.ClientError: StoreRejected,
    bolt.DatabaseError: StoreUnavailable,
    bolt.TransientError: StoreUnavailable,
    bolt.AuthError: StoreUnavailable,
    bolt.ServiceUnavailable: StoreUnavailable,
    bolt.SessionExpired: StoreUnavailable,
    bolt.ConnectionPoolError: StoreUnavailable,
    bolt.ConnectionAcquisitionTimeoutError: StoreTimeout,
    bolt.ConfigurationError: StoreRejected,
    bolt.BrokenRecordError: StoreMalformed,
    bolt.ResultError: StoreMalformed,
    bolt.SessionError: StoreRejected,
    bolt.TransactionError: StoreRejected,
    TimeoutError: StoreTimeout,
    OSError: StoreUnavailable,
    UnicodeError: StoreRejected,
    RuntimeError: StoreUnavailable,  # the event loop's, of a connection that was closed as it was used
}
"""What asking can raise; a test names the classes of the driver that are only bases of others."""

DETAILS: dict[type[StoreError], str] = {
    StoreUnavailable: "The graph cannot be reached",
    StoreTimeout: "The graph did not answer in time",
    StoreRejected: "The graph refused the request",
    StoreMalformed: "The graph answered with something unreadable",
}

Records = list[dict[str, Any]]


def open_driver(uri: str, user: str, password: str, *, timeout: float) -> AsyncDriver:
    """A driver that connects when first asked. `timeout` in seconds, for one connection."""
    return AsyncGraphDatabase.driver(
        uri,
        auth=(user, password),
        max_connection_pool_size=POOL_SIZE,
        connection_timeout=timeout,
        connection_acquisition_timeout=timeout,
        liveness_check_timeout=CHECK_IDLE_SECONDS,
        notifications_min_severity=NotificationMinimumSeverity.OFF,
        telemetry_disabled=True,
    )


# A subject without an asset: rows come also for a question without metrics.
NO_ASSET = ""


class Neo4jGraph:
    """The graph behind `driver`, which is this store's own and is closed with it; it lives on one event loop.

    `timeout` in seconds bounds each read, whatever the server does. One process publishes at a time.
    """

    def __init__(self, driver: AsyncDriver, *, timeout: float, publish_timeout: float = PUBLISH_SECONDS) -> None:
        self._driver = driver
        self._timeout = timeout
        self._publish_timeout = publish_timeout
        self._publishing = asyncio.Lock()

    async def find(self, phrases: Sequence[str], department: str | None, version: str) -> tuple[GraphHit, ...]:
        """Assets and members with exactly one of these names, and the metrics that a named term means to the
        department (its own choice, else everybody's). Sorted by phrase as given."""
        forms = list(dict.fromkeys(phrases))
        if not forms:
            return ()
        key = department_key(department)
        async with self._reading() as session:
            found = await self._read(session, cypher.FIND, version, forms=forms, department=key)
        return hits_of(forms, found, key)

    async def known_issues(self, metrics: Sequence[str], version: str) -> tuple[str, ...]:
        async with self._reading() as session:
            found = await self._read(session, cypher.ISSUES, version, subjects=[NO_ASSET, *metrics])
        return tuple(sorted({i for row in found for i in (row["id"], *row["general"]) if i}))

    async def lineage(self, target: str, depth: int, version: str) -> LineageGraph:
        """What feeds `target` (the id of a metric, measure, column …) over at most `depth` hops, 1 to 10. Nodes
        `{"id", "type", "name", "system"}` nearest first, edges `{"source", "target", "transformation"}`; no node
        when the target is unknown."""
        nodes: dict[str, JsonObject] = {}
        edges: dict[tuple[str, str, str], JsonObject] = {}
        async with self._reading() as session:
            found = await self._read(session, cypher.LINEAGE_TARGET, version, target=target)
            newest = _new_nodes(found, nodes)
            for _ in range(min(max(depth, 1), DEEPEST)):
                if not newest:
                    break
                found = await self._read(session, cypher.LINEAGE_HOP, version, fed=newest)
                edges |= _edges(found)
                newest = _new_nodes(found, nodes)
        ordered = tuple(edge for _, edge in sorted(edges.items()))
        return LineageGraph(target=target, nodes=tuple(nodes.values()), edges=ordered)

    async def related(
        self, origins: Sequence[Place], relation: str, version: str, *, outgoing: bool
    ) -> tuple[tuple[Place, Place], ...]:
        """Pairs of an origin and an instance it is linked with over the relation: from it when `outgoing`, else to
        it. Sorted."""
        statement = cypher.LINKED_FROM if outgoing else cypher.LINKED_TO
        by_key = {"|".join((p.entity, p.instance)): p for p in origins}
        if not by_key:
            return ()
        async with self._reading() as session:
            found = await self._read(session, statement, version, origins=list(by_key), relation=relation)
        pairs = {(r["origin"], r["asset_id"], r["id"]) for r in found if r["id"]}
        return tuple((by_key[o], Place(entity=asset_id, instance=i)) for o, asset_id, i in sorted(pairs))

    async def publish(self, assets: Sequence[AnyAsset], version: str) -> None:
        """Writes the content and then the version, or lets it share the content of an equal one. Contents but the last
        two are removed, with the versions that had them."""
        content = await asyncio.to_thread(graph_content, assets)
        async with self._publishing, self._session(WRITE_ACCESS, self._publish_timeout) as session:
            await write_version(session, content, version)

    async def ping(self) -> None:
        async with self._reading() as session:
            await self._rows(session, cypher.PING)

    async def close(self) -> None:
        await self._driver.close()

    def _reading(self) -> Any:
        return self._session(READ_ACCESS, self._timeout)

    @asynccontextmanager
    async def _session(self, mode: str, timeout: float) -> AsyncIterator[AsyncSession]:
        """The one seam: raises nothing but our errors. The limit is ours, as the embedded server keeps none."""
        try:
            async with asyncio.timeout(timeout):
                async with self._driver.session(database=DATABASE, default_access_mode=mode) as session:
                    yield session
        except tuple(BY_TYPE) as error:
            raise translated(error) from error

    async def _read(self, session: AsyncSession, statement: LiteralString, version: str, **parameters: Any) -> Records:
        rows = await self._rows(session, statement, version=version, **parameters)
        if not rows:
            raise StoreRejected(STORE, "The graph does not hold this registry version")
        return rows

    async def _rows(self, session: AsyncSession, statement: LiteralString, **parameters: Any) -> Records:
        # A single statement is not retried by the driver; retrying is decided elsewhere.
        result = await session.run(Query(statement, timeout=self._timeout), parameters)
        keys = result.keys()
        return [dict(zip(keys, record, strict=True)) async for record in result]  # scalars: nothing to be converted


def translated(error: Exception) -> StoreError:
    """The error of ours for an error of the driver's."""
    ours = mapped(type(error)) or StoreUnavailable
    return ours(STORE, DETAILS[ours])


def mapped(error: type[BaseException]) -> type[StoreError] | None:
    return next((BY_TYPE[base] for base in error.__mro__ if base in BY_TYPE), None)


def hits_of(forms: Sequence[str], found: Records, department: str) -> tuple[GraphHit, ...]:
    """What the rows of FIND say, by form as asked; `department` is a key."""
    by_form: dict[str, Records] = {form: [] for form in forms}
    for row in found:
        if row["id"]:
            by_form[row["form"]].append(row)
    hits: dict[tuple[int, str, str], GraphHit] = {}
    for at, rows in enumerate(by_form.values()):
        meaning = _meaning(rows, department)
        for hit in (*(_named(row, department) for row in rows), *_meant(rows, meaning)):
            key = (at, hit.asset_id, hit.member or "")
            if key not in hits or hit.used_by_department:
                hits[key] = hit
    return tuple(hit for _, hit in sorted(hits.items(), key=lambda item: item[0]))


def _meaning(rows: Records, department: str) -> str:
    """Whose choice counts: the department's, where the named term has one."""
    return department if any(row["meant_by"] == department for row in rows) else EVERYBODY_ELSE


def _named(row: dict[str, Any], department: str) -> GraphHit:
    is_member = row["asset_id"] is not None
    return GraphHit(
        phrase=row["form"],
        asset_id=row["asset_id"] if is_member else row["id"],
        kind=row["kind"],
        member=row["id"] if is_member else None,
        used_by_department=bool(row["used"]) or (department != EVERYBODY_ELSE and row["meant_by"] == department),
    )


def _meant(rows: Records, meaning: str) -> Iterable[GraphHit]:
    for row in rows:
        if row["metric"] and row["meant_by"] == meaning:
            yield GraphHit(
                phrase=row["form"],
                asset_id=row["metric"],
                kind=row["metric_kind"],
                used_by_department=row["metric_used"],
            )


def _new_nodes(found: Records, nodes: dict[str, JsonObject]) -> list[str]:
    """Adds the nodes not met before; answers their ids."""
    new = {row["id"]: {key: row[key] for key in ("id", "type", "name", "system")} for row in found if row["id"]}
    fresh = sorted(new.keys() - nodes.keys())
    nodes.update({node_id: new[node_id] for node_id in fresh})
    return fresh


def _edges(found: Records) -> dict[tuple[str, str, str], JsonObject]:
    return {
        (row["source"], row["target"], row["transformation"] or ""): row
        for row in ({"source": r["id"], "target": r["target"], "transformation": r["transformation"]} for r in found)
        if row["source"]
    }
