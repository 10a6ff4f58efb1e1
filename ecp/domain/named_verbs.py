"""Names that are verbs that say nothing elsewhere: posted cases, the display of Display, reach by place."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import MOST_NOUNS, forms_of, ids_of, joined, measures, names_members, only_metric
from ecp.domain.intent import Intent, Phrase
from ecp.domain.language import (
    AMOUNTS,
    BE,
    BEFORE_AN_OBJECT,
    BEFORE_HEADING,
    LIGHT_VERBS,
    MODALS,
    PRONOUNS,
    REQUESTS,
    VERB_BEHIND,
    WAYS,
)
from ecp.domain.participles import is_participle

_DOERS = (PRONOUNS - {"which", "that"}) | {"whom"}
_BEFORE_A_KIND = frozenset({"in", "on", "for", "from", "at", "of", "vs", "versus", "than", "with", "by", "per"})
_BEFORE_A_REQUEST = BEFORE_HEADING | PRONOUNS | {"us", ""}
_DOING = VERB_BEHIND | MODALS
_BEFORE_A_DEED = PRONOUNS | {"to", "have", "has", "had", "not", "let", "please"}
_BEFORE_A_TASK = frozenset({"have", "has", "need", "want", "like", "able", "how", "what", "try", "going"})
_SPENDING = frozenset({"spend", "spent", "spending"})
_COSTS = ("cost", "spend", "spending", "expenditure")
_WANTED = frozenset({"the", "me", "us"})


def named_by_verbs(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "posted cases", "cases were posted", "on display", "what did display cost", where this is a member's name: verbs
    that otherwise say nothing. "The cases that we posted", "who posted the most" tell a deed, and "display the cases"
    is a request."""
    said = [w.norm for w in intent.tokens]
    for at in sorted(intent.plain):
        if said[at : at + 2] == ["to", "do"] and names_members("to do", catalogue) and not _is_a_task(said, at):
            yield Phrase(first=at, last=at + 1, form="to do")
        known = said[at] in LIGHT_VERBS | REQUESTS | {"done"} and names_members(said[at], catalogue)
        if known and (_is_a_state_or_kind(said, at) or _is_no_request(intent, at, catalogue)):
            yield Phrase(first=at, last=at, form=said[at])


def measured_by_verbs(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "reach by place", "the total reach", where this is what is measured: of nobody is it said that they reach."""
    did = next((at for at, word in enumerate(intent.tokens) if word.norm in _DOING), len(intent.tokens))
    for at in sorted(intent.plain):
        word, before = intent.tokens[at], intent.tokens[max(at - 1, 0)]
        base = word.norm in LIGHT_VERBS - AMOUNTS and not word.is_inflected and not is_participle(word.norm)
        several = at > 0 and before.norm in catalogue.words and before.is_inflected
        doing = at > did or several or (at > 0 and before.norm in _BEFORE_A_DEED)
        if base and not doing and measures(word.norm, catalogue):
            yield Phrase(first=at, last=at, form=word.norm)


def spent_on(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "did we spend on A", "spending on A", of A cost, or the cost of A: the one cost that is called that of A, by
    whatever else A is called."""
    for at in range(len(intent.tokens)):
        if intent.norm(at) not in _SPENDING or intent.norm(at + 1) != "on":
            continue
        plain = [form for form in _COSTS if measures(form, catalogue)]
        if len({ids_of(form, catalogue) for form in plain}) == 1:  # "did we spend on B", of a part B of all cost
            yield Phrase(first=at, last=at, form=plain[0])
        for end, whose in enumerate(_beginning(intent, at + 2), start=at + 2):
            counted = only_metric(whose, catalogue)
            called = (whose, *sorted(forms_of(counted) - {whose})) if counted else (whose,)
            costs = (f for name in called for cost in _COSTS for f in (f"{name} {cost}", f"{cost} of {name}"))
            forms = [form for form in costs if measures(form, catalogue)]
            if forms and len({ids_of(form, catalogue) for form in forms}) == 1:
                yield Phrase(first=at, last=end, form=forms[0])


def on_their_way(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "departing cases", "arriving cases", where a member is called Departure, Arrival."""
    for at, word in enumerate(intent.tokens):
        verb = word.norm if word.norm.endswith("ing") and word.norm not in catalogue.names else ""
        listed = any(intent.norm(at + 1) == "and" and intent.norm(at + 2) in verbs for verbs, _, _ in WAYS)
        nouns = [noun for verbs, _, names in WAYS if verb in verbs for noun in sorted(names)]
        members = [noun for noun in nouns if names_members(noun, catalogue)]
        if len(members) == 1 and (is_before_a_measure(intent, at, catalogue) or listed):
            yield Phrase(first=at, last=at, form=members[0])


def as_adverbs(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "filed electronically", of Electronic: how it was done."""
    for at in range(1, len(intent.tokens)):
        norm = intent.norm(at)
        if norm.endswith("ly") and norm not in catalogue.words and is_participle(intent.norm(at - 1)):
            found = (f for f in (norm.removesuffix("ally"), norm.removesuffix("ly")) if names_members(f, catalogue))
            yield from (Phrase(first=at, last=at, form=form) for form in found)


def _is_a_task(said: list[str], at: int) -> bool:
    """ "what do we have to do", "to do this": a verb, and no state."""
    return (at > 0 and said[at - 1] in _BEFORE_A_TASK) or said[at + 2 : at + 3] in (["the"], ["this"], ["that"], ["it"])


def _is_a_state_or_kind(said: list[str], at: int) -> bool:
    norm, before, behind = (said[i] if 0 <= i < len(said) else "" for i in (at, at - 1, at + 1))
    if is_participle(norm):
        return before not in _DOERS and behind not in BEFORE_AN_OBJECT - {"of", "at", "over", "than"}
    return before in _BEFORE_A_KIND


def _is_no_request(intent: Intent, at: int, catalogue: Catalogue) -> bool:
    """ "what did display cost", "our display costs", "search and display costs": in the middle of a sentence what a
    number is of, or one of a list."""
    if intent.norm(at) not in REQUESTS or intent.norm(at + 1) in _WANTED:
        return False
    if intent.norm(at - 1) in VERB_BEHIND | BE or _is_listed(intent, at, catalogue):
        return True
    return intent.norm(at - 1) not in _BEFORE_A_REQUEST and is_before_a_measure(intent, at, catalogue)


def is_before_a_measure(intent: Intent, at: int, catalogue: Catalogue) -> bool:
    """Whether what is measured stands right behind a word, without a sign between them."""
    together = at + 1 < len(intent.tokens) and intent.gap(at, at + 1).isspace()
    return together and any(measures(form, catalogue) for form in _beginning(intent, at + 1))


def _is_listed(intent: Intent, at: int, catalogue: Catalogue) -> bool:
    """ "search and display", "display, search": beside another member of the same dimension."""
    own = ids_of(intent.norm(at), catalogue)
    for last, first in joined(intent):
        forms = _beginning(intent, first) if last == at else _ending(intent, last) if first == at else ()
        if any(names_members(form, catalogue) and ids_of(form, catalogue) & own for form in forms):
            return True
    return False


def _beginning(intent: Intent, first: int) -> Iterator[str]:
    """The phrases of a few words that begin here."""
    said = [w.norm for w in intent.tokens]
    return (" ".join(said[first:end]) for end in range(first + 1, min(first + MOST_NOUNS, len(said)) + 1))


def _ending(intent: Intent, last: int) -> Iterator[str]:
    said = [w.norm for w in intent.tokens]
    return (" ".join(said[first : last + 1]) for first in range(last, max(last - MOST_NOUNS, -1), -1))
