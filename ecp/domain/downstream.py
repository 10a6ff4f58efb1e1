"""What is made from a source, "what is downstream of this table", "which metrics use it", and what a source that is no
metric is made from itself: "where does this column come from"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent
from ecp.domain.language import FILLERS, FUNCTION_WORDS, MONEY_OR_SHARE, SOURCES
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.sources import COLUMNS, Called, Source, called
from ecp.domain.units import unit_of

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
_HAVING = frozenset({"have", "has", "contain", "there", "many"})
_ORIGINS = COLUMNS | {"upstream", "feed", "lineage", "originate", "origin", "populated", "derived"}
_USING = frozenset({"use", "depend", "rely", "consume"})
_BEFORE_A_NAME = frozenset({"the", "our", "a", "metric"})
_WHO_USES = frozenset({"metric", "kpi", "kpis", "measure", "else", "do", "all", "other"})
_FROM = frozenset({"from", "by", "of", "with", "using", "on", "upon"})
_DONE = frozenset(
    {"built", "based", "made", "derived", "calculated", "computed", "fed", "impacted", "affected", "influenced", "come"}
)
_HARMED = frozenset({"break", "affected", "impacted", "broken"})
_NOT_WHICH = frozenset({"where", "how", "when", "why", "who", "whose"})
_WORDS_OF_USE = _USING | _DONE | _HARMED | _FROM | {"downstream", "if"}
_FRESH = frozenset({"fresh", "freshness", "recent", "current", "date"})
_ASKING_WHERE = frozenset({"where", "which", "what", "in"})
_KEEPERS = frozenset({"table", "system", "database", "schema"})
_KEEPING = frozenset({"stored", "store", "kept", "held", "hold", "saved", "persisted"})
_WORDS_OF_KEEPING = _KEEPERS | _KEEPING | {"source", "data"}
_NO_METRICS = frozenset({"reports", "dashboards"})
_WHAT_MAY_BE = frozenset(
    {
        "if",
        "change",
        "changed",
        "renamed",
        "dropped",
        "changing",
        "renaming",
        "dropping",
        "removing",
        "removed",
        "deleting",
        "deleted",
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


def sources_named(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Called | None:
    """The sources of which it is asked what is made from them; none where anything else is asked."""
    if any(t.text.lower() in _NO_METRICS for t in intent.tokens):
        return None
    return _asked_of(intent, mentions, catalogue, _says_what_is_asked, needed=_MADE_FROM)


def origins_named(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Called | None:
    """The sources of which it is asked where they come from; none where anything else is asked."""
    if not _asks_for_origin([t.norm for t in intent.tokens]):
        return None
    return _asked_of(intent, mentions, catalogue, _says_whence)


def freshness_named(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Called | None:
    """The sources of which it is asked how fresh they are; none where anything else is asked."""
    return _asked_of(intent, mentions, catalogue, _says_how_fresh, needed=_FRESH)


def _says_how_fresh(norm: str) -> bool:
    return norm in FUNCTION_WORDS | FILLERS | SOURCES | _FRESH | {"column", "up", "date"}


def _asked_of(
    intent: Intent,
    mentions: Iterable[Mention],
    catalogue: Catalogue,
    asks: Callable[[str], bool],
    needed: Collection[str] = (),
) -> Called | None:
    """The sources that a question names with no other word than those that ask, one of the needed among them."""
    named, said = tuple(mentions), {t.norm for t in intent.tokens}
    if needed and said.isdisjoint(needed):
        return None
    for found in called(intent, catalogue):
        beside = [m for m in named if not (found.first <= m.first and m.last <= found.last)]
        rest = [t.norm for at, t in enumerate(intent.tokens) if not found.first <= at <= found.last]
        if not beside and all(map(asks, rest)) and not (needed and set(needed).isdisjoint(rest)):
            return found
    return None


def _says_whence(norm: str) -> bool:
    return norm in FUNCTION_WORDS | FILLERS | SOURCES | _ORIGINS | {"come"}


def _asks_for_origin(said: list[str]) -> bool:
    """ "what feeds it" asks for what is before it, "what does it feed" for what is behind it, "which columns does it
    have" for neither."""
    if "come" in said:
        return "where" in said
    told = set(said) & (_ORIGINS - {"feed"})
    if told <= COLUMNS and not _HAVING.isdisjoint(said):
        return False
    return bool(told) or said[:2] == ["what", "feed"]


