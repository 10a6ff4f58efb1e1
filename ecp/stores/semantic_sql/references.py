"""SQL text of a model with its `{…}` taken apart (Cube's "referencing objects")."""

from __future__ import annotations

import re
from collections.abc import Collection

from ecp.stores.semantic_sql.model import CubeRef, Expression, MemberRef, ModelInvalid

_REFERENCE = re.compile(r"\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}", re.ASCII)
_COLUMN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
OWN = ("CUBE", "TABLE")


def expression(text: str, cube: str, cubes: Collection[str]) -> Expression:
    """A bare column belongs to the cube; `{CUBE}`, `{Other}` are aliases; `{x}`, `{CUBE.x}`, `{Other.x}` members."""
    if _COLUMN.fullmatch(text):
        return (CubeRef(cube), f".{text}")
    parts: list[str | CubeRef | MemberRef] = []
    end = 0
    for found in _REFERENCE.finditer(text):
        parts += [text[end : found.start()], _reference(found[1], cube, cubes)]
        end = found.end()
    parts.append(text[end:])
    if any("{" in part or "}" in part for part in parts if isinstance(part, str)):
        raise ModelInvalid("braces stand for a reference, and this is none")
    return tuple(part for part in parts if part != "")


def _reference(name: str, cube: str, cubes: Collection[str]) -> CubeRef | MemberRef:
    first, *rest = name.split(".")
    owner = cube if first in OWN else first
    if not rest:
        return CubeRef(owner) if first in OWN or first in cubes else MemberRef(cube, first)
    if len(rest) > 1:
        raise ModelInvalid(f"a reference to {name} names more than a cube and a member")
    return MemberRef(owner, rest[0])
