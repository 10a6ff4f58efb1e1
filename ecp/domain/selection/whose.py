"""Which member a mention stands for, where several dimensions may have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ecp.domain.answer import ResolvedMetric, Unresolved
from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import places_of
from ecp.domain.limits import is_cut_by, same_column
from ecp.domain.members import MemberValues, values_of
from ecp.domain.mentions import Mention
from ecp.domain.plan.references import cube_named
from ecp.domain.selection.asking import Asking
from ecp.domain.selection.nearest import nearest_members, not_understood
from ecp.domain.words import fold, normal_form


def key_of(found: MemberValues) -> str:
    """A member as the policy calls it."""
    return f"{found.dimension}:{found.member}"


def kept_beside(metrics: tuple[ResolvedMetric, ...], dimension_id: str, catalogue: Catalogue) -> bool:
    """Whether the dimension is kept where the metrics are."""
    dimension = catalogue.get(dimension_id, Dimension)
    cubes = {cube_named(ref) for ref in (dimension.semantic_layer_refs if dimension else ())}
    return all(cube_named(m.semantic_layer_ref or "") in cubes for m in metrics)


@dataclass(frozen=True)
class Members:
    """Members for these metrics."""

    asking: Asking
    metrics: tuple[ResolvedMetric, ...]

    def meant(self, mention: Mention) -> MemberValues | None:
        """The member meant; of several dimensions that have one, the one the question or the metric names. Where
        they still stand for different things, it is not guessed."""
        found = [
            v
            for t in mention.targets
            if (v := values_of(self.asking.catalogue, t.asset_id, t.member, self.asking.department))
        ]
        found = (
            self._preferred(found, mention) if len(found) > 1 else [*found, *self._called_so_exactly(found, mention)]
        )
        chosen = [v for v in found if self.asking.forced.get(mention.text) == key_of(v)]
        if chosen:
            return chosen[0]
        if len(found) > 1 and all(v.member for v in found) and not self._same(found):
            self.asking.open.setdefault(mention.text, (mention, tuple(found)))
            return found[0]
        if not found:
            self.asking.unresolved.append(not_understood(mention.text, self.asking))
            return None
        if any(not self._alike(found[0], other) for other in found[1:]):
            self.asking.unresolved.append(
                Unresolved(mention=mention.text, nearest=tuple(nearest_members(found, self.asking.catalogue)))
            )
            return None
        return found[0]

    def _called_so_exactly(self, found: list[MemberValues], mention: Mention) -> Iterator[MemberValues]:
        """ "Utopia", "Utopian", of a member that is called Utopias only: the others of its column that go by the word
        as it was said ("North Utopia", "Republic of Utopia"), of which any may be meant."""
        known = self.asking.catalogue
        spellings = [fold(s) for v in found for s in known.spellings(v.dimension, v.member)]
        said = fold(mention.text).removeprefix("the ")
        bare = {said, *places_of(said)} - {f"{said}y"}
        if len(found) != 1 or found[0].member is None or bare & set(spellings):
            return
        bare &= {normal_form(s) for s in spellings}
        for dimension in known.of_kind(Dimension) if bare else ():
            if not same_column(dimension.id, found[0].dimension, known):
                continue
            others = (m for m in dimension.members if (dimension.id, m.id) != (found[0].dimension, found[0].member))
            for other in others:
                names = (fold(s) for s in known.spellings(dimension.id, other.id))
                if any(name.endswith(f" {word}") for name in names for word in bare):
                    values = values_of(known, dimension.id, other.id, self.asking.department)
                    yield from [values] if values else []

    def _preferred(self, found: list[MemberValues], mention: Mention) -> list[MemberValues]:
        described = {t.asset_id for m in self.asking.reading.of("descriptor", "group") for t in m.targets}
        described = described or self._dimensions_of_others(mention)
        found = [v for v in found if v.dimension in described] or found
        found = [v for v in found if self._can_be_cut(v)] or found
        return [v for v in found if kept_beside(self.metrics, v.dimension, self.asking.catalogue)] or found

    def _dimensions_of_others(self, mention: Mention) -> set[str]:
        others = [m for m in self.asking.reading.of("member", "excluded", "compared") if not m.same_as(mention)]
        return {i for m in others if len(m.asset_ids) == 1 for i in m.asset_ids}

    def _can_be_cut(self, found: MemberValues) -> bool:
        assets = (self.asking.catalogue.get(m.id, Metric) for m in self.metrics)
        return all(is_cut_by(m, found.dimension, self.asking.catalogue) for m in assets if m)

    def _alike(self, one: MemberValues, other: MemberValues) -> bool:
        return set(one.values) == set(other.values) and same_column(
            one.dimension, other.dimension, self.asking.catalogue
        )

    def _same(self, found: list[MemberValues]) -> bool:
        return all(self._alike(found[0], other) for other in found[1:])
