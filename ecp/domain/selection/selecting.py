"""The way from a reading to a selection: by the kind of question, mention by mention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ecp.domain.answer import (
    Kind,
    Option,
    Order,
    ResolvedConcepts,
    ResolvedCount,
    ResolvedDimension,
    ResolvedMetric,
    Unresolved,
)
from ecp.domain.assets import DataContract, Metric
from ecp.domain.belonging import Belonging, holds
from ecp.domain.calendar import Basis
from ecp.domain.catalogue import Catalogue, parts_of
from ecp.domain.caveats import listed, metrics_with
from ecp.domain.effects import effectless
from ecp.domain.governed import users_of
from ecp.domain.kept_since import Kept, contracts_of
from ecp.domain.language import Cue
from ecp.domain.lineage import is_told, made_from
from ecp.domain.looking_back import Meant, with_own_windows
from ecp.domain.meant_by import MeantBy, counting_by_themselves
from ecp.domain.mentions import Mention
from ecp.domain.periods import Periods, data_from
from ecp.domain.plan.drafts import DIFFERENCE, GAP, RATIO, SHARE, SUM
from ecp.domain.reading import Reading
from ecp.domain.related import asked_of, reached
from ecp.domain.relations import too_long, unknown
from ecp.domain.selection.asking import Asking, Evidence, Selection
from ecp.domain.selection.comparisons import Comparisons
from ecp.domain.selection.cuts import dimensions, trend
from ecp.domain.selection.definitions import Choice, Definitions, distinct
from ecp.domain.selection.filters import Filters
from ecp.domain.selection.nearest import nearest_of, no_metric, not_understood
from ecp.domain.selection.offered import cuts_of, offered
from ecp.domain.selection.options import Options
from ecp.domain.selection.parts import average_of, combined_of, divided, running_of, share_of
from ecp.domain.selection.reasons import reason_for
from ecp.domain.selection.units import at_an_end, grown_by_a_day, unit_by_unit
from ecp.domain.shares import Share
from ecp.domain.sources import Called
from ecp.domain.words import normal_form

Way = Literal["asc", "desc"]
_NOT_BY_DATE = "what it means is not kept by date: asked without it, what it means now is told"
_ONLY_LISTED = "how many there are in the data is not known: ask which ones there are, or by them for what is measured"
_NEITHER = "neither all of it is part of that nor none of it, as far as is known"
_NOT_KEPT = {
    "often": "no contract says how fresh it has to be",
    "last": "when its data were last loaded is told with its numbers, as `as_of_data`: ask for these",
    "since": "the pack does not say since when there are data",
}
_NO_OWN = "of what this may be, none is its own"
_EVERYBODYS = "no department has it as its own: it means the same to everybody"


def select(
    reading: Reading,
    periods: Periods,
    catalogue: Catalogue,
    department: str | None,
    evidence: Evidence,
    forced: dict[str, str] | None = None,
) -> Selection:
    """Answers the selection for one reading. `forced` settles mentions (by text) on a metric id."""

    def again(settled: dict[str, str]) -> Selection:
        return select(reading, periods, catalogue, department, evidence, settled)

    meant = with_own_windows(reading, catalogue)
    forced = _still_meant(forced or {}, meant, catalogue)
    asking = Asking(meant.reading, periods, catalogue, department, evidence, forced)
    return _Selector(asking, Options(asking, again)).select()


def _still_meant(forced: dict[str, str], meant: Meant, catalogue: Catalogue) -> dict[str, str]:
    """What was settled before, but for what looks back over another time than the question names."""
    known = {m.text: {i.id for i in catalogue.metrics_meant(m.asset_ids)} for m in meant.reading.mentions}
    return {t: i for t, i in forced.items() if t not in meant.settled or i in known[t]}


def _divided_as(share: Share) -> str:
    """What the two are told as that decide an order."""
    if share.plus:
        return SUM
    if share.minus:
        return GAP if share.apart else DIFFERENCE
    return SHARE if share.scale is None else RATIO


@dataclass
class _Selector:
    asking: Asking
    options: Options
    definitions: Definitions = field(init=False)

    def __post_init__(self) -> None:
        self.definitions = Definitions(self.asking)

    @property
    def reading(self) -> Reading:
        return self.asking.reading

    @property
    def unresolved(self) -> list[Unresolved]:
        return self.asking.unresolved

    def select(self) -> Selection:
        if self.reading.of_relations:
            return self._over_relations()
        if self.reading.sources:
            return self._of_sources(self.reading.sources)
        if self.reading.of_issues and not self._measures():
            return self._of_issues()
        if self.reading.kind == "catalogue" and not self.reading.listed:
            return offered(self.asking)
        self.unresolved.extend(map(self._not_understood, self.reading.left))
        if self.reading.kind in ("definition", "catalogue") or self._only_explainable():
            self.unresolved.extend(self.asking.periods.unresolved)
            return self._definition()
        return self._measured()

    def _not_understood(self, text: str) -> Unresolved:
        """Of "how many places", which nothing measures, what can be asked instead."""
        found, groups = not_understood(text, self.asking), self.reading.of("group")
        if why := reason_for(text, self.asking):
            return found.model_copy(update={"mention": f"{text} ({why})", "nearest": ()})
        counts = normal_form(text).startswith("how many ") and text.endswith(groups[0].text if groups else " ")
        measured = len(groups) != 1 or len(self.reading.mentions) != 1
        if (
            not counts
            or measured
            or not any(parts_of(self.asking.catalogue.assets.get(i)) for i in groups[0].asset_ids)
        ):
            return found
        return found.model_copy(update={"mention": f"{text} ({_ONLY_LISTED})"})

    def _over_relations(self) -> Selection:
        """What the paths of the question lead to, where the graph can tell."""
        paths, related = self.reading.paths, self.asking.evidence.related
        refused = (*self.reading.left, *(too_long(p) for p in paths if p.is_too_long))
        refused = refused or tuple(unknown(p) for p in paths[:1] if related is None)
        if refused or related is None:
            return Selection(kind="catalogue", unresolved=tuple(Unresolved(mention=text) for text in refused))
        found = reached(paths, related, self.asking.catalogue)
        return Selection(
            kind="catalogue",
            subjects=tuple(dict.fromkeys(key for r in found for key in r.keys)),
            reached=found,
            through=tuple(dict.fromkeys(i for p in paths for i in asked_of(p, self.asking.catalogue))),
        )

    def _of_sources(self, called: Called) -> Selection:
        """Where a source comes from, or what is made from it, and how fresh that has to be; which one, where several
        are called so."""
        kind, settled = self.reading.kind, self.asking.forced.get(called.text)
        meant = [s for s in called.sources if settled in (None, s.id)]
        nodes = tuple(dict.fromkeys(n for s in meant for n in s.nodes))
        if len(meant) > 1:
            return Selection(kind=kind, subjects=nodes, options=tuple(self.options.of_sources(called)))
        if kind == "lineage":
            return Selection(kind=kind, subjects=nodes)
        if not is_told(nodes, self.asking.catalogue):
            return Selection(kind=kind, unresolved=(Unresolved(mention=f"{called.text} (no lineage tells of it)"),))
        made = sorted(made_from(nodes, self.asking.catalogue))
        promised = {m for c in self.asking.catalogue.of_kind(DataContract) for m in c.metrics}
        if kind == "definition" and promised.isdisjoint(made):
            untold = f"{called.text} (no contract says how fresh it has to be)"
            return Selection(kind=kind, unresolved=(Unresolved(mention=untold),))
        return Selection(kind=kind, subjects=tuple(i for i in made if kind != "definition" or i in promised))

    def _measured(self) -> Selection:
        mentions = (*self.reading.of("order"), *self.reading.of("metric")) or self.reading.of("target")[:1]
        choices = [c for c in map(self._choose, mentions) if c.candidates]
        self.asking.periods = self.asking.periods.said_of(
            (c.candidates[0].metric for c in choices),
            (c.mention.text for c in choices),
            course=self.reading.kind == "trend",
        )
        self.asking.periods = unit_by_unit(self.asking, choices)
        self.unresolved.extend(self.asking.periods.unresolved)
        self.unresolved.extend((*at_an_end(self.asking, choices), *grown_by_a_day(self.asking, choices)))
        if not choices and not self.unresolved:
            self.unresolved.append(no_metric(self.reading, self.asking.catalogue))
        others = (m for m in self.reading.of("target") if m not in mentions and self._is_free(m))
        beside = [self.definitions.choose(m) for m in others]
        first_open = next((c for c in (*choices, *beside) if len(c.candidates) > 1), None)
        if first_open and not self.unresolved:
            return self._asked_back(first_open.mention, tuple(self.options.of_metrics(first_open)))
        chosen = distinct(choices)
        concepts = self._concepts(tuple(self.definitions.metric(c.mention, c.candidates[0]) for c in chosen))
        if self.asking.open and not self.unresolved:
            mention, found = next(iter(self.asking.open.values()))
            return self._asked_back(mention, tuple(self.options.of_members(mention, found)))
        if self.asking.open_cuts and not self.unresolved:
            cut, ids = next(iter(self.asking.open_cuts.values()))
            return self._asked_back(cut, tuple(self.options.of_dimensions(cut, ids)))
        return Selection(
            kind=self._kind(),
            concepts=concepts,
            unresolved=tuple(self.unresolved),
            subjects=tuple(m.id for m in concepts.metrics) if self.reading.kind == "lineage" else (),
            grain_basis=self._grain_basis(),
            department=self.asking.department,
            doubted=tuple(sorted(self.asking.doubted)),
            scale=self.reading.scale,
        )

    def _grain_basis(self) -> Basis | None:
        """Whose years and quarters the units of a course are: those of its period, where nothing else was said."""
        periods = self.asking.periods
        return periods.grain_basis or (periods.period.calendar if periods.period else None)

    def _is_free(self, mention: Mention) -> bool:
        """Whether something else than a target is set beside what is measured: "this against that"."""
        pool = [self.asking.catalogue.get(i, Metric) for i in self.definitions.pool(mention)]
        return not any(m is not None and m.target_of for m in pool)

    def _choose(self, mention: Mention) -> Choice:
        choice = self.definitions.choose(mention)
        if not choice.candidates and all(u.mention != mention.text for u in self.unresolved):
            self.unresolved.append(not_understood(mention.text, self.asking))
        return choice

    def _asked_back(self, mention: Mention, options: tuple[Option, ...]) -> Selection:
        """Options to choose from; where none of them leads to an answer, the word is what was not understood."""
        missing = () if options else (not_understood(mention.text, self.asking),)
        disputed = mention.text if options and mention.text in self.asking.disputed else None
        doubted = (mention.text,) if options and mention.text in self.asking.doubted else ()
        return Selection(kind=self._kind(), options=options, unresolved=missing, disputed=disputed, doubted=doubted)

    def _only_explainable(self) -> bool:
        """ "What is X?", where X is a word of the glossary that nothing measures, or a member."""
        named = self.reading.mentions
        bare = (
            not (self.reading.ranking or self.reading.times or self.reading.numbers or self.reading.left)
            and len(named) == 1
        )
        return bare and (
            (named[0].role == "metric" and not self.definitions.pool(named[0]))
            or (named[0].role in ("member", "descriptor", "group") and self.reading.asks_what_it_is)
        )

    def _kind(self) -> Kind:
        """Two periods without a comparing word are a comparison all the same, several in a row a course."""
        if self.reading.kind in ("metric", "breakdown") and self.asking.periods.grain:
            return "trend"
        compared = self.reading.kind == "metric" and self.asking.periods.comparisons
        return "comparison" if compared else self.reading.kind

    def _definition(self) -> Selection:
        if self.reading.governed and self.reading.governed.users:
            return self._used_by_whom()
        if self.reading.meant_by:
            return self._meant_by(self.reading.meant_by, self.reading.mentions[0])
        if self.reading.kept:
            return self._kept(self.reading.kept)
        if self.reading.belonging:
            return self._belonging(self.reading.belonging)
        if self.reading.of_data and (choices := [c for c in map(self._choose, self._measures()) if c.candidates]):
            return self._of_data(choices)
        self.unresolved.extend(self._dated())
        choices = [c for c in map(self._choose, self._measures()) if c.candidates]
        subjects = self.reading.listed or tuple(dict.fromkeys(self._explained(choices)))
        if not subjects and not self.unresolved:
            self.unresolved.append(no_metric(self.reading, self.asking.catalogue))
        settled = [c for c in choices if len(c.candidates) == 1]
        concepts = ResolvedConcepts(metrics=tuple(self.definitions.metric(c.mention, c.candidates[0]) for c in settled))
        kind = self.reading.kind if self.reading.listed else "definition"
        cut = [m for i in subjects if self.reading.of_cuts and (m := self.asking.catalogue.get(i, Metric))]
        return Selection(
            kind=kind,
            concepts=concepts,
            unresolved=tuple(self.unresolved),
            subjects=subjects,
            cuts=cuts_of(cut, self.asking.catalogue),
        )

    def _belonging(self, asked: Belonging) -> Selection:
        """The whole, of which it is told what is in it, or the part and what it is in; what is neither in it nor out of
        it is refused."""
        if asked.whole and asked.part and holds(asked, self.asking.catalogue, self.asking.department) is None:
            named, _, member = asked.part.partition(":")
            name = self.asking.catalogue.spellings(named, member)[0]
            self.unresolved.append(Unresolved(mention=f"{name} ({_NEITHER})"))
        subjects, unresolved = self.reading.listed, tuple(self.unresolved)
        return Selection(kind="definition", unresolved=unresolved, subjects=subjects, through=asked.beside)

    def _meant_by(self, asked: MeantBy, what: Mention) -> Selection:
        """What departments mean by a word, or count to a member; a word that one of them has no meaning of its own for
        means to it what it does to anybody, where that is one thing."""
        keys = [f"{t.asset_id}:{t.member}" for t in what.targets if t.member]
        pool = self.definitions.pool(what)
        own = {self.asking.catalogue.departments.get(d, d) for departments in pool.values() for d in departments}
        theirs = asked.departments or (
            counting_by_themselves(keys[0], self.asking.catalogue) if keys else tuple(sorted(own))
        )
        meant: dict[str, str] = {}
        for department in theirs:
            found = keys or self._meanings_to(department, what)
            meant |= {department: found[0]} if len(found) == 1 else {}
        open_to = [d for d in theirs if d not in meant] or ([] if theirs else [what.text])
        why = _NO_OWN if theirs else _EVERYBODYS
        subjects = (*meant.values(), *(t.asset_id for t in what.targets if not keys))
        return Selection(
            kind="definition",
            unresolved=tuple(Unresolved(mention=f"{name} ({why})") for name in open_to),
            subjects=tuple(dict.fromkeys(subjects)),
            meant=meant,
        )

    def _kept(self, asked: Kept) -> Selection:
        """What is named, where it is known how its data are kept; when they came last is told with numbers alone."""
        catalogue = self.asking.catalogue
        choices = [c for c in map(self._choose, self.reading.mentions) if c.candidates]
        metrics = tuple(self.definitions.metric(c.mention, x) for c in choices for x in c.candidates)
        if asked.asks == "often":
            metrics = tuple(m for m in metrics if any(True for _ in contracts_of(m.id, catalogue)))
        known = bool(metrics) if asked.asks == "often" else asked.asks == "since" and data_from(catalogue) is not None
        if not known:
            self.unresolved.append(Unresolved(mention=f"{asked.said} ({_NOT_KEPT[asked.asks]})"))
        return Selection(
            kind="definition",
            concepts=ResolvedConcepts(metrics=metrics, period=self.asking.periods.period),
            unresolved=tuple(self.unresolved),
            subjects=self.reading.listed or tuple(m.id for m in metrics),
        )

    def _meanings_to(self, department: str, what: Mention) -> list[str]:
        asking = Asking(
            self.reading, self.asking.periods, self.asking.catalogue, department, Evidence(), self.asking.forced
        )
        return [c.metric.id for c in Definitions(asking).choose(what).candidates]

    def _used_by_whom(self) -> Selection:
        """All that a word may mean, where somebody has some of it as his own: what nobody has is everybody's."""
        catalogue = self.asking.catalogue
        named = [t for m in self.reading.mentions for t in m.targets]
        meant = catalogue.metrics_meant(t.asset_id for t in named)
        if not any(users_of(m.id, catalogue) for m in meant):
            self.unresolved.append(Unresolved(mention=f"{self.reading.mentions[0].text} ({_EVERYBODYS})"))
        found = dict.fromkeys((*(m.id for m in meant), *(t.asset_id for t in named)))
        return Selection(kind="definition", unresolved=tuple(self.unresolved), subjects=tuple(found))

    def _explained(self, choices: list[Choice]) -> Iterator[str]:
        """What is named by its key. Of a word that measures, what it means to the asker comes before the word itself,
        and all that it may mean where that is open behind it."""
        meant = {c.mention.first: [x.metric.id for x in c.candidates] for c in choices}
        for mention in self.reading.mentions:
            ids, named = meant.get(mention.first, []), [t for t in mention.targets if t.kind != "department"]
            keys = [f"{t.asset_id}:{t.member}" if t.member else t.asset_id for t in named]
            yield from (*ids, *keys) if len(ids) == 1 else (*keys, *ids)

    def _measures(self) -> list[Mention]:
        return [m for m in self.reading.of("metric", "order", "target") if self.definitions.pool(m)]

    def _dated(self) -> Iterator[Unresolved]:
        """What limits a number and no meaning: a definition is kept as it is now, and for no members or bounds."""
        for time in (t for t in self.reading.times if t.found.type != "grain"):
            yield Unresolved(mention=f"{time.found.text} ({_NOT_BY_DATE})")

    def _of_issues(self) -> Selection:
        """What is known to be wrong with the members, the cuts and the period that are named, or the metrics of which
        something is."""
        asking, catalogue = self.asking, self.asking.catalogue
        filters, cut = tuple(Filters(asking, ()).of_members()), tuple(dimensions(asking, ()))
        self.unresolved.extend(asking.periods.unresolved)
        self.unresolved.extend(nearest_of(m, found, catalogue) for m, found in asking.open.values())
        self.unresolved.extend(not_understood(c.mention, asking) for c in asking.periods.comparisons)
        self.unresolved.extend(not_understood(m.text, asking) for m, _ in asking.open_cuts.values())
        concepts = ResolvedConcepts(filters=filters, dimensions=cut, period=asking.periods.period)
        issues = listed(concepts, catalogue, asking.department)
        told = metrics_with(issues, catalogue) if self.reading.kind == "catalogue" else issues
        return Selection(
            kind=self.reading.kind,
            concepts=concepts,
            unresolved=tuple(self.unresolved),
            subjects=tuple(asset.id for asset in told),
            department=asking.department,
        )

    def _of_data(self, choices: list[Choice]) -> Selection:
        """What is known to be wrong with metrics, of the members and the period that are named; of a word that may
        mean several, with each of them."""
        candidates = [(c.mention, x) for c in choices for x in c.candidates]
        found = {x.metric.id: self.definitions.metric(m, x) for m, x in reversed(candidates)}
        metrics = tuple(found[i] for i in dict.fromkeys(x.metric.id for _, x in candidates))
        filters, cut = tuple(Filters(self.asking, metrics).of_members()), tuple(dimensions(self.asking, metrics))
        self.unresolved.extend(nearest_of(m, v, self.asking.catalogue) for m, v in self.asking.open.values())
        others = [t.found.text for t in self.reading.times if t.found.type == "comparison"]
        self.unresolved.extend(not_understood(text, self.asking) for text in others)
        period = self.asking.periods.period
        return Selection(
            kind="definition",
            concepts=ResolvedConcepts(metrics=metrics, filters=filters, dimensions=cut, period=period),
            unresolved=tuple(self.unresolved),
            subjects=tuple(m.id for m in metrics),
            department=self.asking.department,
        )

    def _concepts(self, metrics: tuple[ResolvedMetric, ...]) -> ResolvedConcepts:
        comparing = Comparisons(self.asking, self.definitions)
        metrics, comparisons = comparing.with_targets(metrics)
        limited = Filters(self.asking, metrics)
        filters = (*limited.of_members(), *limited.of_relations(), *limited.of_numbers())
        comparisons = (*comparisons, *comparing.of_members(metrics), *self.asking.periods.comparisons)
        filters = (*filters, *limited.of_change(len(comparisons)))
        cut = tuple(dimensions(self.asking, metrics))
        ranking = self.reading.ranking
        cuts = (*cut, *trend(self.asking, metrics))
        share = share_of(self.asking, metrics, cut)
        average = average_of(self.asking, metrics, cuts)
        filters = (*filters, *limited.of_average(average))
        order, shown = self._shown(self._order(metrics), metrics)
        concepts = ResolvedConcepts(
            metrics=divided(metrics, share),
            dimensions=cuts,
            filters=filters,
            period=self.asking.periods.period,
            comparisons=comparisons,
            order=order,
            shown=shown,
            limit=self._limit(),
            offset=ranking.nth - 1 if ranking and ranking.nth else None,
            both_ends=ranking is not None and ranking.both_ends,
            leading=next((d.id for d in cuts if d.mention == self.reading.leading), None),
            within=tuple(d.id for d in cuts if d.mention in self.reading.within),
            share=share,
            average=average,
            count=self._count(cuts),
            running=running_of(self.asking, metrics, cuts),
            placed=self.reading.placed,
        )
        combined = combined_of(self.asking, metrics, concepts)
        concepts = concepts.model_copy(update={"combined": combined}) if combined else concepts
        if not self.unresolved:
            self.unresolved.extend(effectless(self.reading, concepts, self.asking.catalogue))
        return concepts

    def _count(self, cuts: tuple[ResolvedDimension, ...]) -> ResolvedCount | None:
        """How many groups there are, where they are cut by nothing else."""
        counted = self.reading.counted
        if counted is None:
            return None
        if len(cuts) != 1:
            self.unresolved.append(Unresolved(mention=f"{counted.text} (how many of which?)"))
            return None
        return ResolvedCount(mention=counted.text, dimension=cuts[0].id)

    def _order(self, metrics: tuple[ResolvedMetric, ...]) -> Order | None:
        ranking = self.reading.ranking
        if ranking is None or not metrics:
            return None
        asset = self.asking.catalogue.get(metrics[0].id, Metric)
        if change := self.reading.by_change:
            lowest = ranking.kind in ("bottom", "sort_up")
            wanted_low = asset is not None and asset.better == "lower"
            if self.reading.judges and change.falls:  # "the worst decline"
                return Order(by=change.by, direction="asc" if lowest else "desc")
            turned = self.reading.judges and wanted_low
            falls = wanted_low == (change.for_the == "better") if change.for_the else change.falls != turned
            return Order(by=change.by, direction="asc" if lowest != falls else "desc")
        share = self.reading.share
        if share and (share.parts or share.of):  # of the whole there is, the largest part is the largest share
            turned = (
                _divided_as(share) in (RATIO, DIFFERENCE, SUM)
                and self.reading.judges
                and asset is not None
                and asset.better == "lower"
            )
            rising = (ranking.kind in ("bottom", "sort_up")) != turned
            return Order(by=_divided_as(share), direction="asc" if rising else "desc")
        first = self._right_behind(ranking, metrics)
        asset = self.asking.catalogue.get(first.id, Metric)
        turned = self.reading.judges and asset is not None and asset.better == "lower"
        rising = (ranking.kind in ("bottom", "sort_up")) != turned
        return Order(by=first.id, direction="asc" if rising else "desc")

    def _shown(self, order: Order | None, metrics: tuple[ResolvedMetric, ...]) -> tuple[Order | None, Way | None]:
        """The first ones stay those that they are, whichever way they are shown; all of them have that order."""
        ranking = self.reading.ranking
        if order is None or ranking is None or ranking.shown is None or ranking.kind in ("sort", "sort_up"):
            return order, None
        asset = self.asking.catalogue.get(order.by, Metric) or self.asking.catalogue.get(metrics[0].id, Metric)
        falls = (asset is None or asset.better != "lower") == (ranking.shown == "best")
        way: Way = "desc" if ranking.shown == "desc" or (ranking.shown != "asc" and falls) else "asc"
        if way == order.direction or (self._limit() == 1 and not ranking.both_ends):
            return order, None
        return (order.model_copy(update={"direction": way}), None) if self._limit() is None else (order, way)

    def _right_behind(self, ranking: Cue, metrics: tuple[ResolvedMetric, ...]) -> ResolvedMetric:
        """ "A of the place with the highest B": B decides, though A was asked for first."""
        behind = {m.text for m in self.reading.of("metric") if m.first == self.reading.ranked_at}
        return next((m for m in metrics if m.mention in behind), metrics[0])

    def _limit(self) -> int | None:
        ranking = self.reading.ranking
        if ranking is None or ranking.number is None:
            return 1 if self.reading.singular else None
        return int(ranking.number)
