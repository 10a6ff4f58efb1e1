"""A version that is published nowhere: stores that answer as if it were, over tables of one connection alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, LiteralString, Protocol

from ecp.domain.assets import AnyAsset
from ecp.domain.relations import Place
from ecp.domain.semantic import CubeQuery, QueryResult, SemanticMeta
from ecp.domain.values import JsonObject
from ecp.stores.graph import DEEPEST, hits_of
from ecp.stores.graph_content import Row, Rows, department_key, graph_content
from ecp.stores.postgres import Database, Pool, open_pool
from ecp.stores.protocols import GraphHit, LineageGraph
from ecp.stores.semantic_sql.loader import ModelFolder
from ecp.stores.semantic_sql.model import meta_of

# Every connection begins with them, so that one that takes the place of a lost one cannot write to the real tables.
SHADOWS: tuple[LiteralString, ...] = (
    "create temp table registry_versions (like public.registry_versions including all)",
    "create temp table assets (like public.assets including all)",
    "create temp table asset_names (like public.asset_names including all)",
    "create temp table asset_documents (like public.asset_documents including all)",
    "create temp table resolutions (like public.resolutions including all)",
    "create temp table attempts (like public.attempts including all)",
    "create temp table checkpoints (like public.checkpoints including all)",
    "create temp table idempotency_keys (like public.idempotency_keys including all)",
    "create temp table audit (like public.audit including all)",
    # exact distances need no index, and building one takes longer than the questions do
    "create temp table embeddings (like public.embeddings including defaults, primary key (model, digest))",
    # feedback counts by the version that approved it: the staged version is the one after the newest
    "insert into pg_temp.registry_versions select * from public.registry_versions order by version desc limit 1",
)

_KNOWN_VECTORS = """
insert into pg_temp.embeddings
select e.* from public.embeddings as e
where e.model = %(model)s and e.digest in (select digest from pg_temp.asset_documents)
on conflict (model, digest) do nothing
returning digest
"""


def staging_pool(dsn: str, *, timeout: float) -> Pool:
    """One connection whose tables are its own: what is published, embedded and resolved over it is gone with it."""
    return open_pool(dsn, max_size=1, timeout=timeout, before_use=SHADOWS)


async def take_known_vectors(pool: Pool, model: str, *, timeout: float) -> int:
    """What is embedded already need not be embedded again."""
    return len(await Database(pool, "vector", timeout=timeout).rows(_KNOWN_VECTORS, {"model": model}))


class Loads(Protocol):
    async def load(self, query: CubeQuery, *, timeout: float) -> QueryResult: ...


class ModelOnly:
    """The metadata of a folder. What else is asked, as how old the data are, the layer that there is answers."""

    def __init__(self, folder: Path, layer: Loads) -> None:
        self._folder = ModelFolder(folder)
        self._layer = layer

    async def meta(self) -> SemanticMeta:
        return meta_of(self._folder.current())

    async def load(self, query: CubeQuery, *, timeout: float) -> QueryResult:
        return await self._layer.load(query, timeout=timeout)

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None


class ContentGraph:
    """The Protocol `GraphStore` over what `publish` would write, held in memory; every version is that one."""

    def __init__(self, assets: Sequence[AnyAsset]) -> None:
        self._content = content = graph_content(assets)
        self._assets = {row["id"]: row for row in content.assets}
        self._members = {(row["asset_id"], row["id"]): row for row in content.members}
        self._named = _by(content.asset_names, "form")
        self._members_named = _by(content.member_names, "form")
        self._uses = {(row["key"], row["metric"]) for row in content.uses}
        self._means = _by(content.means, "term")
        self._feeding = _by(content.feeds, "target")
        self._nodes = {row["id"]: row for row in content.lineage_nodes}

    async def find(self, phrases: Sequence[str], department: str | None, version: str) -> tuple[GraphHit, ...]:
        forms, key = list(dict.fromkeys(phrases)), department_key(department)
        return hits_of(forms, [row for form in forms for row in self._found(form, key)], key)

    async def known_issues(self, metrics: Sequence[str], version: str) -> tuple[str, ...]:
        about = {row["knowledge"] for row in self._content.about if row["metric"] in set(metrics)}
        return tuple(sorted(str(i) for i in about | {row["knowledge"] for row in self._content.about_all}))

    async def lineage(self, target: str, depth: int, version: str) -> LineageGraph:
        nodes: dict[str, JsonObject] = {}
        edges: dict[tuple[str, str, str], JsonObject] = {}
        newest = [target] if target in self._nodes else []
        for hop in range(min(max(depth, 1), DEEPEST) + 1):
            nodes |= {i: dict(self._nodes[i]) for i in newest}
            if hop == min(max(depth, 1), DEEPEST):
                break
            feeding = [row for fed in newest for row in self._feeding[fed]]
            edges |= {_edge_key(row): dict(row) for row in feeding}
            newest = sorted({str(row["source"]) for row in feeding} - nodes.keys())
        ordered = tuple(edge for _, edge in sorted(edges.items()))
        return LineageGraph(target=target, nodes=tuple(nodes.values()), edges=ordered)

    async def related(
        self, origins: Sequence[Place], relation: str, version: str, *, outgoing: bool
    ) -> tuple[tuple[Place, Place], ...]:
        wanted = {(p.entity, p.instance): p for p in origins}
        pairs = [_ends(row, outgoing) for row in self._content.links if row["relation"] == relation]
        linked = {(one, other) for one, other in pairs if one in wanted}
        return tuple((wanted[one], Place(entity=other[0], instance=other[1])) for one, other in sorted(linked))

    async def publish(self, assets: Sequence[AnyAsset], version: str) -> None:
        return None

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def _found(self, form: str, key: str) -> Iterable[dict[str, Any]]:
        """The rows that the statement FIND has for one form."""
        for named in self._members_named[form]:
            member = self._members[named["asset_id"], named["member"]]
            yield _row(form, member, id=member["id"], asset_id=member["asset_id"])
        for named in self._named[form]:
            asset = self._assets[named["asset_id"]]
            used = (key, asset["id"]) in self._uses
            for meant in self._means[str(asset["id"])] or (None,):
                yield _row(form, asset, id=asset["id"], used=used, **self._meant(meant, key))

    def _meant(self, meant: Row | None, key: str) -> dict[str, Any]:
        if meant is None:
            return {}
        metric = self._assets[meant["metric"]]
        used = (key, metric["id"]) in self._uses
        return {"meant_by": meant["key"], "metric": metric["id"], "metric_kind": metric["kind"], "metric_used": used}


def _row(form: str, thing: Row, **found: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("asset_id", "meant_by", "metric", "metric_kind"))
    return {**nothing, "form": form, "kind": thing["kind"], "used": False, "metric_used": False, **found}


def _by(rows: Rows, name: str) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row[name])].append(row)
    return found


def _edge_key(row: Row) -> tuple[str, str, str]:
    return str(row["source"]), str(row["target"]), row["transformation"] or ""


def _ends(row: Row, outgoing: bool) -> tuple[tuple[str, str], tuple[str, str]]:
    own, other = (str(row["asset_id"]), str(row["id"])), (str(row["to_asset_id"]), str(row["to_id"]))
    return (own, other) if outgoing else (other, own)
