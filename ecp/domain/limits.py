"""What the asker is limited to, in the semantic layer's values, and what the policy is asked with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.answer import ResolvedComparison, ResolvedConcepts, ResolvedFilter
from ecp.domain.assets import Access, Asset, Dimension, Metric
from ecp.domain.authorization import AssetForPolicy, LimitForPolicy, PolicyAsker, Scalar
from ecp.domain.catalogue import Catalogue
from ecp.domain.members import known_values, values_of
from ecp.domain.question import Asker
from ecp.domain.words import fold, normal_form
from ecp.errors import ValidationError

SHORT_FOR = "allowed_"


def asker_for_policy(asker: Asker) -> PolicyAsker:
    """The asker with every name casefolded, as the policy compares them."""
    return PolicyAsker(
        user_id=asker.user_id,
        department=fold(asker.department) if asker.department else None,
        roles=tuple(sorted({fold(r) for r in asker.all_roles})),
        attributes={fold(k): tuple(sorted({fold(v) for v in values})) for k, values in asker.limits.items()},
    )


def check_attributes(asker: Asker, catalogue: Catalogue) -> None:
    """Raises `ValidationError` for an attribute that nothing here knows: a limit that cannot be honoured must
    not be passed over."""
    for key in asker.limits:
        if fold(key) not in catalogue.attributes and not limited_dimensions(key, catalogue):
            names = sorted(d.id for d in catalogue.of_kind(Dimension))
            raise ValidationError(
                f"the attribute “{key}” limits nothing that is known here; dimensions: {', '.join(names) or 'none'}",
                errors=[{"loc": ["user_context", "attributes", key], "message": "unknown dimension"}],
            )


def limited_dimensions(key: str, catalogue: Catalogue) -> tuple[Dimension, ...]:
    """The dimensions an attribute limits: by its declared attribute, its id or its name."""
    wanted = {normal_form(key)}
    if fold(key).startswith(SHORT_FOR):
        wanted.add(normal_form(key[len(SHORT_FOR) :]))
    own = [d for d in catalogue.of_kind(Dimension) if d.attribute and fold(d.attribute) == fold(key)]
    named = [d for d in catalogue.of_kind(Dimension) if {normal_form(d.id), normal_form(d.name)} & wanted]
    return tuple(own or named)


def limits_of(asker: Asker, catalogue: Catalogue) -> dict[str, tuple[Scalar, ...]]:
    """Dimension id → the values the asker may see; several attributes on one dimension all hold."""
    limits: dict[str, tuple[Scalar, ...]] = {}
    for key, names in asker.limits.items():
        for dimension in limited_dimensions(key, catalogue):
            allowed = tuple(_values(dimension, names, catalogue, asker.department))
            before = limits.get(dimension.id)
            limits[dimension.id] = allowed if before is None else tuple(v for v in before if v in allowed)
    return limits


def _values(
    dimension: Dimension, names: Iterable[str], catalogue: Catalogue, department: str | None
) -> Iterator[Scalar]:
    wanted = {normal_form(n) for n in names}
    seen: set[Scalar] = set()
    for member in dimension.members:
        own = {normal_form(t) for t in (member.id, member.name, *member.synonyms)}
        found = values_of(catalogue, dimension.id, member.id, department) if own & wanted else None
        for value in found.values if found else ():
            if value not in seen:
                seen.add(value)
                yield value
    if not dimension.members:
        yield from dict.fromkeys(names)


def unknown_names(asker: Asker, dimensions: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    """What the asker is limited to on these dimensions though no member is called so. Where something is restricted
    nothing is told: that would tell apart what is hidden and what is not there."""
    concerned = set(dimensions)
    for key, names in asker.limits.items():
        limited = limited_dimensions(key, catalogue)
        if not limited or not concerned.intersection(d.id for d in limited) or not all(map(_is_open, limited)):
            continue
        known = {normal_form(t) for d in limited for m in d.members for t in (m.id, m.name, *m.synonyms)}
        for name in (n for n in names if normal_form(n) not in known):
            yield f"“{name}” is no member of {' or '.join(f'“{d.name}”' for d in limited)}"


def _is_open(dimension: Dimension) -> bool:
    """Whether it has members, and everybody may see all of them."""
    return bool(dimension.members) and dimension.access is None and all(m.access is None for m in dimension.members)


def limits_for_policy(
    limits: dict[str, tuple[Scalar, ...]],
    concepts: ResolvedConcepts,
    catalogue: Catalogue,
    *,
    measured: bool,
    department: str | None = None,
) -> tuple[LimitForPolicy, ...]:
    """Each limit beside what the question asks of the same column. `measured`: numbers are asked for, so every
    metric must be able to honour it."""
    return tuple(
        LimitForPolicy(
            dimension=dimension_id,
            name=catalogue.assets[dimension_id].name,
            allowed=allowed,
            requested=_told(dimension_id, allowed, concepts, catalogue, department),
            applicable=not measured or all(_can_be_cut(m.id, dimension_id, catalogue) for m in concepts.metrics),
            outside=_outside(dimension_id, allowed, concepts, catalogue, department),
        )
        for dimension_id, allowed in sorted(limits.items())
    )


def _can_be_cut(metric_id: str, dimension_id: str, catalogue: Catalogue) -> bool:
    metric = catalogue.get(metric_id, Metric)
    return metric is None or is_cut_by(metric, dimension_id, catalogue)


def is_cut_by(metric: Metric, dimension_id: str, catalogue: Catalogue) -> bool:
    """Whether the pack lets the metric be cut by the dimension, or by another one on the same column."""
    return metric.dimensions is None or any(same_column(d, dimension_id, catalogue) for d in metric.dimensions)


def _told(
    dimension_id: str,
    allowed: tuple[Scalar, ...],
    concepts: ResolvedConcepts,
    catalogue: Catalogue,
    department: str | None,
) -> tuple[Scalar, ...] | None:
    """What the policy is told is asked for. Where one side of a comparison lies wholly outside the limit, it is that
    side: a comparison with nothing is not what was asked. Of what is only left out, it is the rest. Of a share it is
    the whole: the limit is put to that too, and the part has its own filter."""
    part = _asked_values(dimension_id, concepts, catalogue)
    if part is not None and not part & set(allowed):
        return tuple(sorted(part, key=str))
    concepts = concepts.whole
    asked = _asked_values(dimension_id, concepts, catalogue)
    rest = _rest(dimension_id, concepts, catalogue) if asked is None else None
    sides = _compared_sides(dimension_id, concepts.comparisons, catalogue, department)
    every = [*(own for own in (asked, rest) if own is not None), *sides]
    outside = next((side for side in every if not side & set(allowed)), None)
    if outside is not None:
        return tuple(sorted(outside, key=str))
    if rest is not None:
        return tuple(sorted(rest.union(*sides), key=str))
    return requested_values(dimension_id, concepts, catalogue, department)


def _outside(
    dimension_id: str,
    allowed: tuple[Scalar, ...],
    concepts: ResolvedConcepts,
    catalogue: Catalogue,
    department: str | None,
) -> tuple[str, ...]:
    """The words for the sides of a comparison that lie wholly outside the limit, where another one does not."""
    compared = [c for c in concepts.comparisons if c.member]
    sides = [(c.mention, s) for c in compared for s in _compared_sides(dimension_id, (c,), catalogue, department)]
    on_it = _filters_on(dimension_id, "in", concepts, catalogue)
    sides += [(f.mention, set(f.values)) for f in on_it] if sides else []
    outside = [mention for mention, values in sides if not values & set(allowed)]
    return tuple(dict.fromkeys(outside)) if 0 < len(outside) < len(sides) else ()


def _rest(dimension_id: str, concepts: ResolvedConcepts, catalogue: Catalogue) -> set[Scalar] | None:
    """What is left of the values that the pack knows; None when nothing is left out, or nothing known."""
    left_out = _values_of(dimension_id, "not_in", concepts, catalogue)
    known = known_values(catalogue, dimension_id) if left_out else set()
    return known.difference(*left_out.values()) if known else None


def requested_values(
    dimension_id: str, concepts: ResolvedConcepts, catalogue: Catalogue, department: str | None = None
) -> tuple[Scalar, ...] | None:
    """What the question asks of a dimension's column, through whichever dimension; None when it does not filter.

    Compared members widen it: they would be shown as well."""
    asked = _asked_values(dimension_id, concepts, catalogue)
    if asked is None:
        return None
    return tuple(
        sorted(asked.union(*_compared_sides(dimension_id, concepts.comparisons, catalogue, department)), key=str)
    )


def _asked_values(dimension_id: str, concepts: ResolvedConcepts, catalogue: Catalogue) -> set[Scalar] | None:
    per_dimension = _values_of(dimension_id, "in", concepts, catalogue)
    return set.intersection(*per_dimension.values()) if per_dimension else None


def _values_of(
    dimension_id: str, operator: str, concepts: ResolvedConcepts, catalogue: Catalogue
) -> dict[str, set[Scalar]]:
    """The values of the filters on the column, by the dimension they filter through."""
    found: dict[str, set[Scalar]] = {}
    for item in _filters_on(dimension_id, operator, concepts, catalogue):
        found.setdefault(item.dimension or "", set()).update(item.values)
    return found


def _filters_on(
    dimension_id: str, operator: str, concepts: ResolvedConcepts, catalogue: Catalogue
) -> Iterator[ResolvedFilter]:
    """The filters on the column of a dimension, through whichever dimension."""
    for item in concepts.filters:
        if item.dimension and item.operator == operator and same_column(item.dimension, dimension_id, catalogue):
            yield item


def _compared_sides(
    dimension_id: str, comparisons: Iterable[ResolvedComparison], catalogue: Catalogue, department: str | None
) -> list[set[Scalar]]:
    members = (
        values_of(catalogue, item.dimension, item.member, department)
        for item in comparisons
        if item.member and item.dimension and same_column(item.dimension, dimension_id, catalogue)
    )
    return [set(m.values) for m in members if m]


def same_column(one: str, other: str, catalogue: Catalogue) -> bool:
    a, b = catalogue.get(one, Dimension), catalogue.get(other, Dimension)
    return one == other or bool(a and b and set(a.semantic_layer_refs) & set(b.semantic_layer_refs))


def assets_for_policy(
    concepts: ResolvedConcepts, shown: Iterable[str], catalogue: Catalogue
) -> tuple[AssetForPolicy, ...]:
    """Everything that would be used (required) or shown. Members are `dimension:member`."""
    used = tuple(_names_in(concepts))
    other = tuple(i for i in dict.fromkeys(shown) if i not in used)
    found = (*((i, True) for i in used), *((i, False) for i in other))
    return tuple(a for i, needed in found if (a := asset_for_policy(i, needed, catalogue)))


def names_in(concepts: ResolvedConcepts) -> set[str]:
    """The ids of everything that an answer would be made of, as the policy calls it."""
    return set(_names_in(concepts))


def _names_in(concepts: ResolvedConcepts) -> Iterator[str]:
    used = [m.id for m in concepts.metrics]
    used += [c.metric for c in concepts.comparisons if c.metric]
    used += [d.id for d in concepts.dimensions]
    used += [f.dimension for f in concepts.filters if f.dimension]
    used += [c.dimension for c in concepts.comparisons if c.dimension]
    used += [f"{f.dimension}:{f.member}" for f in concepts.filters if f.member]
    used += [i for f in concepts.filters for i in f.through]
    used += [f"{c.dimension}:{c.member}" for c in concepts.comparisons if c.member]
    yield from dict.fromkeys(used)


def asset_for_policy(asset_id: str, required: bool, catalogue: Catalogue) -> AssetForPolicy | None:
    """An asset, or a member as `dimension:member`; None for what is neither."""
    asset = catalogue.assets.get(asset_id)
    if asset is not None:
        return _entry(asset, asset.kind, required)
    dimension, _, member_id = asset_id.partition(":")
    member = catalogue.member(dimension, member_id)
    if member is None:
        return None
    access = _folded(member.access)
    return AssetForPolicy(id=asset_id, kind="member", name=member.name, required=required, access=access)


def _entry(asset: Asset, kind: str, required: bool) -> AssetForPolicy:
    return AssetForPolicy(
        id=asset.id, kind=kind, name=asset.name or asset.id, required=required, access=_folded(asset.access)
    )


def _folded(access: Access | None) -> Access | None:
    if access is None:
        return None
    return Access(
        departments=_fold_all(access.departments),
        roles=_fold_all(access.roles),
        attributes={fold(k): tuple(fold(v) for v in values) for k, values in access.attributes.items()},
    )


def _fold_all(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(fold(n) for n in names)
