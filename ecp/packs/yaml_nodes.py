"""YAML and JSON text → plain values with the line of every field.

Read as YAML 1.2 reads it: only `true` and `false` are booleans, `007` and `12:30` are strings. Anchors, tags,
duplicate keys and deep nesting are refused: a pack is data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

DEEPEST = 30
PLAIN = frozenset({"map", "seq", "null", "bool", "int", "float", "timestamp", "str"})
Path = tuple[str | int, ...]
Lines = dict[Path, int]


class Unreadable(Exception):
    """`line` counts from 1."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class RawDocument(NamedTuple):
    """One document; `lines` holds the line of each path in it, `()` for the document itself."""

    value: Any
    lines: Lines

    def line_of(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


class _Loader(yaml.CSafeLoader):
    pass


_DROPPED = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "merge", "value")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag not in _DROPPED]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _name, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), list(_first))


def read_yaml(text: str) -> Iterator[RawDocument]:
    """The documents of a YAML text, empty ones left out. Raises `Unreadable`."""
    try:
        _refuse_what_is_not_data(text)
        nodes = [n for n in yaml.compose_all(text, _Loader) if n is not None]
    except yaml.MarkedYAMLError as error:
        raise Unreadable(error.problem or "not readable as YAML", _line(error.problem_mark)) from error
    except yaml.YAMLError as error:
        raise Unreadable("not readable as YAML", None) from error
    for node in nodes:
        lines: Lines = {}
        yield RawDocument(_value(node, (), lines), lines)


def read_json(text: str) -> Iterator[RawDocument]:
    """The one document of a JSON text, its lines found by reading it as YAML where that works."""
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        raise Unreadable(f"not readable as JSON: {error.msg}", error.lineno) from error
    except RecursionError as error:
        raise Unreadable(f"nested deeper than {DEEPEST}", None) from error
    try:
        lines = next(read_yaml(text.replace("\t", " "))).lines
    except (Unreadable, StopIteration):
        lines = {(): 1}
    yield RawDocument(value, lines)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("a key stands twice in one object", None)
    return found


def _line(mark: Any) -> int | None:
    return None if mark is None else int(mark.line) + 1


def _refuse_what_is_not_data(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, _Loader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable("anchors and aliases are not supported", line)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if depth > DEEPEST:
            raise Unreadable(f"nested deeper than {DEEPEST}", line)


def _value(node: yaml.Node, path: Path, lines: Lines) -> Any:
    lines.setdefault(path, _line(node.start_mark) or 1)
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind not in PLAIN:
        raise Unreadable(f"the tag {node.tag!r} is not supported", _line(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, i), lines) for i, child in enumerate(node.value)]
    return _scalar(node, kind)


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, child in node.value:
        key, line = key_node.value, _line(key_node.start_mark)
        if not isinstance(key, str):
            raise Unreadable("a key must be a plain word", line)
        if key in found:
            raise Unreadable(f"the key {key!r} stands twice", line)
        lines[(*path, key)] = line or 1
        found[key] = _value(child, (*path, key), lines)
    return found


def _scalar(node: yaml.Node, kind: str) -> Any:
    reader = yaml.constructor.SafeConstructor()
    try:
        return reader.construct_object(node)
    except (ValueError, yaml.YAMLError) as error:
        raise Unreadable(f"{node.value!r} is not a valid {kind}", _line(node.start_mark)) from error
