"""What is asked of a ranking, of a number or of two, beyond what they answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    ASKERS,
    COUNTS,
    GIVEN,
    LIKING,
    LIST_WORDS,
    MODALS,
    OVERALL,
    POSSESSIVES,
    PRESENT,
    REQUESTS,
    SOMEONE,
    TIME_UNITS,
    TOGETHER,
    Cue,
)
from ecp.domain.mentions import Mention

_CERTAIN = frozenset({"specific", "particular", "given", "certain", "single", "selected"})
_WHERE = frozenset({"in", "for", "at", "of", "from", "within", "on", "during", "by", "to"})
_BOTH = frozenset({"and", "or", "with", "including"})
_HAVING = frozenset({"have", "had", "make"})


def beyond_a_ranking(intent: Intent, ranked: Iterable[Cue]) -> Iterator[int]:
    """ "all but the top five": the position of the word that asks for the others."""
    for cue in ranked:
        before = [at for at in range(cue.first) if intent.norm(at) not in ARTICLES - {"of"}]
        yield from (at for at in before[-1:] if intent.norm(at) == "but")


def like_for_like(intent: Intent) -> Iterator[int]:
    """Which of them are alike, nobody has said."""
    norms = [t.norm for t in intent.tokens]
    for at in range(len(norms) - 2):
        if norms[at : at + 3] == ["like", "for", "like"]:
            yield from range(at, at + 3)


def what_may_be(intent: Intent, taken: Collection[int]) -> Iterator[int]:
    """ "what should it be", "could it grow": no number tells. Who asks politely says the same words."""
    norms = [t.norm for t in intent.tokens]
    for at, norm in enumerate(norms):
        named = at > 0 and intent.tokens[at].text[0].isupper()  # "May"
        if norm in MODALS and at not in taken and not named and not _is_polite(norms, at):
            yield at


def _is_polite(norms: list[str], at: int) -> bool:
    behind = [*norms[at + 1 : at + 3], "", ""]
    if behind[0] in SOMEONE or behind[0] in LIKING - {"be"}:
        return True
    if behind[0] in ASKERS:
        return behind[1] in REQUESTS | LIKING | _HAVING | {""}
    if norms[at - 1 : at] and norms[at - 1] in ASKERS and (behind[0] in REQUESTS | LIKING | _HAVING):
        return True
    rest = norms[at + 1 :]
    return "be" in rest and bool(GIVEN & set(rest))


def both_ways(intent: Intent, left_out: Iterable[Cue]) -> Iterator[int]:
    """ "with and without A": two answers are wanted."""
    for cue in left_out:
        before = [t.norm for t in intent.tokens[max(0, cue.first - 2) : cue.first]]
        if len(before) == 2 and before[0] in ("with", "including") and before[1] in _BOTH:
            yield from range(cue.first - 2, cue.last + 1)
        elif before[-1:] == ["with"]:
            yield from range(cue.first - 1, cue.last + 1)


def added_together(intent: Intent, measured: Iterable[Mention], *, add_up: bool) -> Iterator[int]:
    """ "A and B combined": the sum of two things that are measured is neither of them. What does not `add_up` is only
    shown together."""
    words = TOGETHER if add_up else TOGETHER - {"together"}
    if len({m.targets for m in measured}) > 1:
        norms = [*(t.norm for t in intent.tokens), ""]
        yield from (at for at, norm in enumerate(norms) if norm in words and norms[at + 1] != "with")


def all_beside(intent: Intent, mentions: Iterable[Mention]) -> Iterator[int]:
    """ "A and overall", "A, of which B": a part and its whole, of which there is one."""
    members = [m for m in mentions if m.role == "member"]
    norms = [t.norm for t in intent.tokens]
    for at in range(1, len(norms)):
        leading = norms[at - 1] if norms[at - 1] != "in" else norms[at - 2] if at > 1 else ""
        whole = norms[at] in OVERALL | {"total"} and leading in LIST_WORDS - {"well", "along"}
        if members and (whole or (norms[at] in OVERALL and norms[at + 1 : at + 2] == ["and"])):
            yield at
        if members and norms[at - 1 : at + 1] == ["and", "all"]:
            yield at
        comma = at > 1 and "," in intent.gap(at - 2, at - 1)
        if members and norms[at - 1 : at + 1] == ["of", "which"] and comma:
            yield from (at - 1, at)


def second_questions(intent: Intent, mentions: Iterable[Mention]) -> Iterator[int]:
    """ "What was it in A? And in B?": two questions are two answers, where the second has a limit or a cut in the place
    of the first one's."""
    named = sorted(mentions, key=lambda m: m.first)
    for one, other in pairwise(named):
        if "?" not in intent.gap(one.last, other.first):
            continue
        before = [m for m in named if m.first < other.first and m.role == other.role]
        cut = other.role == "group" and bool(before) and not any(m.asset_ids == other.asset_ids for m in before)
        limited = other.role in ("member", "excluded") and any(m.asset_ids & other.asset_ids for m in before)
        if cut or limited:
            yield from range(other.first, other.last + 1)


def this_one(intent: Intent, mentions: Iterable[Mention]) -> Iterator[int]:
    """ "this shift", "in a given shift", "in our current shift": which one that is, nobody has said."""
    known = [m for m in mentions if m.role in ("member", "group", "excluded", "compared")]
    yield from (m.first - 1 for m in known if m.role == "group" and _is_the_one_of_now(intent, m))
    for at in (m.first for m in known):
        certain = intent.norm(at - 1) in _CERTAIN and intent.norm(at - 2) == "a" and intent.norm(at - 3) in _WHERE
        if intent.norm(at - 1) == "this" or certain:
            yield at - 1
    for at in range(1, len(intent.tokens)):  # "this patient's cases": whose, nobody has said
        whose = intent.tokens[at].text.endswith(("'s", "’s")) and intent.norm(at) not in TIME_UNITS
        if intent.norm(at - 1) == "this" and whose:
            yield at - 1
    for at in range(1, len(intent.tokens)):  # "A, in particular B": only B, or A and among it B
        if (intent.norm(at - 1), intent.norm(at)) == ("in", "particular"):
            yield at


def _is_the_one_of_now(intent: Intent, group: Mention) -> bool:
    """ "in our current shift", "in current shift", and neither "by current state" nor "in our current shops"."""
    now = group.first - 1
    before = now - 1 - (intent.norm(now - 1) in POSSESSIVES | ARTICLES)
    one = not intent.tokens[group.last].is_inflected
    return intent.norm(now) in PRESENT and intent.norm(before) in _WHERE - {"by", "to"} and one


def units_counted(intent: Intent, mentions: Iterable[Mention]) -> Iterator[int]:
    """ "on how many days": a number of times, which no metric is."""
    measured = {at for m in mentions if m.kinds & {"metric", "term"} for at in range(m.first, m.last + 1)}
    for at in range(2, len(intent.tokens)):
        word = intent.tokens[at]
        several = word.norm in TIME_UNITS and word.is_inflected
        if several and at not in measured and intent.pair_before(at) in COUNTS:
            yield from range(at - 2, at + 1)
