"""What a question is limited to: members, what relations arrive at, and bounds on numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecp.domain.answer import ResolvedAverage, ResolvedFilter, ResolvedMetric, Unresolved
from ecp.domain.assets import Entity, Metric
from ecp.domain.changes import ChangeBound
from ecp.domain.members import values_of
from ecp.domain.numbers import NumberFilter
from ecp.domain.plan.drafts import FROM_AVERAGE
from ecp.domain.relations import too_long, unknown
from ecp.domain.selection.asking import Asking
from ecp.domain.selection.whose import Members
from ecp.domain.units import is_same_unit


@dataclass(frozen=True)
class Filters:
    """The filters on these metrics."""

    asking: Asking
    metrics: tuple[ResolvedMetric, ...]

    def of_members(self) -> Iterator[ResolvedFilter]:
        members = Members(self.asking, self.metrics)
        for mention in self.asking.reading.of("member", "excluded"):
            found = members.meant(mention)
            if found:
                yield ResolvedFilter(
                    dimension=found.dimension,
                    operator="not_in" if mention.role == "excluded" else "in",
                    member=found.member,
                    values=found.values,
                    mention=mention.text,
                    reason=found.reason,
                )

    def of_relations(self) -> Iterator[ResolvedFilter]:
        """The members that the graph finds at the end of each path over relations; nothing where it does not answer."""
        for path in self.asking.reading.paths:
            entity = self.asking.catalogue.get(path.entity, Entity)
            found = None if self.asking.evidence.related is None else self.asking.evidence.related.get(path.text)
            members = [
                (r, values_of(self.asking.catalogue, path.entity, r.instance, self.asking.department))
                for r in found or ()
            ]
            why = None
            if path.is_too_long:
                self.asking.unresolved.append(Unresolved(mention=too_long(path)))
                continue
            if found is None:
                self.asking.unresolved.append(Unresolved(mention=unknown(path)))
                continue
            if entity is None or entity.dimension is None:
                why = f"nothing is kept by {entity.name if entity else path.entity}"
            elif not members or any(v is None for _, v in members):
                why = "there is none"
            if why:
                self.asking.unresolved.append(Unresolved(mention=f"{path.text} ({why})"))
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

    def of_numbers(self) -> Iterator[ResolvedFilter]:
        for number in self.asking.reading.numbers if self.metrics else ():
            metric = self._bounded(number)
            if number.unit and metric.unit and not is_same_unit(metric.unit, number.unit):
                self.asking.unresolved.append(Unresolved(mention=f"{number.text} ({metric.name} is in {metric.unit})"))
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

    def of_change(self, comparisons: int) -> Iterator[ResolvedFilter]:
        """ "places that declined": a bound on the variance against the one thing that is compared with."""
        changed = self.asking.reading.changed
        if changed is None or not self.metrics:
            return
        falls = self._falls(changed)
        why = (
            f"{changed.of} is no condition here" if changed.of
            else "since when?" if comparisons != 1
            else "of several metrics?" if len(self.metrics) > 1
            else "nothing says which way is better" if falls is None
            else "by how much?" if changed.number and changed.number.operator not in ("gt", "gte")
            else None
        )  # fmt: skip
        if why:
            self.asking.unresolved.append(Unresolved(mention=f"{changed.text} ({why})"))
            return
        number = changed.number
        value = number.value if number else 0.0
        least = int(value) if value.is_integer() else value
        operator = number.operator if number else "gte" if changed.meets else "gt"
        yield ResolvedFilter(
            dimension=None,
            operator={"gt": "lt", "gte": "lte"}[operator] if falls else operator,
            member=None,
            values=(-least if falls else least,),
            mention=f"{changed.text} {number.text}" if number else changed.text,
            reason="a bound on how it changed",
            metric="variance_pct" if number and number.unit == "percent" else "variance",
        )

    def of_average(self, average: ResolvedAverage | None) -> Iterator[ResolvedFilter]:
        """ "places above the average": a bound on how far each lies from that of all of them."""
        asked = self.asking.reading.average
        if average is None or asked is None or asked.operator is None:
            return
        yield ResolvedFilter(
            dimension=None,
            operator=asked.operator,
            member=None,
            values=(0,),
            mention=asked.text,
            reason="a bound on how far it is from the average of all",
            metric=FROM_AVERAGE,
        )

    def _falls(self, changed: ChangeBound) -> bool | None:
        if changed.side in ("up", "down"):
            return changed.side == "down"
        asset = self.asking.catalogue.get(self.metrics[0].id, Metric)
        if asset is None or asset.better is None:
            return None
        return (asset.better == "lower") == (changed.side == "better")

    def _bounded(self, number: NumberFilter) -> ResolvedMetric:
        """ "over 100 cases": the metric right behind the number, else the last one before it."""
        by_mention = {m.mention: m for m in self.metrics}
        mentions = [m for m in self.asking.reading.of("metric", "order", "target") if m.text in by_mention]
        behind = [m for m in mentions if m.first == number.last + 1]
        before = [m for m in mentions if m.last < number.first]
        chosen = (behind or before[-1:] or mentions[:1])[:1]
        return by_mention[chosen[0].text] if chosen else self.metrics[0]
