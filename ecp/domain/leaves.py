"""Where two values differ, down to the single field: what a person reads of a difference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ecp.domain.values import JsonObject, Value

KEYS = ("id", "dimension")
NOTHING = "–"
LONGEST = 400


class Leaf(Value):
    """`path` leads from the whole to what differs; None stands for what is not there."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def name(self) -> str:
        return " › ".join(self.path)


def leaves(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Objects field by field, lists by what came and went; nothing for what is equal. What has a name, and is there on
    one side alone, is told by its name and what it means."""
    if before == after:
        return
    if path and None in (before, after) and (named := _summary(before) or _summary(after)):
        yield Leaf(path=path, before=named if before else None, after=named if after else None)
        return
    old, new = _fields(before), _fields(after)
    if old is not None and new is not None:
        for name in (*old, *(name for name in new if name not in old)):
            yield from leaves(old.get(name), new.get(name), (*path, name))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield _moved(before, after, path)
    else:
        yield Leaf(path=path, before=before, after=after)


def told(value: Any) -> str:
    """A leaf's value in one line."""
    if value is None or value == [] or value == {}:
        return NOTHING
    if isinstance(value, list | tuple):
        return "; ".join(told(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {told(inner)}" for name, inner in value.items())
    return " ".join(value.split()) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def rows_of(differences: Iterable[JsonObject]) -> Iterator[str]:
    """Of `{"field", "before", "after"}` a table in markdown; the field alone where its values are withheld."""
    yield "| what | before | after |"
    yield "|---|---|---|"
    for found in differences:
        field = str(found["field"])
        if "before" not in found:
            yield f"| {field} | | |"
        for leaf in leaves(found.get("before"), found.get("after")):
            yield f"| {cell(f'{field} {leaf.name}')} | {cell(leaf.before)} | {cell(leaf.after)} |"


def cell(value: Any) -> str:
    """A value in one line that breaks no table."""
    flat = told(value).replace("|", "\\|")
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"


def _summary(value: Any) -> str | None:
    if not (isinstance(value, dict) and value.get("name")):
        return None
    return ": ".join(told(value[field]) for field in ("name", "definition") if value.get(field))


def _fields(value: Any) -> JsonObject | None:
    """A list whose entries have names of their own is read as an object; so is nothing."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    if isinstance(value, list | tuple):
        return next((named for key in KEYS if (named := _named(value, key)) is not None), None)
    return None


def _named(entries: Sequence[Any], key: str) -> JsonObject | None:
    named = {str(entry[key]): entry for entry in entries if isinstance(entry, dict) and key in entry}
    return named if named and len(named) == len(entries) else None


def _moved(before: Sequence[Any], after: Sequence[Any], path: tuple[str, ...]) -> Leaf:
    """Only what the other does not have; the whole of both where nothing but the order differs."""
    gone, come = [v for v in before if v not in after], [v for v in after if v not in before]
    if gone or come:
        return Leaf(path=path, before=gone, after=come)
    return Leaf(path=(*path, "order"), before=list(before), after=list(after))
