"""What is known to be wrong with the data, asked for by itself: "which caveats touch A", "known issues in 2019", "data
quality issues", "which metrics have caveats", "can I trust A"."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from ecp.domain.against import is_target
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_time
from ecp.domain.explaining import asked_of_data
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import FILLERS, FUNCTION_WORDS, Cue
from ecp.domain.mentions import MEASURED, Mention

_CAVEATS = frozenset({"caveat", "gotcha"})
_ISSUES = frozenset({"issue", "problem", "limitation", "warning"})
_OF_DATA = frozenset({"known", "data"})
_TOUCHING = frozenset(
    {"touch", "touching", "affect", "affecting", "affected", "apply", "impact", "impacting", "impacted", "concern"}
    | {"concerning", "regarding", "relate", "related", "relevant", "exist", "note", "noted", "around", "valid"}
)
_ABOUT_DATA = frozenset({"number", "figure", "data", "quality", "known", "result"})
_METRICS = frozenset({"metric", "kpi", "kpis", "measure"})
_HAVING = frozenset({"have", "has", "with"})
_ABOUT = frozenset({"with", "about", "for", "on", "of"})
_ORDERS = frozenset({"top", "bottom", "sort", "sort_up"})
_COUNTING = frozenset({("number", "of"), ("count", "of"), ("amount", "of"), ("total", "of")})
_KNOWING = frozenset({"know"})
_TRUSTING = frozenset({"trust", "trusted", "trustworthy", "rely", "relied"})
_RELIABLE = frozenset({"reliable", "reliability", "accurate", "accuracy", "dependable", "wrong", "good", "anything"})
_DATA = frozenset({"data", "number", "figure", "value"})
_ASKING_IT = frozenset({"is", "are", "was", "were", "how", "can", "could", "should", "do", "doe", "may", "what"})
_ASKING = frozenset({"how", "can", "could", "should", "i", "we", "on", "upon", "be", "much"})
_NOT = frozenset(
    {
        "by",
        "per",
        "each",
        "every",
        "no",
        "not",
        "without",
        "never",
        "who",
        "whom",
        "when",
        "why",
        "how",
        "where",
        "much",
        "many",
    }
)
_ROLES = frozenset({"metric", "member", "group", "department", "order", "target"})


def asks_for_issues(intent: Intent, spans: Iterable[Span], mentions: Iterable[Mention], catalogue: Catalogue) -> bool:
    """Whether a question says nothing else than that, and of which metrics, members, dimensions and times: a bare
    "issues" or "warnings" needs to be of something, lest it be any others."""
    named, found = tuple(mentions), tuple(spans)
    taken = {at for m in named for at in range(m.first, m.last + 1)}
    taken |= {at for s in found if is_time(s, "time") for at in range(s.first, s.last + 1)}
    rest = [t.norm for at, t in enumerate(intent.tokens) if at not in taken]
    nouns = {norm for norm in rest if norm in _CAVEATS | _ISSUES}
    counted = any(pair in _COUNTING for pair in pairwise(rest))
    asked = any(intent.form(s.first, s.last) in asked_of_data() for s in found if s.what == "cue")
    strong = bool(nouns & _CAVEATS) or (bool(nouns) and (asked or bool(set(rest) & _OF_DATA)))
    strong = strong or _asks_what_to_know(found, named)
    if trusts := _asks_whether_to_trust(intent, rest, found, named, catalogue):
        strong = True
    if counted or not (strong or (nouns and _ties(rest, named))) or any(m.role not in _ROLES for m in named):
        return False
    if any(s.what == "number" or (isinstance(s.value, TimeSpan) and not is_time(s, "time")) for s in found):
        return False
    known = (FUNCTION_WORDS - _NOT) | FILLERS | _CAVEATS | _ISSUES | _OF_DATA | _TOUCHING | _ABOUT_DATA | _METRICS
    known |= _TRUSTING | _RELIABLE | _ASKING if trusts else frozenset()
    return all(norm in known or (norm in _KNOWING and strong) for norm in rest)


def _asks_whether_to_trust(
    intent: Intent, rest: list[str], spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> bool:
    """ "can I trust the A number", "is A reliable", "data quality of A": of data, and not how well people or things do
    what they are counted for, nor how near a target came."""
    said, measured = set(rest), [m for m in mentions if m.role in MEASURED]
    ordered = any(isinstance(s.value, Cue) and s.value.kind in _ORDERS for s in spans)
    grouped = any(m.role == "group" for m in mentions) and "quality" not in said
    asks = intent.norm(0) in _ASKING_IT or bool(said & {"quality", "reliability", "accuracy"})
    if not (mentions and asks) or ordered or grouped or any(is_target(m, catalogue) for m in measured):
        return False
    if said & _TRUSTING or {"data", "quality"} <= said:
        return bool(measured) or bool(said & _DATA)
    asked = bool(said & (_RELIABLE - {"good", "wrong", "anything"}))
    asked = asked or ("wrong" in said and bool(said & _DATA)) or ({"how", "good"} <= said and "data" in said)
    single = bool(measured) and all(not intent.tokens[m.last].is_inflected for m in measured)
    return asked and (bool(said & _DATA) or single)


def asks_for_metrics_with_issues(intent: Intent, mentions: Iterable[Mention]) -> bool:
    """ "which metrics have caveats", where it asks for issues and no metric is named."""
    said = [t.norm for t in intent.tokens]
    at = next((i for i, norm in enumerate(said) if norm in _METRICS), None)
    measured = any(m.role in MEASURED for m in mentions)
    return at is not None and not measured and bool(set(said[at + 1 :]) & (_HAVING | {"affected", "impacted"}))


def _asks_what_to_know(spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> bool:
    """ "anything I should know about the 2019 numbers": of a time, and of no metric, which is told by itself."""
    cues = [s.value for s in spans if isinstance(s.value, Cue) and s.value.kind == "definition"]
    dated = any(is_time(s, "time") for s in spans)
    return dated and bool(cues) and not any(m.role in MEASURED for m in mentions)


def _ties(rest: list[str], mentions: tuple[Mention, ...]) -> bool:
    measured = any(m.role in MEASURED for m in mentions) and bool(set(rest) & _ABOUT)
    return bool(mentions) and (measured or bool(set(rest) & _TOUCHING))
