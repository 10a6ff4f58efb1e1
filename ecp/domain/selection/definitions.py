"""Which metric a mention stands for, for this asker, and on what basis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecp.domain.answer import ResolvedMetric
from ecp.domain.assets import Metric
from ecp.domain.mentions import Mention
from ecp.domain.precedent import Lift, Opinion, opinion
from ecp.domain.selection.asking import Asking
from ecp.domain.selection.meanings import meanings
from ecp.domain.unnamed import LIMITING, is_kept_by_all
from ecp.domain.words import normal_form

MOST_OPTIONS = 6
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
_DOUBTED = 0.8


@dataclass(frozen=True)
class Candidate:
    """`rejected`: as the answer to a question like this one, by feedback that nothing was said against."""

    metric: Metric
    basis: str
    reason: str
    rejected: bool = False


@dataclass(frozen=True)
class Choice:
    """The candidates of one mention, best first; none where nothing measures it, more than one where it has to be
    asked back."""

    mention: Mention
    candidates: tuple[Candidate, ...]


def distinct(choices: Iterable[Choice]) -> Iterator[Choice]:
    seen: set[str] = set()
    for choice in choices:
        if choice.candidates and choice.candidates[0].metric.id not in seen:
            seen.add(choice.candidates[0].metric.id)
            yield choice


@dataclass(frozen=True)
class Definitions:
    """Takes mentions of metrics to candidates."""

    asking: Asking

    def choose(self, mention: Mention) -> Choice:
        pool = self.pool(mention)
        if not pool:
            return Choice(mention, ())
        forced = self.asking.forced.get(mention.text)
        if forced in pool:
            return Choice(mention, (self.candidate(forced, "chosen", "chosen by the asker"),))
        return Choice(mention, self._settle(mention, pool))

    def pool(self, mention: Mention) -> dict[str, set[str]]:
        """Metric id → the departments that mean it by this word (none: everybody)."""
        return meanings(mention.targets, self.asking.catalogue)

    def _settle(self, mention: Mention, pool: dict[str, set[str]]) -> tuple[Candidate, ...]:
        """Where the only one left was rejected as the answer to this very question, that is said, and what else the
        word may mean is asked back."""
        said = self._said(mention, pool)
        found = tuple(self._found(mention, pool, said))
        if len(found) > 1 or found[0].metric.id not in said.doubted:
            return found
        self.asking.doubted.add(mention.text)
        return tuple(self._open(pool)) if len(pool) > 1 else found

    def _found(self, mention: Mention, pool: dict[str, set[str]], said: Opinion) -> Iterator[Candidate]:
        if len(pool) == 1:
            only = next(iter(pool))
            named = any(t.kind == "metric" and t.primary for t in mention.targets)
            yield self.candidate(only, "named" if named else "only", "named" if named else "the only definition")
            return
        if said.corrected:
            yield from self._approved(mention, said, pool)
            return
        own = [
            i
            for i, departments in pool.items()
            if self.asking.department and normal_form(self.asking.department) in departments
        ]
        everybody = [i for i, departments in pool.items() if not departments]
        if mention.unsaid and not (said.metric or said.at_odds):
            yield from self._offered(mention, pool)
            return
        if len(own) == 1:
            basis = "named_department" if self.asking.reading.department else "department"
            yield self.candidate(own[0], basis, f"what {self.asking.department} means by “{mention.text}”")
            return
        used = self._used(own or list(pool))
        if used:
            yield self.candidate(used, "graph", f"the one of these that {self.asking.department} uses")
        elif said.metric or said.at_odds:
            yield from self._approved(mention, said, own or pool)
        elif not own and len(everybody) == 1:
            yield self.candidate(everybody[0], "default", "the general definition")
        elif kept := self._only_kept(own or everybody or list(pool)):
            yield self.candidate(kept, "default", "the only one of these that is kept by all that is named")
        else:
            yield from self._open(own or everybody or list(pool))

    def _offered(self, mention: Mention, pool: dict[str, set[str]]) -> Iterator[Candidate]:
        """Of what may be meant where nothing says which: what the asker's department has as its own, then what is
        everybody's."""
        whose = normal_form(self.asking.department or "")
        open_to = [i for i, departments in pool.items() if not whose or not departments or whose in departments]
        ids = list(open_to if len(open_to) > 1 else pool)  # the most trusted first, as they were found
        ids.sort(key=lambda i: (*self._preference(i)[:2], not whose or whose not in pool[i] | self._meant_by(i)))
        yield from (self.candidate(i, "ambiguous", "one of several that may be meant") for i in ids[:MOST_OPTIONS])

    def _meant_by(self, metric_id: str) -> set[str]:
        """The departments that have a word for it."""
        terms = self.asking.catalogue.metrics.terms.get(metric_id, ())
        return {normal_form(d) for t in terms for c in t.metrics if c.metric == metric_id for d in c.departments}

    def _only_kept(self, among: Iterable[str]) -> str | None:
        """The only one of several that is kept by all that the question cuts and limits by."""
        limited = any(m.role in LIMITING for m in self.asking.reading.mentions)
        kept = [i for i in among if self._is_kept(i)] if limited else []
        return kept[0] if len(kept) == 1 else None

    def _is_kept(self, metric_id: str) -> bool:
        metric = self.asking.catalogue.get(metric_id, Metric)
        return metric is not None and is_kept_by_all(metric, self.asking.reading.mentions, self.asking.catalogue)

    def _said(self, mention: Mention, pool: Iterable[str]) -> Opinion:
        """What feedback in the asker's department says; nothing where the question names a department itself. What was
        said of another question does not speak for what is not kept by what this one is cut and limited by."""
        lifts = () if self.asking.reading.department else self.asking.evidence.lifts
        return opinion((x for x in lifts if x.same or self._is_kept(x.metric)), mention.text, tuple(pool))

    def _used(self, among: Iterable[str]) -> str | None:
        """The only one that the graph says the asker's department uses; it knows nothing of a department that the
        question names instead."""
        graph = {} if self.asking.reading.department else self.asking.evidence.graph or {}
        used = [i for i in among if graph.get(i)]
        return used[0] if len(used) == 1 else None

    def _approved(self, mention: Mention, said: Opinion, among: Iterable[str]) -> Iterator[Candidate]:
        """The candidate that approved feedback speaks for; where it is at odds with itself, that is asked back."""
        if said.metric:
            kind = "correction" if said.corrected else "feedback"
            yield self.candidate(said.metric, "precedent", f"approved {kind} on a question like this one")
        else:
            self.asking.disputed.add(mention.text)
            yield from self._open(among)

    def _open(self, among: Iterable[str]) -> Iterator[Candidate]:
        ids = sorted(among, key=self._preference)
        return (self.candidate(i, "ambiguous", "one of several definitions") for i in ids[:MOST_OPTIONS])

    def _preference(self, metric_id: str) -> tuple[bool, float, int, str]:
        metric = self.asking.catalogue.get(metric_id, Metric)
        return (
            self._is_rejected(metric_id),
            -max((x.similarity for x in self._spoken_for(metric_id)), default=0.0),
            metric.certification_tier if metric else 9,
            metric_id,
        )

    def candidate(self, metric_id: str, basis: str, reason: str) -> Candidate:
        metric = self.asking.catalogue.get(metric_id, Metric)
        assert metric is not None
        return Candidate(metric, basis, reason, self._is_rejected(metric_id))

    def metric(self, mention: Mention, candidate: Candidate) -> ResolvedMetric:
        metric = candidate.metric
        slip = f"; “{mention.text}” read as “{mention.read_as}”" if mention.read_as else ""
        doubt = "; rejected as the answer to this question" if mention.text in self.asking.doubted else ""
        return ResolvedMetric(
            id=metric.id,
            mention=mention.text,
            name=metric.name,
            definition=metric.definition,
            certification_tier=metric.certification_tier,
            semantic_layer_ref=metric.semantic_layer_ref,
            unit=metric.unit,
            confidence=round(
                _BASIS[candidate.basis] * (0.9 if mention.method == "typo" else 1.0) * (_DOUBTED if doubt else 1.0), 4
            ),
            reason=candidate.reason + slip + doubt,
            sources=tuple(self._sources(metric.id)),
        )

    def _sources(self, metric_id: str) -> Iterator[str]:
        yield "registry"
        if metric_id in (self.asking.evidence.graph or {}):
            yield "graph"
        if metric_id in (self.asking.evidence.vector or {}):
            yield "vector"
        if any(x.counts for x in self._spoken_for(metric_id)):
            yield "precedent"

    def _spoken_for(self, metric_id: str) -> Iterator[Lift]:
        return (x for x in self.asking.evidence.lifts if x.metric == metric_id and x.verdict != "rejected")

    def _is_rejected(self, metric_id: str) -> bool:
        """On a question like this one, and not spoken for on any."""
        said = [x for x in self.asking.evidence.lifts if x.metric == metric_id and x.counts]
        return bool(said) and all(x.verdict == "rejected" for x in said)
