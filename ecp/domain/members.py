"""What a member stands for in the semantic layer, for one department."""

from __future__ import annotations

from ecp.domain.assets import Dimension, Entity, Instance, Member
from ecp.domain.catalogue import Catalogue
from ecp.domain.values import Value
from ecp.domain.words import normal_form

Scalar = str | int | float | bool


class MemberValues(Value):
    """A member of a dimension and the values the layer is asked for."""

    dimension: str
    member: str | None
    values: tuple[Scalar, ...]
    reason: str


def values_of(
    catalogue: Catalogue, asset_id: str, member_id: str | None, department: str | None
) -> MemberValues | None:
    """The member's values as this department counts them; None when there is no such member."""
    dimension = catalogue.get(asset_id, Dimension)
    if dimension and member_id:
        member = catalogue.member(asset_id, member_id)
        return _of_member(dimension, member, department) if member else None
    entity = catalogue.get(asset_id, Entity)
    instance = next((i for i in entity.instances if i.id == member_id), None) if entity else None
    return _of_instance(catalogue, entity, instance, department) if entity and instance else None


def anybodys_values(catalogue: Catalogue, dimension_id: str, member_id: str) -> frozenset[Scalar]:
    """Every value that some department counts to the member."""
    member = catalogue.member(dimension_id, member_id)
    if member is None:
        return frozenset()
    return frozenset((*(member.values or (member.name,)), *(v for w in member.variations for v in w.values)))


def known_values(catalogue: Catalogue, dimension_id: str) -> set[Scalar]:
    """Every value that some department counts to some member of the dimension."""
    dimension = catalogue.get(dimension_id, Dimension)
    members = dimension.members if dimension else ()
    return {v for m in members for v in anybodys_values(catalogue, dimension_id, m.id)}


def _of_member(dimension: Dimension, member: Member, department: str | None) -> MemberValues:
    own = normal_form(department) if department else None
    for variation in member.variations:
        if own and own in {normal_form(d) for d in variation.departments}:
            reason = variation.reason or f"{member.name} as {department} counts it"
            return MemberValues(dimension=dimension.id, member=member.id, values=variation.values, reason=reason)
    values = member.values or (member.name,)
    return MemberValues(
        dimension=dimension.id, member=member.id, values=values, reason=f"{member.name}, {dimension.name}"
    )


def _of_instance(
    catalogue: Catalogue, entity: Entity, instance: Instance, department: str | None
) -> MemberValues | None:
    if entity.dimension is None:
        return None
    member = catalogue.member(entity.dimension, instance.id)
    dimension = catalogue.get(entity.dimension, Dimension)
    if member and dimension:
        return _of_member(dimension, member, department)
    return MemberValues(
        dimension=entity.dimension, member=None, values=(instance.name,), reason=f"{instance.name}, {entity.name}"
    )
