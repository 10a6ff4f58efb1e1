"""What the sources of lineages are called: nodes, the tables that columns are of, the systems that they lie in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from ecp.domain.assets import Lineage, LineageNode
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import LONGEST_PHRASE, Intent
from ecp.domain.language import SOURCES
from ecp.domain.values import Value
from ecp.domain.words import normal_form

COLUMNS = frozenset({"column", "field"})
_BETWEEN = COLUMNS | {"of", "in", "from", "on", "the", "table"}


class Source(Value):
    """A node of lineages, or all nodes of a table or a system, by whatever tells it from others of its name."""

    id: str
    nodes: tuple[str, ...]


class Called(Value):
    """Words in a row and the sources that are called so: of several, one is meant."""

    text: str
    first: int
    last: int
    sources: tuple[Source, ...]


@dataclass
class _Names:
    """By name: sources by id → nodes. `whole` are ids, names of their own and systems; `tables` and `columns` may be
    several of one name."""

    whole: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    tables: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    columns: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, catalogue: Catalogue) -> _Names:
        names = cls()
        for node in (n for document in catalogue.of_kind(Lineage) for n in document.nodes if n.type != "metric"):
            for form in _forms((node.id, node.name, node.system or "")):
                _add(names.whole, form, form, node)
            for table, text in _tables(node):
                for form in _forms((text,)):
                    _add(names.tables, form, table, node)
            for text in _columns(node):
                _add(names.columns, normal_form(text), node.id, node)
        return names


def called(intent: Intent, catalogue: Catalogue) -> Iterator[Called]:
    """What may be a source's name, longer ones first. A column by its own name is written as programs write it
    ("net_amount"), or called one ("the column amount"); what a metric is called is that metric."""
    names = _Names.of(catalogue)
    if not names.whole:
        return
    yield from _columns_of_tables(intent, names)
    for first, last in _phrases(intent):
        form = intent.form(first, last)
        found = names.whole.get(form) or names.tables.get(form)
        if not found and _is_a_column(intent, first, last, catalogue):
            found = names.columns.get(form)
        if found:
            yield _called(intent, first, last, found)


def _phrases(intent: Intent) -> Iterator[tuple[int, int]]:
    count = len(intent.tokens)
    for length in range(min(LONGEST_PHRASE, count), 0, -1):
        yield from ((first, first + length - 1) for first in range(count - length + 1))


def _columns_of_tables(intent: Intent, names: _Names) -> Iterator[Called]:
    """ "column A of the table B", of a column by whatever it is called in it."""
    for begin, end in _phrases(intent):
        tables = names.tables.get(intent.form(begin, end), {})
        first = begin - 1
        while intent.norm(first) in _BETWEEN:
            first -= 1
        if not tables or first in (begin - 1, -1):
            continue
        nodes = {n for found in tables.values() for n in found}
        for start in range(max(first - LONGEST_PHRASE, 0), first + 1):
            columns = names.columns.get(intent.form(start, first), {})
            if found := {i: own for i, own in columns.items() if own & nodes}:
                yield _called(intent, start, end, found)


def _called(intent: Intent, first: int, last: int, found: Mapping[str, Collection[str]]) -> Called:
    sources = (Source(id=i, nodes=tuple(sorted(nodes))) for i, nodes in sorted(found.items()))
    return Called(text=_text(intent, first, last), first=first, last=last, sources=tuple(sources))


def _text(intent: Intent, first: int, last: int) -> str:
    return intent.text[intent.tokens[first].start : intent.tokens[last].end]


def _is_a_column(intent: Intent, first: int, last: int, catalogue: Catalogue) -> bool:
    written = _text(intent, first, last)
    said = bool({intent.norm(first - 1), intent.norm(last + 1)} & COLUMNS)
    measured = any(n.kind == "metric" for n in catalogue.names.get(intent.form(first, last), ()))
    return said or (first < last and not measured and "_" in written and written.replace("_", "").isalnum())


def _add(names: dict[str, dict[str, set[str]]], form: str, source: str, node: LineageNode) -> None:
    if form:
        names.setdefault(form, defaultdict(set))[source].add(node.id)


def _forms(texts: Collection[str]) -> set[str]:
    """What they are called, and that without words such as "table"."""
    names = {normal_form(text) for text in texts}
    return names | {" ".join(word for word in name.split() if word not in SOURCES) for name in names}


def _tables(node: LineageNode) -> Iterator[tuple[str, str]]:
    """The table with its schema, and how it may be called: "store.fct_cases" and "fct_cases", of
    "store.fct_cases.amount", and so with the column."""
    whole, _, column = node.id.rpartition(".")
    schema, _, table = whole.rpartition(".")
    if schema:
        yield whole, whole
    if "_" in table and node.type != "measure":
        yield whole, table
        yield node.id, f"{table}.{column}"


def _columns(node: LineageNode) -> Iterator[str]:
    """The last part of the id."""
    yield from (part for _, dot, part in (node.id.rpartition("."),) if dot)
