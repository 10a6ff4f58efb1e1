"""What may be chosen from, where a word means several things, in words that tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ecp.domain.answer import Option
from ecp.domain.assets import Dimension, Metric, Term
from ecp.domain.members import MemberValues
from ecp.domain.mentions import Mention
from ecp.domain.selection.asking import Asking, Selection
from ecp.domain.selection.definitions import MOST_OPTIONS, Choice
from ecp.domain.selection.whose import key_of
from ecp.domain.sources import Called

_REJECTED = 0.5


@dataclass(frozen=True)
class Options:
    """`again` selects anew with more words settled."""

    asking: Asking
    again: Callable[[dict[str, str]], Selection]

    def of_metrics(self, choice: Choice) -> Iterator[Option]:
        share = 1 / len(choice.candidates)
        for at, candidate in enumerate(choice.candidates):
            likely = share + (0.1 if at == 0 else 0) * (1 - share)
            forced = {**self.asking.forced, choice.mention.text: candidate.metric.id}
            chosen = self.again(forced)
            if chosen.unresolved:
                continue
            yield Option(
                id=candidate.metric.id,
                text=self._option_text(candidate.metric, choice.mention),
                confidence=round(likely * (_REJECTED if candidate.rejected else 1), 4),
                resolved_concepts=chosen.concepts,
                suggested=at == 0,
                settles=forced,
            )

    def of_members(self, mention: Mention, found: tuple[MemberValues, ...]) -> Iterator[Option]:
        told = {key_of(v): self._member_text(v) for v in sorted(found, key=key_of)}
        return self._of_keys(mention.text, told)

    def of_dimensions(self, mention: Mention, ids: tuple[str, ...]) -> Iterator[Option]:
        named = (d for i in ids if (d := self.asking.catalogue.get(i, Dimension)))
        return self._of_keys(mention.text, {d.id: f"by {d.name}" for d in named})

    def of_sources(self, called: Called) -> Iterator[Option]:
        return self._of_keys(called.text, {s.id: s.id for s in called.sources})

    def _of_keys(self, mention: str, told: dict[str, str]) -> Iterator[Option]:
        """One option for each thing of this name; those that lead nowhere are none."""
        for at, (key, text) in enumerate(list(told.items())[:MOST_OPTIONS]):
            forced = {**self.asking.forced, mention: key}
            chosen = self.again(forced)
            if chosen.unresolved:
                continue
            yield Option(
                id=key,
                text=text,
                confidence=round(1 / len(told), 4),
                resolved_concepts=chosen.concepts,
                suggested=at == 0,
                settles=forced,
            )

    def _member_text(self, found: MemberValues) -> str:
        dimension = self.asking.catalogue.get(found.dimension, Dimension)
        member = self.asking.catalogue.member(found.dimension, found.member or "")
        name = f"{member.name if member else found.member} ({dimension.name if dimension else found.dimension})"
        return f"{name}: {member.definition}" if member and member.definition else name

    def _option_text(self, metric: Metric, mention: Mention) -> str:
        departments = sorted(self._departments_meaning(metric.id, mention))
        used = f" (as used by {', '.join(departments)})" if departments else ""
        definition = f": {metric.definition}" if metric.definition else ""
        return f"{metric.name}{used}{definition}"

    def _departments_meaning(self, metric_id: str, mention: Mention) -> set[str]:
        named = {d for a in (self.asking.catalogue.get(metric_id, Metric),) if a for d in a.departments}
        for target in mention.targets:
            term = self.asking.catalogue.get(target.asset_id, Term)
            named |= {d for c in (term.metrics if term else ()) if c.metric == metric_id for d in c.departments}
        return named
