"""What there is: glossary, metrics, lineage and search, as far as the asker may see it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TypeVar

from api.deps import RequestInfo
from api.paging import Key, Page, Paged, cursor_of, paged, place_of
from api.problems import Ambiguous, NotFound
from api.schemas import GlossaryPage, LineagePage, MetricsPage, SearchRequest, SearchResults
from api.services.core import Core, View, asker_of
from ecp.domain.answer import Degradation, Option
from ecp.domain.assets import Asset, Metric, Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.compose import visible_options
from ecp.domain.entries import entry, metric_entry
from ecp.domain.exposure import showing
from ecp.domain.limits import check_attributes
from ecp.domain.lineage import all_visible, hidden_nodes, is_told
from ecp.domain.question import Asker
from ecp.domain.searching import found, mentioned, visible
from ecp.domain.selection import Selection
from ecp.domain.traced import traced
from ecp.domain.values import JsonObject
from ecp.domain.words import fold, normal_form
from ecp.errors import StoreError
from ecp.stores.protocols import Hit, LineageGraph
from ecp.stores.registry.documents import CANDIDATE_KINDS
from ecp.wiring import Stores

A = TypeVar("A", bound=Asset)
LOOKED_AT = 60


class Browsing(Core):
    """One decision covers everything that one answer shows."""

    async def glossary(self, page: Page, request: RequestInfo) -> GlossaryPage:
        listed, view, total = await self._listed("glossary", Term, page, request)
        terms = tuple(entry(t, view.denied) for t in listed.entries)
        return GlossaryPage(terms=terms, total=total, next_cursor=listed.next_cursor)

    async def metrics(self, page: Page, request: RequestInfo) -> MetricsPage:
        listed, view, total = await self._listed("metrics", Metric, page, request)
        shown = tuple(metric_entry(m, view.denied) for m in listed.entries)
        return MetricsPage(metrics=shown, total=total, next_cursor=listed.next_cursor)

    async def search(self, wanted: SearchRequest, request: RequestInfo) -> SearchResults:
        return await self._on_loop(lambda s: self._search(s, wanted, asker_of(request)))

    async def lineage(self, target: str, depth: int, page: Page, request: RequestInfo) -> LineagePage:
        place_of(_listing(target, depth), page.cursor, (0,))
        told, nodes, edges = await self._on_loop(lambda s: self._lineage(s, target, depth, asker_of(request)))
        if not nodes:
            raise NotFound(
                f"There is no lineage of “{target}”: no metric, column, table or system is called so. A metric goes by "
                "its id or a name, a column by its id, as `table.column`, or by a name that no other column has."
            )
        return _lineage_page(told, nodes, edges, _listing(target, depth), page)

    async def _listed(self, name: str, kind: type[A], page: Page, request: RequestInfo) -> tuple[Paged[A], View, int]:
        def ids(catalogue: Catalogue) -> Iterable[str]:
            return (a.id for a in catalogue.of_kind(kind))

        view = await self._on_loop(lambda s: self._view(s, asker_of(request), ids))
        shown = sorted((a for a in view.catalogue.of_kind(kind) if a.id not in view.denied), key=_by_name)
        return paged(name, shown, _by_name, page), view, len(shown)

    async def _search(self, stores: Stores, wanted: SearchRequest, asker: Asker) -> SearchResults:
        version = await stores.registry.version()
        catalogue = await stores.registry.catalogue(version)
        check_attributes(asker, catalogue)
        hits, missing = await self._hits(stores, wanted.query, version)
        items = found(hits, catalogue, wanted.kinds)
        decision = await self._decision(stores, showing(asker, mentioned(items, catalogue), catalogue))
        shown = visible(items, catalogue, decision.denied) if decision.allowed else ()
        results = tuple(i.model_dump(mode="json") for i in shown[: wanted.limit])
        return SearchResults(results=results, total=len(shown), degradations=missing)

    async def _hits(self, stores: Stores, query: str, version: str) -> tuple[list[Hit], tuple[Degradation, ...]]:
        """By words and by meaning; without the vectors by words alone."""
        by_words = stores.registry.search([query], version, LOOKED_AT, kinds=CANDIDATE_KINDS)
        by_meaning = stores.guards["vector"].call(lambda: stores.vector.search([query], version, LOOKED_AT))
        words, meaning = await asyncio.gather(by_words, by_meaning, return_exceptions=True)
        if isinstance(words, BaseException):
            raise words
        if isinstance(meaning, StoreError):
            policy = stores.guards["vector"].policy
            gone = Degradation(component="vector", fallback=policy.fallback, effect=policy.effect)
            return [*words], (gone,)
        if isinstance(meaning, BaseException):
            raise meaning
        return [*words, *meaning], ()

    async def _lineage(
        self, stores: Stores, target: str, depth: int, asker: Asker
    ) -> tuple[str, list[JsonObject], list[JsonObject]]:
        """What it is told of, nodes and edges: of what has this id, or of what a question means by it. Raises
        `Ambiguous` where the asker may see several things that are called so."""
        catalogue = await stores.registry.catalogue()
        meant = _with_id(target, catalogue) or traced(target, catalogue, asker.department, stores.is_word)
        view = await self._view(stores, asker, lambda _: (), required=meant.subjects if not meant.options else ())
        hidden = hidden_nodes(view.catalogue, view.denied)
        options = visible_options(meant.options, hidden)
        if len(options) > 1:
            raise _ambiguous(target, meant, options)
        if options:
            meant = traced(target, catalogue, asker.department, stores.is_word, options[0].settles)
        subjects = () if meant.options else meant.subjects
        graphs = await asyncio.gather(*(self._fed_by(stores, i, depth, view) for i in subjects))
        nodes, edges = all_visible(zip(subjects, ((g.nodes, g.edges) for g in graphs), strict=True), hidden)
        return subjects[0] if len(subjects) == 1 else target, nodes, edges

    async def _fed_by(self, stores: Stores, subject: str, depth: int, view: View) -> LineageGraph:
        return await stores.guards["graph"].call(lambda: stores.graph.lineage(subject, depth, view.content_version))


def _ambiguous(target: str, meant: Selection, options: tuple[Option, ...]) -> Ambiguous:
    offered = {o.text: o for o in meant.options}
    ids = [offered[o.text].id for o in options]
    return Ambiguous(f"Several things are called “{target}”. Ask for one of {', '.join(ids)}.", options=ids)


def _by_name(asset: Asset) -> Key:
    return (fold(asset.name), asset.id)


def _with_id(target: str, catalogue: Catalogue) -> Selection | None:
    """The metric with this id or this very name, or the node with this id."""
    names = catalogue.names.get(normal_form(target), ()) if target not in catalogue.assets else ()
    metrics = {n.asset_id for n in names if n.kind == "metric" and n.primary}
    measures = {m.semantic_layer_ref for m in catalogue.of_kind(Metric)}
    known = catalogue.get(target, Metric) is not None or target in measures or is_told((target,), catalogue)
    named = metrics.pop() if len(metrics) == 1 else target if known else None
    return Selection(kind="lineage", subjects=(named,)) if named else None


def _listing(target: str, depth: int) -> str:
    return f"lineage/{depth}/{target}"


def _lineage_page(
    target: str, nodes: list[JsonObject], edges: list[JsonObject], listing: str, page: Page
) -> LineagePage:
    """Nodes nearest first; an edge comes with the later one of its ends."""
    place = place_of(listing, page.cursor, (0,))
    begin = int(place[0]) if place else 0
    end = begin + page.limit
    order = {n["id"]: at for at, n in enumerate(nodes)}
    shown = [e for e in edges if begin <= max(order[e["source"]], order[e["target"]]) < end]
    return LineagePage(
        target=target,
        nodes=tuple(nodes[max(begin, 0) : end]),
        edges=tuple(shown),
        total=len(nodes),
        next_cursor=cursor_of(listing, (end,)) if end < len(nodes) else None,
    )