def users_named(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Called | None:
    """The metrics, and their measures, of which it is asked what is made from them: "what depends on A", "which metrics
    are built on A", "what does A feed", "what would break if A changes"."""
    said, measured = [t.norm for t in intent.tokens], tuple(mentions)
    if (
        len(measured) != 1
        or measured[0].role not in MEASURED
        or any(t.text.lower() in _NO_METRICS for t in intent.tokens)
    ):
        return None
    before, behind = said[: measured[0].first], said[measured[0].last + 1 :]
    if set(before[:1]) & _NOT_WHICH or not all(n in FUNCTION_WORDS | _WORDS_OF_USE | _WHO_USES for n in before):
        return None
    meant = catalogue.metrics_meant(sorted(measured[0].asset_ids))
    if not meant or not (_use_it(before, behind) or _it_feeds(before, behind) or _would_break(before, behind)):
        return None
    own = Source(id=meant[0].id, nodes=tuple(i for m in meant for i in (m.id, m.semantic_layer_ref) if i))
    return Called(text=measured[0].text, first=measured[0].first, last=measured[0].last, sources=(own,))


def _use_it(before: list[str], behind: list[str]) -> bool:
    """ "what uses A", "which metrics are calculated from A", "downstream of A"."""
    named = len(before)
    while named and before[named - 1] in _BEFORE_A_NAME | _FROM:
        named -= 1
    verb, link = before[named - 1] if named else "", set(before[named:]) & _FROM
    return not behind and (verb in _USING or (verb in _DONE and bool(link)) or (verb == "downstream" and "of" in link))


def _it_feeds(before: list[str], behind: list[str]) -> bool:
    return before[:2] in (["what", "do"], ["what", "doe"]) and behind in (["feed"], ["feed", "into"])


def _would_break(before: list[str], behind: list[str]) -> bool:
    ends = [norm for norm in before if norm not in _BEFORE_A_NAME]
    return ends[-1:] == ["if"] and bool(set(before) & _HARMED) and all(map(_says_what_is_asked, behind))


def asks_where_kept(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> bool:
    """ "which table is A stored in", "which system holds A", and of money and parts "where is A stored": of things,
    that asks for places."""
    said, measured = [t.norm for t in intent.tokens], tuple(mentions)
    if len(measured) != 1 or measured[0].role not in MEASURED or not said or said[0] not in _ASKING_WHERE:
        return False
    own = range(measured[0].first, measured[0].last + 1)
    rest = {norm for at, norm in enumerate(said) if at not in own}
    if not rest <= _WORDS_OF_KEEPING | FUNCTION_WORDS or not rest & (_KEEPING | _KEEPERS):
        return False
    units = {unit_of(m) for m in catalogue.metrics_meant(sorted(measured[0].asset_ids))}
    return bool(rest & _KEEPERS) if said[0] != "where" else bool(units) and units <= MONEY_OR_SHARE


def reports_named(intent: Intent) -> set[int]:
    """The "reports" of "which reports use A": no pack tells them."""
    if not {t.norm for t in intent.tokens} & (_USING | {"used"}):
        return set()
    return {at for at, t in enumerate(intent.tokens) if t.text.lower() in _NO_METRICS}


def _says_what_is_asked(norm: str) -> bool:
    return norm in FUNCTION_WORDS | FILLERS | _MADE_FROM | _WHAT_MAY_BE | SOURCES
