"""Keyword search: trigrams over names, full text over what is said of an asset."""

from __future__ import annotations

from collections.abc import Sequence

from ecp.domain.words import normal_form
from ecp.stores.postgres import stored
from ecp.stores.protocols import Hit
from ecp.stores.registry.documents import CANDIDATE_KINDS
from ecp.stores.registry.part import Part


class Searching(Part):
    async def search(
        self, phrases: Sequence[str], version: str, limit: int = 5, *, kinds: Sequence[str] | None = None
    ) -> tuple[Hit, ...]:
        """Best hits of each phrase, in the order of the phrases. `kinds`: default, what a question can mention."""
        asked = list(dict.fromkeys(phrases))
        found = await self._db.rows(
            SEARCH,
            {
                "phrases": [stored(p) for p in asked],
                "forms": [stored(normal_form(p)) for p in asked],
                "version": self._number(version),
                "kinds": list(kinds or CANDIDATE_KINDS),
                "limit": limit,
            },
            prepare=False,
        )
        return tuple(
            Hit(
                phrase=asked[r["n"] - 1],
                asset_id=r["asset_id"],
                kind=r["kind"],
                member=r["member"],
                score=min(1.0, r["score"]),
                method="exact" if r["score"] >= 1 else "keyword",
            )
            for r in found
        )


# A name that only contains the phrase is worth less than one that is like it; full text least. Each way stops after
# so many rows: a word that a hundred thousand names share tells none of them apart, and ranking them all takes long.
SEARCH = """
select p.n, h.asset_id, h.kind, h.member, h.score::float8 as score
from unnest(%(phrases)s::text[], %(forms)s::text[]) with ordinality as p (phrase, form, n)
cross join lateral (
  select asset_id, kind, member, max(score) as score
  from (
    (select asset_id, kind, member, 1.0 as score from asset_names
     where form = p.form and kind = any(%(kinds)s::text[])
       and valid_from <= %(version)s and valid_to > %(version)s
     limit 100)
    union all
    (select asset_id, kind, member, least(0.99, similarity(form, p.form)) as score
     from (select asset_id, kind, member, form from asset_names
           where form %% p.form and kind = any(%(kinds)s::text[])
             and valid_from <= %(version)s and valid_to > %(version)s
           limit 1000) as alike)
    union all
    (select asset_id, kind, member, 0.85 * word_similarity(p.form, form) as score
     from (select asset_id, kind, member, form from asset_names
           where p.form <%% form and kind = any(%(kinds)s::text[])
             and valid_from <= %(version)s and valid_to > %(version)s
           limit 300) as containing)
    union all
    (select asset_id, kind, member, least(0.6, 0.3 + ts_rank(words, q, 1)) as score
     from (select asset_id, kind, member, words, q
           from asset_documents, websearch_to_tsquery('english', p.phrase) as q
           where words @@ q and kind = any(%(kinds)s::text[])
             and valid_from <= %(version)s and valid_to > %(version)s
           limit 500) as told)
  ) as found
  group by asset_id, kind, member
  order by score desc, asset_id, member nulls first
  limit %(limit)s
) as h
order by p.n, h.score desc, h.asset_id, h.member nulls first
"""
