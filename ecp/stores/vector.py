"""Nearest in meaning: pgvector's HNSW fused with trigrams and full text, in the registry's database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.rows import DictRow

from ecp.domain.assets import AnyAsset
from ecp.domain.words import normal_form
from ecp.stores.postgres import LONG_SECONDS, Database, Pool, stored, vector_literal, vectors_literal
from ecp.stores.protocols import Embedder, Hit
from ecp.stores.registry.documents import CANDIDATE_KINDS, Document, documents_of

_BATCH = 512
_REMEMBERED = 4096  # phrases, of 3 KB each


class PgVectorStore:
    """The Protocol `VectorStore`. Documents are written by the registry's `publish`; vectors by `index`.

    A vector belongs to a text, not to a version: indexing before publishing leaves no gap.
    """

    def __init__(self, pool: Pool, embedder: Embedder, *, timeout: float = 2.0) -> None:
        self._db = Database(pool, "vector", timeout=timeout)
        self._embedder = embedder
        self._lately: dict[str, str] = {}

    async def search(self, phrases: Sequence[str], version: str, limit: int = 5) -> tuple[Hit, ...]:
        asked = list(dict.fromkeys(phrases))
        if not asked:
            return ()
        arguments = {
            **await self._arguments(asked, version, limit),
            "forms": [stored(normal_form(p)) for p in asked],
            "kinds": list(CANDIDATE_KINDS),
        }
        return _hits(asked, await self._db.rows(_SEARCH, arguments, prepare=False))

    async def known_issues(self, text: str, version: str, limit: int = 5) -> tuple[Hit, ...]:
        found = await self._db.rows(_ISSUES, await self._arguments([text], version, limit))
        return _hits([text], found)

    async def index(self, assets: Sequence[AnyAsset], version: str) -> int:
        documents = await asyncio.to_thread(_by_digest, assets)
        # In one order for everybody: two that index at once must not wait for each other in a circle.
        missing = sorted(await self._missing(list(documents)))
        for start in range(0, len(missing), _BATCH):
            await self._add([documents[d] for d in missing[start : start + _BATCH]])
        return len(missing)

    async def ping(self) -> None:
        """Also of who makes the vectors: without them nothing is found by meaning."""
        await self._db.ping()
        await self._embedder.ping()

    async def _arguments(self, phrases: list[str], version: str, limit: int) -> dict[str, Any]:
        if not (version.isascii() and version.isdigit() and len(version) < 19):
            raise self._db.rejected("no such registry version")
        return {
            "phrases": [stored(p) for p in phrases],
            "vectors": vectors_literal(await self._vectors(phrases)),
            "model": self._embedder.name,
            "version": int(version),
            "limit": limit,
        }

    async def _vectors(self, phrases: list[str]) -> list[str]:
        """Of each phrase its vector as text. Those of phrases asked lately are kept: people ask in the same words."""
        known = {p: self._lately[p] for p in phrases if p in self._lately}
        if new := [p for p in phrases if p not in known]:
            known |= zip(new, map(vector_literal, await self._embedder.embed(new)), strict=True)
            if len(self._lately) >= _REMEMBERED:
                self._lately.clear()
            self._lately |= known
        return [known[p] for p in phrases]

    async def _missing(self, digests: list[str]) -> list[str]:
        arguments = {"digests": digests, "model": self._embedder.name}
        return [r["digest"] for r in await self._db.rows(_MISSING, arguments)]

    async def _add(self, documents: list[Document]) -> None:
        vectors = await self._embedder.embed([d.text for d in documents])
        arguments = {
            "model": self._embedder.name,
            "digests": [d.digest for d in documents],
            "kinds": [d.kind for d in documents],
            "vectors": vectors_literal(map(vector_literal, vectors)),
        }
        async with self._db.transaction(LONG_SECONDS) as connection:
            await connection.execute(_ADD, arguments)


def _by_digest(assets: Iterable[AnyAsset]) -> dict[str, Document]:
    return {d.digest: d for a in assets for d in documents_of(a)}


def _hits(phrases: list[str], rows: list[DictRow]) -> tuple[Hit, ...]:
    return tuple(
        Hit(
            phrase=phrases[r["n"] - 1],
            asset_id=r["asset_id"],
            kind=r["kind"],
            member=r["member"],
            score=min(1.0, max(0.0, r["score"])),
            method="vector",
        )
        for r in rows
    )


# The cosine is the score; a name like the phrase only lifts it, and brings nothing in unless it is the same: to look
# for like names among a hundred thousand takes ten times as long as all the rest. Inner limits are constants: a planner
# that does not know a limit sorts the whole table.
_SEARCH = """
select p.n, h.asset_id, h.kind, h.member, h.score::float8 as score
from unnest(%(phrases)s::text[], %(vectors)s::text[]::vector[], %(forms)s::text[])
  with ordinality as p (phrase, vector, form, n)
