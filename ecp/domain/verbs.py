"""Words around what is measured that say nothing its definition does not say: "did we receive", "caused by"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ecp.domain.assets import Metric
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    AUXILIARIES,
    BE,
    BRINGING,
    DIRECTED,
    HANDLING,
    LEADING_ON,
    LINKING,
    MONEY,
    NEGATIONS,
    PRONOUNS,
    SPENDING,
    SUPERLATIVES,
    UNITS,
    VERB_BEHIND,
)
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.participles import deeds, is_participle, stem
from ecp.domain.words import normal_form

_SUBJECTS = frozenset({"we", "you", "they", "i", "do", "doe", "did"})
_BE = BE | {"be", "been"}
_SPREADING = frozenset({"distributed", "spread"})
_ACROSS = frozenset({"across", "over", "by", "among", "between", "in"})
_BEFORE_A_VERB = AUXILIARIES | PRONOUNS | {"there"}


def idle_words(
    intent: Intent, mentions: Iterable[Mention], left: Iterable[int], metrics: Iterable[Metric]
) -> Iterator[int]:
    """The positions among `left` of verbs and links without a meaning of their own. A verb that stands as an adjective
    before what is measured ("received goods") always has one."""
    named, known = tuple(mentions), tuple(metrics)
    said = _said_by(known)
    money = bool(known) and all(UNITS.get(normal_form(m.unit or ""), "") in MONEY for m in known)
    does = any(t.norm in VERB_BEHIND for t in intent.tokens)
    links = LINKING | (SPENDING if does else SPENDING - {"cost"}) if money else LINKING
    measured = {at for m in named if m.role in MEASURED for at in range(m.first, m.last + 1)}
    for at in set(left) - measured:
        norm = intent.tokens[at].norm
        behind = intent.tokens[at + 1].norm if at + 1 < len(intent.tokens) else ""
        if norm in _SPREADING and behind not in _ACROSS and intent.tokens[0].norm == "how":
            continue  # "how is A distributed"
        if (
            behind in LEADING_ON.get(norm, ())
            or _brings_the_most(intent, at, named)
            or _is_doing(intent, at, named)
            or (_is_verb(intent, at, named) and (norm in links or (_is_said(norm, said) and not _is_state(intent, at))))
        ):
            yield at


def _is_verb(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    before = intent.tokens[at - 1].norm if at else ""
    if before in _SUBJECTS:
        return True
    adjective = any(m.first == at + 1 and m.role in MEASURED for m in mentions)
    return not adjective and (before in _BEFORE_A_VERB or any(m.last == at - 1 for m in mentions))


def _is_doing(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "handled by A", "did A handle": only who it was."""
    words = intent.tokens
    by = at + 1 < len(words) and words[at + 1].norm == "by" and any(m.first == at + 2 for m in mentions)
    does = any(m.last == at - 1 and m.role in ("member", "group") for m in mentions)
    return words[at].norm in HANDLING and (by or does)


def _brings_the_most(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "which places drive the most A": as "have". What drives A itself is a cause."""
    behind = [t.norm for t in intent.tokens[at + 1 : at + 3] if t.norm != "the"]
    of_a_group = any(m.last == at - 1 and m.role in ("group", "member") for m in mentions)
    return intent.tokens[at].norm in BRINGING and of_a_group and bool(behind) and behind[0] in SUPERLATIVES


def _is_state(intent: Intent, at: int) -> bool:
    """ "are open", which is not "are opened"."""
    norm = intent.tokens[at].norm
    return at > 0 and intent.tokens[at - 1].norm in _BE and not (is_participle(norm) or norm.endswith("ing"))


class _Said(NamedTuple):
    """The words of a metric: all of them, and those it goes by."""

    words: frozenset[str]
    names: frozenset[str]


def _said_by(metrics: Iterable[Metric]) -> list[_Said]:
    """For each metric what it is defined by; nothing of a definition that says what is not counted."""
    found: list[_Said] = []
    for metric in metrics:
        names = frozenset(names_of(metric))
        words = names | frozenset(normal_form(metric.definition).split())
        found.append(_Said(frozenset() if words & NEGATIONS else words, names))
    return found


def _is_said(norm: str, said: list[_Said]) -> bool:
    """Whether every metric that may be meant is defined by this verb, or, where a thing can only come or go, by no
    other one."""
    if norm in DIRECTED and said and not any(s.words & DIRECTED for s in said):
        return True
    return bool(said) and all(norm in s.words or stem(norm) in _stems(s.words) or _is_done(norm, s) for s in said)


def _is_done(norm: str, said: _Said) -> bool:
    """ "candidates applied", of applications: the deed is what the metric is called, and no word of its definition."""
    return is_participle(norm) and not said.names.isdisjoint(deeds(norm))


def _stems(words: Iterable[str]) -> set[str]:
    return {stem(w) for w in words if is_participle(w)}
