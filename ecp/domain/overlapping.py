"""Names of a pack that overlap in a question, of which one would swallow what the other says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from ecp.domain.assets import Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, EVERY
from ecp.domain.matching import CUT, Match, Target, targets_of
from ecp.domain.words import normal_form

_WHAT_IS_ONE = re.compile(r"\s*(?:what(?:['’]?s|\s+is)\s+an?|define\s+an?)\b", re.I)
_ASKING = frozenset({"which", "what"}) | EVERY


def with_overlaps_told(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue) -> tuple[Match, ...]:
    """The matches with names that run into one another as one ("goods group kind", where both "goods group" and "group
    kind" name it), without a term that a member's name runs into, and without a member in whose synonym that stands
    which is asked for."""
    kept = tuple(
        m for m in matches if not (_is_run_into(m, matches) or _holds_what_is_asked_for(intent, m, matches, catalogue))
    )
    return (*kept, *_run_together(intent, kept))


def _runs_into(one: Match, other: Match) -> bool:
    return one.first < other.first <= one.last < other.last


def _run_together(intent: Intent, matches: tuple[Match, ...]) -> Iterator[Match]:
    """ "insurance product category", by two names of one thing; "90+ days overdue", a member called "90+ days" of what
    is called "days overdue"."""
    starting = defaultdict[int, list[Match]](list)
    for match in matches:
        starting[match.first].append(match)
    near = ((one, other) for one in matches for at in range(one.first + 1, one.last + 1) for other in starting[at])
    for one, other in near:
        if not _runs_into(one, other) or "typo" in (one.method, other.method):
            continue
        alike = _ids(one) == _ids(other) and len(_ids(one)) == 1 and _kinds(one) == _kinds(other) <= CUT
        own = _kinds(one) == {"member"} and _ids(one) == _ids(other) and _kinds(other) <= CUT
        if alike or own:
            form = intent.form(one.first, other.last)
            yield one.model_copy(update={"last": other.last, "form": form})


def _is_run_into(match: Match, matches: tuple[Match, ...]) -> bool:
    """ "triple-net leases", where a term is called Net lease: the member says which, where something is measured."""
    if _kinds(match) != {"term"} or not any("metric" in _kinds(m) for m in matches):
        return False
    return any(_kinds(m) == {"member"} and _runs_into(m, match) for m in matches)


def _holds_what_is_asked_for(intent: Intent, match: Match, matches: tuple[Match, ...], catalogue: Catalogue) -> bool:
    """ "which critical parts", where a member Critical is called critical parts, too, and parts are a cut."""
    if _kinds(match) != {"member"} or intent.norm(match.first - 1) not in _ASKING or match.first == 0:
        return False
    for noun in matches:
        inside = match.first < noun.first and noun.last == match.last
        if not inside or not _kinds(noun) <= CUT or _ids(noun) & _ids(match):
            continue
        rest: tuple[Target, ...] = targets_of(intent.form(match.first, noun.first - 1), catalogue)
        if {(t.asset_id, t.member) for t in rest} == {(t.asset_id, t.member) for t in match.targets}:
            return True
    return False


def without_kind_of_a_term(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[Span, ...]:
    """ "what is a monoline client", where a term Monoline is told of clients: what the term means."""
    if not _WHAT_IS_ONE.match(intent.text) or len(spans) < 2 or spans[-1].last != len(intent.tokens) - 1:
        return spans
    term, noun = spans[-2:]
    if not isinstance(term.value, Match) or not isinstance(noun.value, Match) or noun.first != term.last + 1:
        return spans
    terms = [t for i in _ids(term.value) if (t := catalogue.get(i, Term))]
    told = bool(terms) and all(_is_defined_as(t, noun.value.form) for t in terms)
    return spans[:-1] if _kinds(term.value) == {"term"} and told else spans


def _is_defined_as(term: Term, noun: str) -> bool:
    """Whether its definition begins with the noun: "A client that"."""
    said = [word for word in normal_form(term.definition).split() if word not in ARTICLES]
    return said[: len(noun.split())] == noun.split()


def _kinds(match: Match) -> set[str]:
    return {t.kind for t in match.targets}


def _ids(match: Match) -> set[str]:
    return {t.asset_id for t in match.targets}