cross join lateral (
  with near as (
    select digest from embeddings
    where model = %(model)s and kind <> 'tribal_knowledge'
    order by embedding <=> p.vector limit 16
  ), told as (
    select digest
    from (select digest, words, q from asset_documents, websearch_to_tsquery('english', p.phrase) as q
          where words @@ q and kind = any(%(kinds)s::text[])
            and valid_from <= %(version)s and valid_to > %(version)s
          limit 100) as matching
    order by ts_rank(words, q, 1) desc, digest limit 8
  ), named as (
    select asset_id, member from asset_names
    where form = p.form and kind = any(%(kinds)s::text[]) and valid_from <= %(version)s and valid_to > %(version)s
    limit 20
  ), wanted as (
    select d.asset_id, d.kind, d.member, d.digest
    from asset_documents as d
    where d.digest in (select digest from near union select digest from told) and d.kind = any(%(kinds)s::text[])
      and d.valid_from <= %(version)s and d.valid_to > %(version)s
    union
    select d.asset_id, d.kind, d.member, d.digest
    from named as n
    join asset_documents as d on d.asset_id = n.asset_id and d.member is not distinct from n.member
      and d.valid_from <= %(version)s and d.valid_to > %(version)s
  ), compared as (
    select w.asset_id, w.kind, w.member, 1 - (e.embedding <=> p.vector) as cosine,
           (select max(similarity(form, p.form)) from asset_names as n
            where n.asset_id = w.asset_id and coalesce(n.member, '') = coalesce(w.member, '')
              and n.valid_from <= %(version)s and n.valid_to > %(version)s) as likeness
    from wanted as w
    join embeddings as e on e.model = %(model)s and e.digest = w.digest
  )
  select asset_id, kind, member, max(greatest(cosine, 0.6 * cosine + 0.4 * coalesce(likeness, 0))) as score
  from compared
  group by asset_id, kind, member
  order by score desc, asset_id, member nulls first
  limit %(limit)s
) as h
order by p.n, h.score desc, h.asset_id, h.member nulls first
"""

_ISSUES = """
select 1 as n, d.asset_id, d.kind, d.member, (1 - near.distance)::float8 as score
from (
  select digest, embedding <=> (%(vectors)s::text[]::vector[])[1] as distance from embeddings
  where model = %(model)s and kind = 'tribal_knowledge'
  order by distance limit 40
) as near
join asset_documents as d on d.digest = near.digest and d.valid_from <= %(version)s and d.valid_to > %(version)s
order by near.distance, d.asset_id
limit %(limit)s
"""

_MISSING = """
select digest from unnest(%(digests)s::text[]) with ordinality as given (digest, n)
where not exists (select 1 from embeddings as e where e.model = %(model)s and e.digest = given.digest)
order by n
"""

_ADD = """
insert into embeddings (model, digest, kind, embedding)
select %(model)s, given.digest, given.kind, given.vector::vector(256)
from unnest(%(digests)s::text[], %(kinds)s::text[], %(vectors)s::text[]) as given (digest, kind, vector)
on conflict (model, digest) do nothing
"""
