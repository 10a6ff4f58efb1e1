"""Which governed definition each mention stands for, for this asker, on what evidence; or what to ask back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ecp.domain.answer import (
    Kind,
    Nearest,
    Option,
    Order,
    ResolvedComparison,
    ResolvedConcepts,
    ResolvedDimension,
    ResolvedFilter,
    ResolvedMetric,
    Unresolved,
)
from ecp.domain.assets import Dimension, Entity, Metric, Term
from ecp.domain.calendar import Basis
from ecp.domain.catalogue import Catalogue
from ecp.domain.effects import effectless
from ecp.domain.language import UNITS
from ecp.domain.limits import is_cut_by, same_column
from ecp.domain.members import MemberValues, values_of
from ecp.domain.mentions import Mention
from ecp.domain.numbers import NumberFilter
from ecp.domain.periods import Periods
from ecp.domain.precedent import ALIKE, Lift, Opinion, opinion
from ecp.domain.reading import Reading
from ecp.domain.relations import Related
from ecp.domain.values import Value
from ecp.domain.words import normal_form

MOST_OPTIONS = 6


class Near(Value):
    """A name near a phrase that may not have been understood."""

    phrase: str
    found: Nearest


class Evidence(Value):
    """What the stores say about assets, by id. None: that store could not be asked. `related`: where each path over
    relations arrives, by its text."""

    graph: dict[str, bool] | None = None
    vector: dict[str, float] | None = None
    near: tuple[Near, ...] = ()
    lifts: tuple[Lift, ...] = ()
    related: dict[str, tuple[Related, ...]] | None = None


class Selection(Value):
    """With `options` there is something to choose; with `unresolved`, something was not understood. `subjects` are
    what a definition, a lineage or a catalogue is asked of; `department`, the one whose meanings were taken."""

    kind: Kind = "metric"
    concepts: ResolvedConcepts = ResolvedConcepts()
    options: tuple[Option, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    subjects: tuple[str, ...] = ()
    grain_basis: Basis | None = None
    department: str | None = None


@dataclass(frozen=True)
class _Candidate:
    metric: Metric
    basis: str
    reason: str


@dataclass(frozen=True)
class _Choice:
    """The candidates of one mention, best first; more than one means that it has to be asked back."""

    mention: Mention
    candidates: tuple[_Candidate, ...]


_BASIS = {
    "named": 1.0,
    "only": 0.99,
    "department": 0.98,
    "named_department": 0.98,
    "default": 0.95,
    "graph": 0.95,
    "precedent": 0.96,
    "chosen": 0.99,
    "ambiguous": 0.5,
}


def select(
    reading: Reading,
    periods: Periods,
    catalogue: Catalogue,
    department: str | None,
    evidence: Evidence,
    forced: dict[str, str] | None = None,
) -> Selection:
    """Answers the selection for one reading. `forced` settles mentions (by text) on a metric id."""
    return _Selector(reading, periods, catalogue, department, evidence, forced or {}).select()


@dataclass
class _Selector:
    reading: Reading
    periods: Periods
    catalogue: Catalogue
    asker_department: str | None
    evidence: Evidence
    forced: dict[str, str]
    unresolved: list[Unresolved] = field(default_factory=list)
    open: dict[str, tuple[Mention, tuple[MemberValues, ...]]] = field(default_factory=dict)

    @property
    def department(self) -> str | None:
        return self.reading.department or self.asker_department

    def select(self) -> Selection:
        if self.reading.kind == "catalogue":
            return self._catalogue()
        self.unresolved = [self._not_understood(text) for text in self.reading.left]
        self.unresolved += self.periods.unresolved
        if self.reading.kind == "definition" or self._only_explainable():
            return self._definition()
        mentions = (*self.reading.of("order"), *self.reading.of("metric")) or self.reading.of("target")[:1]
        choices = [self._choose(m) for m in mentions]
        choices = [c for c in choices if c.candidates]
        if not choices and not self.unresolved:
            self.unresolved.append(self._no_metric())
        first_open = next((c for c in choices if len(c.candidates) > 1), None)
        if first_open and not self.unresolved:
            return self._asked_back(first_open.mention, tuple(self._options(first_open)))
        concepts = self._concepts(tuple(self._metric(c.mention, c.candidates[0]) for c in _distinct(choices)))
        if self.open and not self.unresolved:
            mention, found = next(iter(self.open.values()))
            return self._asked_back(mention, tuple(self._member_options(mention, found)))
        metrics = concepts.metrics
        subjects = tuple(m.id for m in metrics) if self.reading.kind == "lineage" else ()
        return Selection(
            kind=self._kind(),
            concepts=concepts,
            unresolved=tuple(self.unresolved),
            subjects=subjects,
            grain_basis=self.periods.grain_basis,
            department=self.department,
        )

    def _asked_back(self, mention: Mention, options: tuple[Option, ...]) -> Selection:
        """Options to choose from; where none of them leads to an answer, the word is what was not understood."""
        missing = () if options else (Unresolved(mention=mention.text, nearest=self._near(mention.text)),)
        return Selection(kind=self._kind(), options=options, unresolved=missing)

    def _only_explainable(self) -> bool:
        """ "What is X?", where X is a word of the glossary that nothing measures, or a member."""
        named = self.reading.mentions
        bare = not (self.reading.times or self.reading.numbers or self.reading.left) and len(named) == 1
        return bare and (
            (named[0].role == "metric" and not self._pool(named[0]))
            or (named[0].role in ("member", "descriptor", "group") and self.reading.asks_what_it_is)
        )

    def _kind(self) -> Kind:
        """Two periods without a comparing word are a comparison all the same."""
        compared = self.reading.kind == "metric" and self.periods.comparisons
        return "comparison" if compared else self.reading.kind

    def _definition(self) -> Selection:
        named = [t.asset_id for m in self.reading.mentions for t in m.targets if t.kind != "department"]
        subjects = tuple(dict.fromkeys(named))
        if not subjects and not self.unresolved:
            self.unresolved.append(self._no_metric())
        measured = [m for m in self.reading.of("metric", "order", "target") if self._pool(m)]
        metrics = tuple(
            self._metric(c.mention, c.candidates[0]) for c in map(self._choose, measured) if len(c.candidates) == 1
        )
        concepts = ResolvedConcepts(metrics=metrics)
        return Selection(kind="definition", concepts=concepts, unresolved=tuple(self.unresolved), subjects=subjects)

    def _catalogue(self) -> Selection:
        """Every metric that can be cut by what the question names and that speaks of its other words."""
        self.unresolved += self.periods.unresolved
        about = [*self.reading.left, *(m.read_as or m.text for m in self.reading.of("metric", "order", "target"))]
        topics = {text: self._speaking_of(text) for text in about}
        self.unresolved += [self._not_understood(text) for text, found in topics.items() if not found]
        filters, dimensions = tuple(self._filters(())), tuple(self._dimensions())
        for mention, found in self.open.values():
            self.unresolved.append(Unresolved(mention=mention.text, nearest=tuple(self._nearest_members(found))))
        cut = {f.dimension for f in filters if f.dimension} | {d.id for d in dimensions}
        domains = {t.asset_id for m in self.reading.of("descriptor") for t in m.targets if t.kind == "domain"}
        metrics = (
            m
            for m in self.catalogue.of_kind(Metric)
            if all(is_cut_by(m, d, self.catalogue) for d in cut) and (not domains or m.domain in domains)
            if all(m.id in found for found in topics.values())
        )
        return Selection(
            kind="catalogue",
            concepts=ResolvedConcepts(filters=filters, dimensions=dimensions),
            unresolved=tuple(self.unresolved),
            subjects=tuple(sorted(m.id for m in metrics)),
        )

    def _speaking_of(self, topic: str) -> set[str]:
        """The metrics with these words in what they are called, in what they mean, or in who owns them."""
        wanted = set(normal_form(topic).split())
        meant = {c.metric for t in self.catalogue.of_kind(Term) if wanted <= _words_of(t) for c in t.metrics}
        return {m.id for m in self.catalogue.of_kind(Metric) if m.id in meant or wanted <= _words_of(m)}

    # metrics

    def _choose(self, mention: Mention) -> _Choice:
        pool = self._pool(mention)
        if not pool:
            self.unresolved.append(self._not_measured(mention))
            return _Choice(mention, ())
        forced = self.forced.get(mention.text)
        if forced in pool:
            return _Choice(mention, (self._candidate(forced, "chosen", "chosen by the asker"),))
        return _Choice(mention, tuple(self._settle(mention, pool)))

    def _pool(self, mention: Mention) -> dict[str, set[str]]:
        """Metric id → the departments that mean it by this word (none: everybody)."""
        named = [t for t in mention.targets if t.kind == "metric" and t.primary]
        terms = [t for t in mention.targets if t.kind == "term"]
        direct = (
            named if named and not any(t.primary for t in terms) else [t for t in mention.targets if t.kind == "metric"]
        )
        pool: dict[str, set[str]] = {}
        for term in terms if direct is not named or not named else []:
            asset = self.catalogue.get(term.asset_id, Term)
            for choice in asset.metrics if asset else ():
                pool.setdefault(choice.metric, set()).update(normal_form(d) for d in choice.departments)
        for target in direct:
            metric = self.catalogue.get(target.asset_id, Metric)
            if metric and target.asset_id not in pool:
                pool[metric.id] = {normal_form(d) for d in metric.departments}
        return {i: d for i, d in pool.items() if self.catalogue.get(i, Metric)}

    def _settle(self, mention: Mention, pool: dict[str, set[str]]) -> Iterator[_Candidate]:
        if len(pool) == 1:
            only = next(iter(pool))
            named = any(t.kind == "metric" and t.primary for t in mention.targets)
            yield self._candidate(only, "named" if named else "only", "named" if named else "the only definition")
            return
        said = self._said(mention, pool)
        if said.corrected:
            yield from self._approved(said, pool)
            return
        own = [i for i, departments in pool.items() if self.department and normal_form(self.department) in departments]
        everybody = [i for i, departments in pool.items() if not departments]
        if len(own) == 1:
            basis = "named_department" if self.reading.department else "department"
            yield self._candidate(own[0], basis, f"what {self.department} means by “{mention.text}”")
            return
        used = self._used(own or list(pool))
        if used:
            yield self._candidate(used, "graph", f"the one of these that {self.department} uses")
        elif said.metric or said.at_odds:
            yield from self._approved(said, own or pool)
        elif not own and len(everybody) == 1:
            yield self._candidate(everybody[0], "default", "the general definition")
        else:
            yield from self._open(own or everybody or list(pool))

    def _said(self, mention: Mention, pool: Iterable[str]) -> Opinion:
        """What feedback in the asker's department says; nothing where the question names a department itself."""
        lifts = () if self.reading.department else self.evidence.lifts
        return opinion(lifts, mention.text, tuple(pool))

    def _used(self, among: Iterable[str]) -> str | None:
        """The only one that the graph says the asker's department uses; it knows nothing of a department that the
        question names instead."""
        graph = {} if self.reading.department else self.evidence.graph or {}
        used = [i for i in among if graph.get(i)]
        return used[0] if len(used) == 1 else None

    def _approved(self, said: Opinion, among: Iterable[str]) -> Iterator[_Candidate]:
        """The candidate that approved feedback speaks for; where it is at odds with itself, that is asked back."""
        if said.metric:
            kind = "correction" if said.corrected else "feedback"
            yield self._candidate(said.metric, "precedent", f"approved {kind} on a question like this one")
        else:
            yield from self._open(among)

    def _open(self, among: Iterable[str]) -> Iterator[_Candidate]:
        ids = sorted(among, key=self._preference)
        return (self._candidate(i, "ambiguous", "one of several definitions") for i in ids[:MOST_OPTIONS])

    def _preference(self, metric_id: str) -> tuple[float, int, str]:
        metric = self.catalogue.get(metric_id, Metric)
        return (
            -max((x.similarity for x in self._spoken_for(metric_id)), default=0.0),
            metric.certification_tier if metric else 9,
            metric_id,
        )

    def _candidate(self, metric_id: str, basis: str, reason: str) -> _Candidate:
        metric = self.catalogue.get(metric_id, Metric)
        assert metric is not None
        return _Candidate(metric, basis, reason)

    def _metric(self, mention: Mention, candidate: _Candidate) -> ResolvedMetric:
        metric = candidate.metric
        slip = f"; “{mention.text}” read as “{mention.read_as}”" if mention.read_as else ""
        return ResolvedMetric(
            id=metric.id,
            mention=mention.text,
            name=metric.name,
            definition=metric.definition,
            certification_tier=metric.certification_tier,
            semantic_layer_ref=metric.semantic_layer_ref,
            unit=metric.unit,
            confidence=round(_BASIS[candidate.basis] * (0.9 if mention.method == "typo" else 1.0), 4),
            reason=candidate.reason + slip,
            sources=tuple(self._sources(metric.id)),
        )

    def _sources(self, metric_id: str) -> Iterator[str]:
        yield "registry"
        if metric_id in (self.evidence.graph or {}):
            yield "graph"
        if metric_id in (self.evidence.vector or {}):
            yield "vector"
        if any(x.similarity >= ALIKE for x in self._spoken_for(metric_id)):
            yield "precedent"

    def _spoken_for(self, metric_id: str) -> Iterator[Lift]:
        return (x for x in self.evidence.lifts if x.metric == metric_id and x.verdict != "rejected")

    def _options(self, choice: _Choice) -> Iterator[Option]:
        share = 1 / len(choice.candidates)
        for at, candidate in enumerate(choice.candidates):
            forced = {**self.forced, choice.mention.text: candidate.metric.id}
            chosen = select(self.reading, self.periods, self.catalogue, self.asker_department, self.evidence, forced)
            if chosen.unresolved:
                continue
            yield Option(
                id=candidate.metric.id,
                text=self._option_text(candidate.metric, choice.mention),
                confidence=round(share + (0.1 if at == 0 else 0) * (1 - share), 4),
                resolved_concepts=chosen.concepts,
                suggested=at == 0,
                settles=forced,
            )

    def _member_options(self, mention: Mention, found: tuple[MemberValues, ...]) -> Iterator[Option]:
        """One option for each thing of this name; those that lead nowhere are none."""
        for at, values in enumerate(sorted(found, key=_key)[:MOST_OPTIONS]):
            forced = {**self.forced, mention.text: _key(values)}
            chosen = select(self.reading, self.periods, self.catalogue, self.asker_department, self.evidence, forced)
            if chosen.unresolved:
                continue
            yield Option(
                id=_key(values),
                text=self._member_text(values),
                confidence=round(1 / len(found), 4),
                resolved_concepts=chosen.concepts,
                suggested=at == 0,
                settles=forced,
            )

    def _member_text(self, found: MemberValues) -> str:
        dimension = self.catalogue.get(found.dimension, Dimension)
        member = self.catalogue.member(found.dimension, found.member or "")
        name = f"{member.name if member else found.member} ({dimension.name if dimension else found.dimension})"
        return f"{name}: {member.definition}" if member and member.definition else name

    def _same(self, found: list[MemberValues]) -> bool:
        return all(self._alike(found[0], other) for other in found[1:])

    def _option_text(self, metric: Metric, mention: Mention) -> str:
        departments = sorted(self._departments_meaning(metric.id, mention))
        used = f" (as used by {', '.join(departments)})" if departments else ""
        definition = f": {metric.definition}" if metric.definition else ""
        return f"{metric.name}{used}{definition}"

    def _departments_meaning(self, metric_id: str, mention: Mention) -> set[str]:
        named = {d for a in (self.catalogue.get(metric_id, Metric),) if a for d in a.departments}
        for target in mention.targets:
            term = self.catalogue.get(target.asset_id, Term)
            named |= {d for c in (term.metrics if term else ()) if c.metric == metric_id for d in c.departments}
        return named

    # everything else

    def _concepts(self, metrics: tuple[ResolvedMetric, ...]) -> ResolvedConcepts:
        metrics, comparisons = self._targets(metrics)
        filters = (*self._filters(metrics), *self._related(), *self._numbers(metrics))
        members, dimensions = tuple(self._compared(metrics)), tuple(self._dimensions())
        comparisons = (*comparisons, *members, *self.periods.comparisons)
        concepts = ResolvedConcepts(
            metrics=metrics,
            dimensions=(*dimensions, *self._trend(metrics)),
            filters=filters,
            period=self.periods.period,
            comparisons=comparisons,
            order=self._order(metrics),
            limit=self._limit(),
        )
        if not self.unresolved:
            self.unresolved += effectless(self.reading, concepts, self.catalogue)
        return concepts

    def _order(self, metrics: tuple[ResolvedMetric, ...]) -> Order | None:
        ranking = self.reading.ranking
        if ranking is None or not metrics:
            return None
        return Order(by=metrics[0].id, direction="asc" if ranking.kind in ("bottom", "sort_up") else "desc")

    def _limit(self) -> int | None:
        ranking = self.reading.ranking
        if ranking is None or ranking.number is None:
            return 1 if self.reading.singular else None
        return int(ranking.number)

    def _targets(
        self, metrics: tuple[ResolvedMetric, ...]
    ) -> tuple[tuple[ResolvedMetric, ...], tuple[ResolvedComparison, ...]]:
        """What the chosen metrics are compared with: their own targets, or simply other metrics."""
        comparisons: list[ResolvedComparison] = []
        for mention in self.reading.of("target"):
            pool = [m for m in (self.catalogue.get(i, Metric) for i in self._pool(mention)) if m]
            own = [m for m in pool if set(m.target_of) & {c.id for c in metrics}]
            measured = self._measured_by_target(metrics, pool)
            if own:
                comparisons += [ResolvedComparison(kind="target", mention=mention.text, metric=m.id) for m in own]
            elif measured:
                target, metric = metrics[0], measured
                metrics = (self._metric(mention, self._candidate(metric, "only", f"what {target.name} is set for")),)
                comparisons.append(ResolvedComparison(kind="target", mention=target.mention, metric=target.id))
            elif pool and not any(m.target_of for m in pool):
                known = {m.id for m in metrics}
                other = [c for c in self._choose(mention).candidates[:1] if c.metric.id not in known]
                metrics = (*metrics, *(self._metric(mention, c) for c in other))
            else:
                self.unresolved.append(Unresolved(mention=mention.text, nearest=self._nearest_of(pool)))
        return metrics, tuple(comparisons)

    def _measured_by_target(self, metrics: tuple[ResolvedMetric, ...], pool: list[Metric]) -> str | None:
        """ "plan against actual": a target came first, or alone; what it is set for is what is measured."""
        target = self.catalogue.get(metrics[0].id, Metric) if len(metrics) == 1 else None
        if target is None or not target.target_of:
            return None
        named = [m.id for m in pool if m.id in target.target_of]
        alone = list(target.target_of) if [m.id for m in pool] == [target.id] or target in pool else []
        found = named or alone
        return found[0] if len(found) == 1 else None

    def _filters(self, metrics: tuple[ResolvedMetric, ...]) -> Iterator[ResolvedFilter]:
        for mention in self.reading.of("member", "excluded"):
            found = self._member(mention, metrics)
            if found:
                yield ResolvedFilter(
                    dimension=found.dimension,
                    operator="not_in" if mention.role == "excluded" else "in",
                    member=found.member,
                    values=found.values,
                    mention=mention.text,
                    reason=found.reason,
                )

    def _related(self) -> Iterator[ResolvedFilter]:
        """The members that the graph finds at the end of each path over relations; nothing where it does not answer."""
        for path in self.reading.paths:
            entity = self.catalogue.get(path.entity, Entity)
            found = None if self.evidence.related is None else self.evidence.related.get(path.text)
            members = [(r, values_of(self.catalogue, path.entity, r.instance, self.department)) for r in found or ()]
            why = None
            if found is None:
                why = "who belongs to whom cannot be found out now: the graph does not answer"
            elif entity is None or entity.dimension is None:
                why = f"nothing is kept by {entity.name if entity else path.entity}"
            elif not members or any(v is None for _, v in members):
                why = "there is none"
            if why:
                self.unresolved.append(Unresolved(mention=f"{path.text} ({why})"))
                continue
            for related, values in members:
                assert values is not None
                yield ResolvedFilter(
                    dimension=values.dimension,
                    operator="not_in" if path.excluded else "in",
                    member=values.member,
                    values=values.values,
                    mention=path.text,
                    reason=related.way,
                    through=path.entities,
                )

    def _compared(self, metrics: tuple[ResolvedMetric, ...]) -> Iterator[ResolvedComparison]:
        for mention in self.reading.of("compared"):
            found = self._member(mention, metrics)
            if found:
                yield ResolvedComparison(
                    kind="member", mention=mention.text, member=found.member, dimension=found.dimension
                )

    def _member(self, mention: Mention, metrics: tuple[ResolvedMetric, ...]) -> MemberValues | None:
        """The member meant; of several dimensions that have one, the one the question or the metric names. Where
        they still stand for different things, it is not guessed."""
        found = [v for t in mention.targets if (v := values_of(self.catalogue, t.asset_id, t.member, self.department))]
        found = self._preferred(found, mention, metrics) if len(found) > 1 else found
        chosen = [v for v in found if self.forced.get(mention.text) == _key(v)]
        if chosen:
            return chosen[0]
        if len(found) > 1 and all(v.member for v in found) and not self._same(found):
            self.open.setdefault(mention.text, (mention, tuple(found)))
            return found[0]
        if not found or any(not self._alike(found[0], other) for other in found[1:]):
            self.unresolved.append(Unresolved(mention=mention.text, nearest=tuple(self._nearest_members(found))))
            return None
        return found[0]

    def _preferred(
        self, found: list[MemberValues], mention: Mention, metrics: tuple[ResolvedMetric, ...]
    ) -> list[MemberValues]:
        described = {t.asset_id for m in self.reading.of("descriptor", "group") for t in m.targets}
        described = described or self._dimensions_of_others(mention)
        found = [v for v in found if v.dimension in described] or found
        found = [v for v in found if self._can_be_cut(v, metrics)] or found
        return [v for v in found if self._beside(v, metrics)] or found

    def _dimensions_of_others(self, mention: Mention) -> set[str]:
        others = [m for m in self.reading.of("member", "excluded", "compared") if not m.same_as(mention)]
        return {i for m in others if len(m.asset_ids) == 1 for i in m.asset_ids}

    def _can_be_cut(self, found: MemberValues, metrics: tuple[ResolvedMetric, ...]) -> bool:
        assets = (self.catalogue.get(m.id, Metric) for m in metrics)
        return all(is_cut_by(m, found.dimension, self.catalogue) for m in assets if m)

    def _beside(self, found: MemberValues, metrics: tuple[ResolvedMetric, ...]) -> bool:
        """Whether the dimension is kept where the metrics are."""
        dimension = self.catalogue.get(found.dimension, Dimension)
        cubes = {ref.split(".")[0] for ref in (dimension.semantic_layer_refs if dimension else ())}
        return all((m.semantic_layer_ref or "").split(".")[0] in cubes for m in metrics)

    def _alike(self, one: MemberValues, other: MemberValues) -> bool:
        return set(one.values) == set(other.values) and same_column(one.dimension, other.dimension, self.catalogue)

    def _nearest_members(self, found: Iterable[MemberValues]) -> Iterator[Nearest]:
        for item in found:
            dimension = self.catalogue.get(item.dimension, Dimension)
            if item.member and dimension and (member := self.catalogue.member(item.dimension, item.member)):
                yield Nearest(id=item.member, kind="member", name=f"{member.name} ({dimension.name})", score=0.9)

    def _numbers(self, metrics: tuple[ResolvedMetric, ...]) -> Iterator[ResolvedFilter]:
        for number in self.reading.numbers if metrics else ():
            metric = self._bounded(number, metrics)
            if (
                number.unit
                and metric.unit
                and UNITS.get(normal_form(metric.unit), normal_form(metric.unit)) != number.unit
            ):
                self.unresolved.append(Unresolved(mention=f"{number.text} ({metric.name} is in {metric.unit})"))
                continue
            value = int(number.value) if number.value.is_integer() else number.value
            yield ResolvedFilter(
                dimension=None,
                operator=number.operator,
                member=None,
                values=(value,),
                mention=number.text,
                reason="a bound on the metric",
                metric=metric.id,
            )

    def _bounded(self, number: NumberFilter, metrics: tuple[ResolvedMetric, ...]) -> ResolvedMetric:
        """ "over 100 cases": the metric right behind the number, else the last one before it."""
        by_mention = {m.mention: m for m in metrics}
        mentions = [m for m in self.reading.of("metric", "order", "target") if m.text in by_mention]
        behind = [m for m in mentions if m.first == number.last + 1]
        before = [m for m in mentions if m.last < number.first]
        chosen = (behind or before[-1:] or mentions[:1])[:1]
        return by_mention[chosen[0].text] if chosen else metrics[0]

    def _dimensions(self) -> Iterator[ResolvedDimension]:
        for mention in self.reading.of("group"):
            ids = [i for t in mention.targets if (i := self._dimension_of(t.asset_id))]
            if ids:
                yield ResolvedDimension(id=ids[0], mention=mention.text)
            else:
                self.unresolved.append(Unresolved(mention=mention.text))

    def _dimension_of(self, asset_id: str) -> str | None:
        entity = self.catalogue.get(asset_id, Entity)
        wanted = entity.dimension if entity else asset_id
        return wanted if wanted and self.catalogue.get(wanted, Dimension) else None

    def _trend(self, metrics: tuple[ResolvedMetric, ...]) -> Iterator[ResolvedDimension]:
        """The time dimension of a trend: the pack's own, else the layer's name for it."""
        grain = self.periods.grain or ("month" if self.reading.kind == "trend" else None)
        if grain is None:
            return
        metric = self.catalogue.get(metrics[0].id, Metric) if metrics else None
        ref = metric.time_dimension if metric else None
        own = (d.id for d in self.catalogue.of_kind(Dimension) if d.type == "time" and ref in d.semantic_layer_refs)
        yield ResolvedDimension(id=next(own, ref or "time"), mention=self.periods.grain_mention or grain, grain=grain)

    # what was not understood

    def _not_understood(self, text: str) -> Unresolved:
        return Unresolved(mention=text, nearest=self._near(text))

    def _near(self, text: str) -> tuple[Nearest, ...]:
        """What the stores found for these very words, best first."""
        form = normal_form(text)
        best: dict[tuple[str, str], Nearest] = {}
        for near in sorted(self.evidence.near, key=lambda n: (n.found.score, n.found.id)):
            if normal_form(near.phrase) == form and near.found.score > 0:
                best[near.found.kind, near.found.id] = near.found
        return tuple(sorted(best.values(), key=lambda n: (-n.score, n.id))[:3])

    def _not_measured(self, mention: Mention) -> Unresolved:
        return Unresolved(mention=mention.text, nearest=self._near(mention.text))

    def _no_metric(self) -> Unresolved:
        """Nothing in the question names something that can be measured."""
        best = sorted(self.catalogue.of_kind(Metric), key=lambda m: (m.certification_tier, m.id))[:5]
        return Unresolved(mention=self._whole(), nearest=self._nearest_of(best))

    def _whole(self) -> str:
        return " ".join(m.text for m in self.reading.mentions) or "the question names no metric"

    def _nearest_of(self, metrics: Iterable[Metric]) -> tuple[Nearest, ...]:
        return tuple(Nearest(id=m.id, kind="metric", name=m.name, score=0.5) for m in metrics)


def _key(found: MemberValues) -> str:
    """A member as the policy calls it."""
    return f"{found.dimension}:{found.member}"


def _words_of(asset: Metric | Term) -> set[str]:
    told = (asset.name, *asset.synonyms, asset.definition, asset.owner or "", *asset.tags)
    return {word for text in told for word in normal_form(text).split()}


def _distinct(choices: Iterable[_Choice]) -> Iterator[_Choice]:
    seen: set[str] = set()
    for choice in choices:
        if choice.candidates and choice.candidates[0].metric.id not in seen:
            seen.add(choice.candidates[0].metric.id)
            yield choice
