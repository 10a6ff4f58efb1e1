"""What is made from a source, "what is downstream of this table", "which metrics use it", and what a source that is no
metric is made from itself: "where does this column come from"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.assets import Lineage, LineageNode
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import LONGEST_PHRASE, Intent
from ecp.domain.language import FILLERS, FUNCTION_WORDS, SOURCES
from ecp.domain.mentions import MEASURED, Mention
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
_ORIGINS = frozenset({"upstream", "feed", "lineage", "originate", "origin", "column", "field", "populated", "derived"})
_USING = frozenset({"use", "depend", "rely", "consume"})
_BEFORE_A_NAME = frozenset({"on", "upon", "the", "our", "a"})
_WHO_USES = frozenset({"metric", "kpi", "kpis", "measure", "else", "do", "all", "other"})
_NO_METRICS = frozenset({"reports", "dashboards"})
_WHAT_MAY_BE = frozenset(
    {
        "if",
        "change",
        "changed",
        "renamed",
        "dropped",
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


def origins_named(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> tuple[str, ...]:
    """The nodes of lineages of which it is asked where they come from; none where anything else is asked."""
    said = [t.norm for t in intent.tokens]
    if not _asks_for_origin(said):
        return ()
    for first, last, nodes in _named(said, catalogue):
        beside = [m for m in mentions if not (first <= m.first and m.last <= last)]
        rest = [norm for at, norm in enumerate(said) if not first <= at <= last]
        if not beside and all(norm in FUNCTION_WORDS | FILLERS | SOURCES | _ORIGINS | {"come"} for norm in rest):
            return nodes
    return ()


def _asks_for_origin(said: list[str]) -> bool:
    """ "what feeds it" asks for what is before it, "what does it feed" for what is behind it."""
    if "come" in said:
        return "where" in said
    return bool(set(said) & (_ORIGINS - {"feed"})) or said[:2] == ["what", "feed"]


def users_named(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> tuple[str, ...]:
    """The metrics, and their measures, of which it is asked what is made from them: "what depends on A"."""
    said, measured = [t.norm for t in intent.tokens], tuple(mentions)
    if said[:1] not in (["what"], ["which"]) or len(measured) != 1 or measured[0].role not in MEASURED:
        return ()
    before, behind = said[: measured[0].first], said[measured[0].last + 1 :]
    verb = next((norm for norm in reversed(before) if norm not in _BEFORE_A_NAME), "")
    plainly = all(norm in _USING | _BEFORE_A_NAME | _WHO_USES for norm in before[1:]) and not behind
    if verb not in _USING or not plainly or any(t.text.lower() in _NO_METRICS for t in intent.tokens):
        return ()
    meant = catalogue.metrics_meant(sorted(measured[0].asset_ids))
    return tuple(i for m in meant for i in (m.id, m.semantic_layer_ref) if i)


def reports_named(intent: Intent) -> set[int]:
    """The "reports" of "which reports use A": no pack tells them."""
    if not {t.norm for t in intent.tokens} & (_USING | {"used"}):
        return set()
    return {at for at, t in enumerate(intent.tokens) if t.text.lower() in _NO_METRICS}


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
        yield from (table, f"{table}.{node.id.rpartition('.')[2]}") if "_" in table else ()


def _forms(node: LineageNode) -> set[str]:
    """What a source, or the table that it is a column of, is called, and that without words such as "table"."""
    names = {normal_form(text) for text in (node.id, node.name, node.system or "", *_tables(node))}
    short = {" ".join(word for word in name.split() if word not in SOURCES) for name in names}
    return (names | short) - {""}
