"""What is compared: the chosen metrics with their targets or with each other, and members with members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecp.domain.against import is_target_called
from ecp.domain.answer import ResolvedComparison, ResolvedMetric, Unresolved
from ecp.domain.assets import Metric
from ecp.domain.mentions import Mention
from ecp.domain.selection.asking import Asking
from ecp.domain.selection.definitions import Definitions
from ecp.domain.selection.nearest import nearest_metrics
from ecp.domain.selection.whose import Members
from ecp.domain.words import normal_form


@dataclass(frozen=True)
class Comparisons:
    asking: Asking
    definitions: Definitions

    def with_targets(
        self, metrics: tuple[ResolvedMetric, ...]
    ) -> tuple[tuple[ResolvedMetric, ...], tuple[ResolvedComparison, ...]]:
        """What the chosen metrics are compared with: their own targets, or simply other metrics."""
        comparisons: list[ResolvedComparison] = []
        for mention in self.asking.reading.of("target"):
            pool = [m for m in (self.asking.catalogue.get(i, Metric) for i in self.definitions.pool(mention)) if m]
            own = self._own(pool, metrics) or self._own_by_another_name(mention, pool, metrics)
            measured = self._measured_by_target(metrics, pool)
            if own:
                comparisons += [ResolvedComparison(kind="target", mention=mention.text, metric=m.id) for m in own]
            elif measured:
                target, metric = metrics[0], measured
                metrics = (
                    self.definitions.metric(
                        mention, self.definitions.candidate(metric, "only", f"what {target.name} is set for")
                    ),
                )
                comparisons.append(ResolvedComparison(kind="target", mention=target.mention, metric=target.id))
            elif pool and not any(m.target_of for m in pool):
                known = {m.id for m in metrics}
                other = [c for c in self.definitions.choose(mention).candidates[:1] if c.metric.id not in known]
                metrics = (*metrics, *(self.definitions.metric(mention, c) for c in other))
            else:
                self.asking.unresolved.append(Unresolved(mention=mention.text, nearest=nearest_metrics(pool)))
        return metrics, tuple(comparisons)

    @staticmethod
    def _own(targets: Iterable[Metric], metrics: tuple[ResolvedMetric, ...]) -> list[Metric]:
        return [m for m in targets if set(m.target_of) & {c.id for c in metrics}]

    def _own_by_another_name(
        self, mention: Mention, pool: list[Metric], metrics: tuple[ResolvedMetric, ...]
    ) -> list[Metric]:
        """ "against plan", where only the target of something else goes by that word alone: the one of these that has
        the word in its name, or the only one there is."""
        word = normal_form(mention.text)
        if " " in word or not all(m.target_of for m in pool):
            return []
        own = self._own(self.asking.catalogue.metrics.targets, metrics)
        called = [m for m in own if is_target_called(m, word, self.asking.catalogue)]
        return called or (own if len(own) == 1 and not self._is_of_another_kind(own[0], pool) else [])

    def _is_of_another_kind(self, target: Metric, pool: list[Metric]) -> bool:
        """A plan is no forecast, where something has the one and the other."""
        word, measured = normal_form(target.name).split()[-1], {i for m in pool for i in m.target_of}
        beside = (m for m in self.asking.catalogue.metrics.targets if measured & set(m.target_of) and m not in pool)
        return any(is_target_called(m, word, self.asking.catalogue) for m in beside)

    def _measured_by_target(self, metrics: tuple[ResolvedMetric, ...], pool: list[Metric]) -> str | None:
        """ "plan against actual": a target came first, or alone; what it is set for is what is measured."""
        target = self.asking.catalogue.get(metrics[0].id, Metric) if len(metrics) == 1 else None
        if target is None or not target.target_of:
            return None
        named = [m.id for m in pool if m.id in target.target_of]
        alone = list(target.target_of) if [m.id for m in pool] == [target.id] or target in pool else []
        found = named or alone
        return found[0] if len(found) == 1 else None

    def of_members(self, metrics: tuple[ResolvedMetric, ...]) -> Iterator[ResolvedComparison]:
        members = Members(self.asking, metrics)
        for mention in self.asking.reading.of("compared"):
            found = members.meant(mention)
            if found:
                yield ResolvedComparison(
                    kind="member", mention=mention.text, member=found.member, dimension=found.dimension
                )
