"""What is made from a source: "what is downstream of this table", "which metrics use it"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.assets import Lineage, LineageNode
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import LONGEST_PHRASE, Intent
from ecp.domain.language import FILLERS, FUNCTION_WORDS, SOURCES
from ecp.domain.mentions import Mention
from ecp.domain.words import normal_form

_MADE_FROM = frozenset(
    {
        "downstream",
        "use",
        "used",
        "using",
        "depend",
        "rely",
        "built",
        "based",
        "fed",
        "impact",
        "impacted",
        "affected",
        "consume",
        "consumed",
        "come",
        "break",
    }
)
_NO_METRICS = frozenset({"reports", "dashboards"})
_WHAT_MAY_BE = frozenset(
    {
        "if",
        "late",
        "down",
        "fail",
        "failed",
        "stale",
        "missing",
        "wrong",
        "broken",
        "analysis",
        "metric",
        "kpi",
        "kpis",
        "measure",
    }
)


def sources_named(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> tuple[str, ...]:
    """The nodes of lineages of which it is asked what is made from them; none where anything else is asked."""
    said = [t.norm for t in intent.tokens]
    if not set(said) & _MADE_FROM or any(t.text.lower() in _NO_METRICS for t in intent.tokens):
        return ()
    for first, last, nodes in _named(said, catalogue):
        beside = [m for m in mentions if not (first <= m.first and m.last <= last)]
        rest = [norm for at, norm in enumerate(said) if not first <= at <= last]
        if not beside and all(_says_what_is_asked(norm) for norm in rest) and set(rest) & _MADE_FROM:
            return nodes
    return ()


def _says_what_is_asked(norm: str) -> bool:
    return norm in FUNCTION_WORDS | FILLERS | _MADE_FROM | _WHAT_MAY_BE | SOURCES


def _named(said: list[str], catalogue: Catalogue) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Longer names first."""
    forms: dict[str, set[str]] = {}
    for document in catalogue.of_kind(Lineage):
        for node in document.nodes:
            for form in _forms(node) if node.type != "metric" else ():
                forms.setdefault(form, set()).add(node.id)
    for length in range(min(LONGEST_PHRASE, len(said)), 0, -1):
        for first in range(len(said) - length + 1):
            if nodes := forms.get(" ".join(said[first : first + length])):
                yield first, first + length - 1, tuple(sorted(nodes))


def _tables(node: LineageNode) -> Iterator[str]:
    """ "store.fct_cases" and "fct_cases", of "store.fct_cases.amount"."""
    schema, _, table = node.id.rpartition(".")[0].rpartition(".")
    if schema:
        yield f"{schema}.{table}"
        yield from (table,) if "_" in table else ()


def _forms(node: LineageNode) -> set[str]:
    """What a source, or the table that it is a column of, is called, and that without words such as "table"."""
    names = {normal_form(text) for text in (node.id, node.name, node.system or "", *_tables(node))}
    short = {" ".join(word for word in name.split() if word not in SOURCES) for name in names}
    return (names | short) - {""}
