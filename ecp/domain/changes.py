"""Words for how something changes: what they compare with, or the course of time they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import (
    ARTICLES,
    ATTAINMENT,
    AUXILIARIES,
    BE,
    BEFORE_HEADING,
    CHANGES,
    COMPARATIVES,
    CONTRIBUTING,
    COUNTING,
    CUTTING,
    DIFFERENCES,
    GROWTH,
    IN_PERCENT,
    JUDGING,
    LARGEST,
    LESS,
    MEETING,
    MONEY,
    MORE,
    NARROWING,
    OF_DURATION,
    OUTCOMES,
    PARTICLES,
    PERCENTAGES,
    PERFORMING,
    PRONOUNS,
    QUESTION_WORDS,
    REQUESTS,
    RISING,
    SHRINKING,
    TOWARDS,
    UP_BEHIND,
    VARYING,
    Cue,
    Side,
)
from ecp.domain.language import UNITS as UNITS_OF_MEASURE
from ecp.domain.mentions import MEASURED, METRIC, Mention
from ecp.domain.numbers import NumberFilter
from ecp.domain.standing import before_target, either_outcome, is_subject, outcome
from ecp.domain.time import ComparisonMention, GrainMention
from ecp.domain.time.vocabulary import UNITS
from ecp.domain.values import Value

Measure = Literal["variance", "variance_pct"]


class Change(Value):
    """What of a change decides an order; `falls`: the largest one is the one furthest down. `for_the` better or worse:
    which way that is, the metric says."""

    by: Measure
    falls: bool
    for_the: Literal["better", "worse"] | None = None


class ChangeBound(Value):
    """Which groups are asked for, by how each changed: `side`, and by more than `number` where one was said. `meets`:
    also those that came out just so. `of`: the text of what is not measured here, but should have changed."""

    text: str
    side: Side
    number: NumberFilter | None = None
    meets: bool = False
    of: str | None = None


_JUDGED: dict[Literal["better", "worse"], tuple[str, ...]] = {
    "better": ("improv",),
    "worse": ("worsen", "deteriorat"),
}
_OTHER_SIDE: dict[Side, Side] = {"up": "down", "down": "up", "better": "worse", "worse": "better"}
LONGEST_CUT = 6
_AND_HOW = re.compile(
    r"(?:\band|[,;?])\s+how\s+(?:(?:has|have|did|is|are|do|does)\s+)?(?:it|they|this|that|these)\b(?!\s+compares?\b)",
    re.I,
)
_MOVING = frozenset({"move", "moved", "moving", "shift", "shifted", "shifting"})
_TURNING = frozenset({"get", "getting", "going", "gone", "become", "becoming", "gotten"})
_PREPOSITIONS = frozenset({"over", "above", "below", "under", "short", "behind", "ahead"})
_FROM_IT = ARTICLES | {"to", "from", "vs", "versus", "against", "its", "their", "our", "and", "between"}
_EXTENTS = frozenset({"most", "least"})
_OUTCOMES_AS_NOUNS = frozenset({"miss", "beat"})
_AT_AN_END = LARGEST | {"top", "bottom"}
_OF_THOSE = frozenset({"of", "for", "in", "at", "across", "among"})
_ASKS_OF_THOSE = frozenset({"how", "did", "do", "doe", "has", "have", "had"})
_SOME = frozenset({"which", "any", "many", "all", "none"})
_SET_AGAINST = frozenset({"against", "vs", "versus"})
_GAP = "gap"
_SHORTFALL = "shortfall"
_JOINING = frozenset({"and", "but", "yet", "then", "while", "although", "though", "despite"})
_WHO = frozenset({"that", "which", "who", "whose", "where"})
_NOT = frozenset({"not", "didnt", "dont", "doesnt", "hasnt", "havent", "hadnt"})
_ASKS_HOW_MUCH = frozenset({"how", "by"})
# Nouns for how something changed from one unit of time to the next.
_GROWN = frozenset({"growth", "change", "increase", "decrease", "decline", "rise", "fall", "drop", "gain"})
_GROWTH = frozenset({"growth", "change", "changed", "changing"})
_RELATIVELY = PERCENTAGES | {"relative"}
_RELATIVE = frozenset({"where", "whose", "that", "which", "who", "with", "had", "saw", "have", "has"})
_BESIDE_A_VERB = frozenset(
    {
        "the",
        "a",
        "an",
        "in",
        "their",
        "its",
        "have",
        "has",
        "had",
        "were",
        "was",
        "are",
        "is",
        "did",
        "do",
        "doe",
        "go",
        "went",
        "gone",
        "going",
        "come",
        "came",
        *_NOT,
    }
)
_BESIDE = frozenset({"with", "and", "including", "plus", "vs", "versus", "compared", "show"})
_HEADING = frozenset({"the", "top", "first"})
_WHICH_HAS = frozenset({"with", "that", "which", "having", "had"})
_IN_PERCENT = frozenset({"percent", "percentage", "pct", "rate", "relative"})
# A stretch that is told by its ends: what it is compared with could be the one before, or its own beginning.
_STRETCH = re.compile(r"\b(?:since|between|from|until)\b", re.I)
_COURSE = re.compile(r"\b(?:since|between|over|past)\b|\b(?:last|previous) (?:\d+|[a-z]+) [a-z]+s\b", re.I)


def asks_by_change(
    intent: Intent,
    ranking: Cue | None,
    words: Iterable[int],
    mentions: Iterable[Mention],
    *,
    short_of: bool = False,
) -> Change | None:
    """ "the highest growth", "dropped the most": what decides the order is the change; "top 5 by A and how it changed"
    has its own, and so have "the five largest places". None where nothing changes. `short_of`: there is a target, and a
    gap to it is what is missing."""
    known = tuple(mentions)
    among = _those_at_an_end(intent, ranking, known)
    said = [
        intent.tokens[at].norm
        for at in words
        if ranking
        and _ranks(intent, ranking, at)
        and not (among and _is_told_of(intent, ranking, among, at))
        and not _is_a_condition(intent, ranking, at, known)
    ]
    if not said:
        return None
    falls = any(norm in SHRINKING for norm in said) != _is_by_pace(intent, ranking)
    if _SHORTFALL in said:
        return Change(by="variance", falls=True)
    if short_of and _GAP in said:
        return Change(by="variance", falls=falls, for_the="worse")
    judged = next((side for norm in said for side, words in _JUDGED.items() if norm.startswith(words)), None)
    paced = ranking is not None and bool(_words_of(intent, ranking) & OF_DURATION)
    relative = paced or bool(IN_PERCENT & set(said))
    usual: Measure = "variance_pct" if relative and not words_of_contributing(intent, ranking) else "variance"
    return Change(by=_measure_said(intent) or usual, falls=falls, for_the=judged)


def _is_by_pace(intent: Intent, ranking: Cue | None) -> bool:
    """ "growth by place, fastest first": the largest change, where of what takes time it would be the smallest."""
    ordered = ranking is not None and ranking.kind in ("sort", "sort_up")
    return ordered and ranking is not None and bool(_words_of(intent, ranking) & OF_DURATION)


def against_its_target(intent: Intent, ranking: Cue | None, mentions: Iterable[Mention]) -> Change | None:
    """ "the best place against plan", "top 3 places against plan", "plan variance by place, worst first": how each came
    out beside its target decides the order. "The top 3 by A against plan", "the highest A against plan" are by A, and
    "the best place and its plan", "how did the best place do against plan" by themselves."""
    known = tuple(mentions)
    target = next((m for m in known if m.role == "target"), None)
    if target is None or ranking is None or asks_how(intent):
        return None
    if _is_by_what_varies(intent, target, ranking, known):
        return Change(by=_measure_said(intent) or "variance", falls=False)
    if any(m.role == "order" for m in known):
        return None
    among = _those_at_an_end(intent, ranking, known)
    if among and any(
        _is_told_of(intent, ranking, among, at) for at in range(ranking.first) if intent.norm(at) in CHANGES
    ):
        return None
    said = [intent.norm(at) for at in range(ranking.first, ranking.last + 1)]
    between = {intent.norm(at) for at in range(ranking.last + 1, target.first)}
    if between & (_BESIDE - {"vs", "versus", "compared", "with"}):
        return None
    judged = bool(JUDGING & set(said))
    alone = not any(m.role == "metric" for m in known)
    varies = any(intent.norm(at) in DIFFERENCES for at in range(ranking.first))
    attained = intent.norm(target.last + 1) in ATTAINMENT
    by: Measure = _measure_said(intent) or ("variance_pct" if attained else "variance")
    if judged or (alone and said[0] in ("top", "bottom")):
        return Change(by=by, falls=False, for_the="better")
    sorts = ranking.kind in ("sort", "sort_up") and (alone or varies)
    return Change(by=by, falls=False) if sorts or (attained and ranking.last < target.first) else None


def _is_by_what_varies(intent: Intent, target: Mention, ranking: Cue, mentions: tuple[Mention, ...]) -> bool:
    """ "by A variance to its plan", "by deviation from plan", "A variance to plan by place, top 3"; of "by A and its
    variance to plan" it is A."""
    at = target.first - 1
    while at >= 0 and intent.norm(at) in _FROM_IT:
        at -= 1
    own = any(m.last == at - 1 and m.role in (*MEASURED, "order") for m in mentions)
    if at < 0 or intent.norm(at) not in DIFFERENCES | {"deviation"} or not (own or intent.norm(at - 1) == "by"):
        return False
    if ranking.first > target.last:
        return not any(m.role == "order" for m in mentions)
    return "by" in {intent.norm(i) for i in range(ranking.first, at)}


def against_the_shown_target(
    intent: Intent, ranking: Cue | None, mentions: Iterable[Mention], shown: Iterable[Mention]
) -> Change | None:
    """ "worst 3", behind a question for A against its plan, of which `shown` was measured: how each came out beside it,
    as where both are said in one. What is measured or compared anew decides by itself."""
    beside = any(m.role == "target" for m in shown)
    anew = any(m.role in MEASURED or m.role == "compared" for m in mentions)
    if not beside or anew or ranking is None:
        return None
    judged = any(intent.norm(at) in JUDGING for at in range(ranking.first, ranking.last + 1))
    return Change(by=_measure_said(intent) or "variance", falls=False, for_the="better") if judged else None


def words_in_percent(intent: Intent, left: Iterable[int]) -> set[int]:
    """ "in percent", "in percentage terms": how a change is told, and no part of a whole."""
    told = {at for at in left if intent.norm(at) in PERCENTAGES and intent.norm(at - 1) == "in"}
    return {at for at in told if intent.norm(at + 1) != "of"}


def _measure_said(intent: Intent) -> Measure | None:
    """ "in percent", "percentage growth"; "in absolute terms", "in dollars"; none where both are said or neither."""
    said = range(len(intent.tokens))
    relative = any(intent.norm(at) in _RELATIVELY and _is_of_a_change(intent, at) for at in said)
    absolute = any(
        intent.norm(at) == "absolute" or (_is_money(intent, at) and _is_of_a_change(intent, at)) for at in said
    )
    return None if relative == absolute else "variance_pct" if relative else "variance"


def _is_of_a_change(intent: Intent, at: int) -> bool:
    beside = intent.norm(at - 1) in CHANGES or intent.norm(at + 1) in CHANGES
    return beside or (intent.norm(at - 1) == "in" and intent.norm(at + 1) != "of")


def _is_money(intent: Intent, at: int) -> bool:
    return UNITS_OF_MEASURE.get(intent.norm(at)) in MONEY


def words_of_contributing(intent: Intent, ranking: Cue | None) -> set[int]:
    """ "contributed most to growth", "the largest contribution to growth": how much of it was theirs."""
    near = range(ranking.first - 1, ranking.last + 3) if ranking else ()
    return {at for at in near if intent.norm(at) in CONTRIBUTING}


def missed_by(
    intent: Intent, ranking: Cue | None, changed: ChangeBound | None, mentions: Iterable[Mention]
) -> Change | None:
    """ "missed it by the most", "the most over it", "the biggest miss": of groups that are bound by how they came out,
    what decides the order, where nothing else is named behind it."""
    known = tuple(mentions)
    if ranking is None or changed is None:
        return None
    by_extent = intent.tokens[ranking.last].norm in _EXTENTS and not any(m.first == ranking.last + 1 for m in known)
    if not by_extent and not _is_of_an_outcome(intent, ranking, changed, known):
        return None
    side = changed.side
    return Change(by="variance", falls=side == "down", for_the=side if side in ("better", "worse") else None)


def _is_of_an_outcome(intent: Intent, ranking: Cue, changed: ChangeBound, mentions: Iterable[Mention]) -> bool:
    """ "the biggest miss", "the top 3 A misses": a noun for how they came out, behind what ranks it."""
    measured = next((m for m in mentions if m.role in MEASURED and m.first == ranking.last + 1), None)
    behind = (measured.last if measured else ranking.last) + 1
    judged = any(intent.norm(at) in JUDGING for at in range(ranking.first, ranking.last + 1))
    is_noun = intent.norm(behind) in _OUTCOMES_AS_NOUNS and not judged
    return is_noun and intent.tokens[behind].text == changed.text and intent.norm(behind + 1) not in ARTICLES


def negated(intent: Intent, cues: Iterable[Cue]) -> dict[int, Cue]:
    """ "did not hit", "didn't grow": the cue that turns the word behind it, by the position of that word."""
    turning = (c for c in cues if c.kind == "exclude" and intent.tokens[c.last].norm in _NOT)
    behind = {c.last + 1: c for c in turning if c.last + 1 < len(intent.tokens)}
    return {at: c for at, c in behind.items() if _tells_how(intent.tokens[at].norm)}


def _tells_how(norm: str) -> bool:
    return norm in TOWARDS or norm in OUTCOMES or _side(norm) is not None


def turned_round(bound: ChangeBound | None, intent: Intent, turned: Iterable[int]) -> ChangeBound | None:
    """The other groups, where the word that binds them is among those that are turned; by how much they did not, tells
    nothing of them."""
    if bound is None or not any(intent.tokens[at].text == bound.text for at in turned):
        return bound
    if bound.number or bound.of:
        return None
    return bound.model_copy(
        update={"side": _OTHER_SIDE[bound.side], "meets": not bound.meets, "text": f"not {bound.text}"}
    )


def bound_on_change(
    intent: Intent, words: Iterable[int], mentions: tuple[Mention, ...], numbers: Iterable[NumberFilter]
) -> ChangeBound | None:
    """ "places that declined", "growing places", "places with falling A": only those groups are asked for. A question
    that begins with "did" or "how much" asks for the change of all of them."""
    groups = [m for m in mentions if m.role == "group"]
    first = intent.norm(0)
    counted = any(intent.pair_before(g.first) == ("how", "many") for g in groups)
    if not groups or first in AUXILIARIES or (first in _ASKS_HOW_MUCH and not counted):
        return None
    held = ((at, m) for m in mentions if m.role == "target" and (at := _held(intent, m)) is not None)
    for at, target in held:
        return _bound_on_outcome(intent, at, target, groups, numbers)
    held_beside, numbers = _held_beside_a_time(intent), tuple(numbers)
    for at in (*words, *held_beside):
        number = next((n for n in numbers if _said_of(intent, n, at, mentions)), None)
        side = _side(intent.tokens[at].norm) or held_beside.get(at) or _grown_by(intent, at, number)
        behind = next((m for m in mentions if m.first == at + 1), None)
        adjective = behind is not None and intent.tokens[at].norm.endswith(("ing", "ed"))
        if side and _is_either_way(intent, at, side):
            return None
        if side and ((adjective and behind in groups) or any(_subject(intent, g, at, mentions) for g in groups)):
            other = behind if adjective and behind and behind.role not in ("group", *MEASURED) else None
            return ChangeBound(
                text=intent.tokens[at].text,
                side=side,
                number=number,
                of=other.text if other and other.kinds & METRIC else None,
            )
    return None


def further_conditions(intent: Intent, words: Iterable[int], bound: ChangeBound | None) -> set[int]:
    """ "places that missed their target and grew", "that grew and then fell": the words of another change that the same
    groups are bound by, of which only one is told. One that says the same again ("which fell, and how much did they
    fall") is none."""
    if bound is None:
        return set()
    own = {at for at, word in enumerate(intent.tokens) if word.text in bound.text.split()}
    against_target = any(intent.norm(at) in TOWARDS | set(OUTCOMES) for at in own)
    others = {
        at for at in set(words) - own if (side := _side(intent.norm(at))) and (against_target or side != bound.side)
    }
    return {at for at in others if any(_is_joined(intent, at, mine) for mine in own)}


def apart_from_the_target(intent: Intent, words: Iterable[int], mentions: Iterable[Mention]) -> set[int]:
    """ "did A grow and beat its plan", "those that beat the plan and their growth": the words of a change that is none
    against the plan, which is all that they are held against where no other time is."""
    targets = [m for m in mentions if m.role == "target"]
    if not targets or any(t.found.type == "comparison" for t in intent.times):
        return set()
    grown = [at for at in words if intent.norm(at) in GROWTH]
    ends = [at for m in targets for at in (m.first, m.last)]
    return {at for at in grown if any(_is_joined(intent, at, end) for end in ends)}


def _is_joined(intent: Intent, one: int, other: int) -> bool:
    between = {intent.norm(at) for at in range(min(one, other) + 1, max(one, other))}
    return bool(between & _JOINING) and between.isdisjoint(QUESTION_WORDS - _WHO)


def _is_either_way(intent: Intent, at: int, side: Side) -> bool:
    """ "grew or declined": all of them, whichever way they went."""
    behind = [t.norm for t in intent.tokens[at + 1 : at + 3]]
    return len(behind) == 2 and behind[0] in ("or", "and") and _side(behind[1]) == _OTHER_SIDE[side]


def _held_beside_a_time(intent: Intent) -> dict[int, Side]:
    """ "lower A than in 2024": the word that says which way it came out beside that time, by its position."""
    found: dict[int, Side] = {}
    for time in intent.times:
        than = time.found.type == "comparison" and intent.tokens[time.first].norm == "than"
        said = [i for i in range(time.first) if intent.tokens[i].norm in MORE | LESS] if than else []
        found |= {at: "up" if intent.tokens[at].norm in MORE else "down" for at in said[-1:]}
    return found


def _held(intent: Intent, target: Mention) -> int | None:
    """The position of the word that holds groups against a target: "places that missed their target"."""
    at = before_target(intent, target.first)
    return at if at is not None and (intent.norm(at) in TOWARDS or outcome(intent, at)) else None


def _bound_on_outcome(
    intent: Intent, at: int, target: Mention, groups: list[Mention], numbers: Iterable[NumberFilter]
) -> ChangeBound | None:
    subject = any(is_subject(intent, g.first, g.last, at) or g.first == target.last + 1 for g in groups)
    if not subject and not _tells_which(intent, at):
        return None
    word = intent.tokens[at]
    side = outcome(intent, at)
    if side and either_outcome(intent, at):
        return None
    number = next((n for n in numbers if n.last + 1 == at or intent.tokens[n.first - 1].norm == "by"), None)
    return ChangeBound(
        text=word.text,
        side=side or "better",
        number=number,
        meets=word.norm in MEETING or intent.pair_before(at) == ("at", "or"),
        of=None if side else word.text,
    )


def _tells_which(intent: Intent, at: int) -> bool:
    """ "A exceeding its plan by place", and not "are we exceeding"."""
    before = [t.norm for t in intent.tokens[:at] if t.norm not in BE]
    verb = intent.tokens[at].norm not in _PREPOSITIONS | MORE | LESS
    return verb and bool(before) and before[-1] not in (PRONOUNS - {"that", "which"}) | {"by"}


def _side(norm: str) -> Side | None:
    if norm in SHRINKING or norm in RISING:
        return "down" if norm in SHRINKING else "up"
    if norm in PARTICLES:  # "went up"
        return "up" if norm == "up" else "down" if norm == "down" else None
    return next((side for side, words in _JUDGED.items() if norm.startswith(words)), None)


def _subject(intent: Intent, group: Mention, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "which places declined", "places where A declined", "places with declining A"; not "decline by place"."""
    if not is_subject(intent, group.first, group.last, at):
        return False
    between = {t.norm for t in intent.tokens[group.last + 1 : at]}
    named = {i for m in mentions for i in range(m.first, m.last + 1)}
    before = intent.pair_before(group.first)
    which = before[-1:] in (("which",), ("what",)) or before == ("how", "many")
    named |= {i for t in intent.times for i in range(t.first - 1, t.last + 1)}
    own = all(i in named or intent.tokens[i].norm in _BESIDE_A_VERB for i in range(group.last + 1, at))
    return bool(between & _RELATIVE) or (which and own)


def _said_of(intent: Intent, number: NumberFilter, at: int, mentions: Iterable[Mention]) -> bool:
    """ "grew by more than 10%", "grew A by more than 10%": the number right behind the change."""
    measured = {i for m in mentions if m.role in MEASURED for i in range(m.first, m.last + 1)}
    between = [i for i in range(at + 1, number.first) if i not in measured]
    return at < number.first and len(between) <= 1 and all(intent.tokens[i].norm in ("by", "of") for i in between)


def _grown_by(intent: Intent, at: int, number: NumberFilter | None) -> Side | None:
    """ "A growth above 5%"."""
    return "up" if number is not None and intent.tokens[at].norm == "growth" else None


def _ranks(intent: Intent, ranking: Cue, at: int) -> bool:
    """Whether a word of change is what is ranked: with nothing that sets another thing beside it in between, and no
    time but what says since when ("the highest YoY growth")."""
    first, last = (ranking.last, at) if ranking.last < at else (at, ranking.first)
    between = {t.norm for t in intent.tokens[first + 1 : last]}
    by = ranking.kind in ("sort", "sort_up") and intent.tokens[ranking.last].norm == "by" and ranking.last < at
    beside = _BESIDE - {"vs", "versus"} if by else _BESIDE  # "ranked by A vs plan variance"
    ends = ranking.kind in ("sort", "sort_up") or ranking.last == len(intent.tokens) - 1
    plainly = ends and at < ranking.first  # "A growth in 2025, largest first", "A growth in 2025, top 3"
    told = (t for t in intent.times if not (t.found.type == "grain" and t.first == ranking.last + 1))  # "top 3 months"
    by_it = [i for i in range(ranking.last + 1, at) if intent.norm(i) == "by"][-1:]  # "top 3 places in 2025 by growth"
    others = (t for t in told if not (plainly or _says_since_when(t) or any(t.last < i for i in by_it)))
    return not between & beside and not any(first < t.first < last for t in others)


def _those_at_an_end(intent: Intent, ranking: Cue | None, mentions: Iterable[Mention]) -> Mention | None:
    """The places of "the five largest places", "the top 5 places", which are such by themselves."""
    if ranking is None or not _words_of(intent, ranking) & _AT_AN_END:
        return None
    return next((m for m in mentions if m.role == "group" and m.first == ranking.last + 1), None)


def _words_of(intent: Intent, cue: Cue) -> set[str]:
    return {intent.norm(at) for at in range(cue.first, cue.last + 1)}


def _is_told_of(intent: Intent, ranking: Cue, those: Mention, at: int) -> bool:
    """Whether a word of change is told of those, and decides nothing of which they are: "growth of the five largest
    places", "did the largest place grow", "which of the largest places grew"; not "the largest places by growth"."""
    before = intent.before(ranking.first - 1, ARTICLES | {"our"})
    if at < ranking.first:
        return at < before and intent.norm(before) in _OF_THOSE
    sized = LARGEST & _words_of(intent, ranking)
    between = {intent.norm(i) for i in range(those.last + 1, at)}
    asked = {intent.norm(i) for i in range(ranking.first)}
    some = intent.norm(before) == "of" and intent.norm(before - 1) in _SOME
    whose = intent.norm(those.last + 1) in {"that", "which", "who"}
    return bool(some or (sized and (whose or asked & _ASKS_OF_THOSE))) and between.isdisjoint({"by", "with"})


def _is_a_condition(intent: Intent, ranking: Cue, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "the top 5 places that grew", "the best places whose A fell", "the top 5 growing places": which of them are
    asked for, and not by what they are ordered; not "that grew the most", "the top 5 fastest growing places"."""
    groups = [m for m in mentions if m.role == "group"]
    if (
        _extent_behind(intent, at, ranking)
        or _is_extent(intent.norm(at - 1))
        or ranking.kind not in ("top", "bottom")
        or ranking.number is None
    ):
        return False
    if ranking.kind == "bottom" and JUDGING & _words_of(intent, ranking):  # may be those that it went worst for
        return False
    if any(m.first == at + 1 for m in groups):
        return intent.norm(at).endswith(("ing", "ed"))
    those = next((m for m in groups if m.last < at and _subject(intent, m, at, mentions)), None)
    return those is not None and any(intent.norm(i) in _WHO for i in range(those.last + 1, at))


def _extent_behind(intent: Intent, at: int, ranking: Cue) -> bool:
    behind = intent.norm(at + 1) if intent.norm(at + 1) != "the" else intent.norm(at + 2)
    return _is_extent(behind) or at < ranking.last


def _is_extent(norm: str) -> bool:
    return norm in _EXTENTS or norm.endswith("est")


def _says_since_when(time: TimeSpan) -> bool:
    return isinstance(time.found, ComparisonMention) and time.found.expression is None


def words_of_change(intent: Intent, left: Iterable[int]) -> list[int]:
    """ "growth", and "percent growth": both say that something is compared."""
    said = [at for at in sorted(left) if intent.norm(at) in CHANGES or _adds_the_most(intent, at)]
    said = sorted({*said, *(at for at in left if _falls_short(intent, at))})
    words = [at for at in said if not _is_of_a_cut(intent, at)]
    beside = {at + step for at in words for step in (-1, 1)} & set(left)
    if words:
        beside |= {at for at in left if intent.pair_before(at) == ("by", "what")}
    beside |= {at - 2 for at in words if intent.pair_before(at) == ("rate", "of")} & set(left)
    goes = {at - 1 for at in words if at and intent.tokens[at - 1].norm == "going"} & set(left)  # "going up"
    return sorted({*words, *goes, *(at for at in beside if intent.tokens[at].norm in _IN_PERCENT)})


def _falls_short(intent: Intent, at: int) -> bool:
    """ "the shortfall against": what is missing of something that is named behind it."""
    behind = {t.norm for t in intent.tokens[at + 1 :]}
    return intent.norm(at) == _SHORTFALL and not behind.isdisjoint(_SET_AGAINST)


def words_of_adding(intent: Intent, left: Iterable[int]) -> set[int]:
    """ "added the most": of what is told in money, by how much it grew; of what is counted, how many came."""
    return {at for at in left if _adds_the_most(intent, at)}


def _adds_the_most(intent: Intent, at: int) -> bool:
    behind = at + 1 + (intent.norm(at + 1) == "the")
    return intent.norm(at) in ("add", "added") and intent.norm(behind) in _EXTENTS


def _is_of_a_cut(intent: Intent, at: int) -> bool:
    """ "break it down", "drill down into", "took up"; "performed the most tests" is a deed, and "performed best by
    tests", "performed best in terms of tests" says by what."""
    if intent.norm(at) in PERFORMING and intent.norm(at + 1 + (intent.norm(at + 1) == "the")) in COUNTING:
        return True
    if intent.norm(at) in PERFORMING and intent.norm(at + 1) in ("best", "worst") and _says_by_what(intent, at + 2):
        return True
    if intent.norm(at) == "up" and intent.norm(at - 1) in UP_BEHIND:
        return True
    verbs = (t.norm for t in intent.tokens[max(0, at - LONGEST_CUT) : at])
    return intent.tokens[at].norm in PARTICLES and any(norm in (CUTTING - PARTICLES) | NARROWING for norm in verbs)


def _says_by_what(intent: Intent, at: int) -> bool:
    said = tuple(intent.norm(i) for i in range(at, at + 3))
    return said[0] == "by" or said == ("in", "term", "of")


def words_of_growth(intent: Intent, left: Iterable[int]) -> list[int]:
    """Those that tell of one thing at two times, and not of how two things differ."""
    said = ((at, intent.tokens[at].norm) for at in words_of_change(intent, left))
    return [at for at, norm in said if _side(norm) is not None or norm in _GROWTH]


def period_before(intent: Intent, left: Iterable[int], times: tuple[TimeSpan, ...]) -> TimeSpan | None:
    """ "growth last quarter": the period before as what is compared with; "which months did it fall": each of these
    units with the one before. Of a question without a period it could be any, and there it is not guessed."""
    words = [at for at in words_of_change(intent, left) if _is_of_time(intent, intent.tokens[at].norm)]
    asked = (t for t in times if is_asked_for(intent, t) or is_ranked(intent, t))
    units = [t.found.grain for t in asked if isinstance(t.found, GrainMention)]
    timed = [t for t in times if not (units and isinstance(t.found, GrainMention))]
    if not words or len(timed) != 1 or timed[0].found.type != "time" or asks_for_a_course(intent, left, times):
        return None
    if not units and _STRETCH.search(_with_preposition(intent, timed[0])):
        return None
    word = intent.tokens[words[0]]
    of_units = {"grain": units[0], "same": True} if units else {"implied": True}
    found = ComparisonMention(start=word.start, end=word.end, text=word.text, kind="previous_period", **of_units)
    return TimeSpan(first=words[0], last=words[0], found=found)


def course_of_steps(intent: Intent, trend: Cue | None, times: tuple[TimeSpan, ...]) -> TimeSpan | None:
    """ "the trend, month over month", of no period: a course of these units."""
    others = [t.found for t in times if not isinstance(t.found, ComparisonMention)]
    if trend is None or any(t.type == "time" or getattr(t, "grain", None) for t in others):
        return None
    step = next((t.found for t in times if _is_a_step(t)), None)
    if not isinstance(step, ComparisonMention):
        return None
    start, end = intent.tokens[trend.first].start, intent.tokens[trend.last].end
    found = GrainMention(start=start, end=end, text=intent.text[start:end], grain=step.grain, basis=step.basis)
    return TimeSpan(first=trend.first, last=trend.last, found=found)


def _is_a_step(time: TimeSpan) -> bool:
    """ "Month over month": no year, within which a course may go."""
    found = time.found
    return isinstance(found, ComparisonMention) and found.same and found.expression is None and found.grain != "year"


def is_asked_for(intent: Intent, unit: TimeSpan) -> bool:
    """ "which months", "how many months": units of time that are asked for as groups are."""
    before = intent.pair_before(unit.first)
    return before[-1:] in (("which",), ("what",)) or before == ("how", "many")


def is_ranked(intent: Intent, unit: TimeSpan) -> bool:
    """ "the month with the highest", "top 3 months by", "the months that had the most"."""
    ranking = [c for c in intent.cues if c.kind in ("top", "bottom")]
    ends = {c.last + 1 for c in ranking}
    behind = {c.first for c in ranking}
    with_the = unit.last + 1 < len(intent.tokens) and intent.norm(unit.last + 1) in _WHICH_HAS
    near = any(unit.last + 1 < at <= unit.last + 4 for at in behind)
    heads = all(intent.norm(at) in _HEADING or intent.norm(at).isdigit() for at in range(unit.first))
    return unit.first in ends or (with_the and near and heads)


def unit_before(
    intent: Intent, left: Iterable[int], times: tuple[TimeSpan, ...], mentions: tuple[Mention, ...]
) -> TimeSpan | None:
    """ "quarterly growth in 2025", "growth by month since May": the unit before each one as what it is compared with;
    without a period only where one number is meant ("annual growth"). Months in which something fell, or places with
    growth, are a condition on them."""
    words = [at for at in words_of_change(intent, left) if intent.tokens[at].norm in _GROWN]
    cuts = [t.found for t in times if isinstance(t.found, GrainMention)]
    others = [t.found.type for t in times if not isinstance(t.found, GrainMention)]
    if not words or len(cuts) != 1 or others not in ([], ["time"]) or cuts[0].text.casefold() in UNITS:
        return None
    cut, word = cuts[0], intent.tokens[words[0]]
    bound = any(_subject(intent, m, words[0], mentions) for m in mentions if m.role == "group")
    if cut.grain is None or bound:
        return None
    yearly = cut.grain == "year"
    found = ComparisonMention(
        start=word.start,
        end=word.end,
        text=word.text,
        kind="same_period_last_year" if yearly else "previous_period",
        grain=cut.grain,
        basis=cut.basis,
        same=not yearly,
    )
    return TimeSpan(first=words[0], last=words[0], found=found)


def steps_of_growth(intent: Intent, left: Iterable[int], times: tuple[TimeSpan, ...]) -> tuple[TimeSpan, ...]:
    """ "how fast is it growing", "the growth rate", of no time: month by month, each against the one before."""
    found = set(left)
    fast = (intent.norm(0), intent.norm(1)) == ("how", "fast") and 1 in found
    grown = next((at for at in words_of_growth(intent, found) if fast or intent.norm(at + 1) == "rate"), None)
    if times or grown is None:
        return ()
    said = 1 if fast else grown + 1
    own, word = intent.tokens[said], intent.tokens[grown]
    unit = GrainMention(start=own.start, end=own.end, text=own.text, grain="month")
    step = ComparisonMention(
        start=word.start, end=word.end, text=word.text, kind="previous_period", grain="month", same=True
    )
    return (TimeSpan(first=said, last=said, found=unit), TimeSpan(first=grown, last=grown, found=step))


def _is_of_time(intent: Intent, norm: str) -> bool:
    """Whether a word of change sets one time beside another: "it performed" only where it is asked how."""
    return norm not in VARYING and (asks_how(intent) or not norm.startswith("perform"))


def asks_for_a_course(intent: Intent, left: Iterable[int], times: tuple[TimeSpan, ...]) -> bool:
    """ "how has it changed since 2020": a course over time."""
    timed = [t for t in times if t.found.type == "time"]
    course = any(intent.tokens[at].norm.startswith(("develop", "evolve")) for at in words_of_change(intent, left))
    said = len(times) == 1 and bool(timed) and (course or _COURSE.search(_with_preposition(intent, timed[0])))
    return asks_how(intent) and bool(words_of_change(intent, left)) and bool(said)


def asks_whether_it_grows(intent: Intent, left: Iterable[int]) -> bool:
    """ "is it growing", "are they going up or down": of no time, its course tells."""
    first = intent.norm(0)
    return first in AUXILIARIES and bool(words_of_growth(intent, left))


def words_of_becoming(intent: Intent, left: Iterable[int]) -> set[int]:
    """ "is A getting longer", "are we getting more of them": the verb and which way it goes."""
    known = set(left)
    verbs = (at for at in known if intent.norm(at) in _TURNING and intent.norm(at + 1) in COMPARATIVES)
    return {at + step for at in verbs for step in (0, 1)} & known


def words_of_either_way(intent: Intent, left: Iterable[int]) -> set[int]:
    """ "rising or falling", "up/down", "getting better or worse": both ways that something may go, whichever it is."""
    known, found = set(left), set[int]()
    for at in known:
        other = next((i for i in range(at + 1, at + 4) if intent.norm(i) not in _TURNING | {"or", "and"}), at)
        if other not in known:
            continue
        between = {intent.norm(i) for i in range(at + 1, other)}
        joined = "or" in between or (not between and intent.gap(at, other).strip() == "/")
        if joined and {_way(intent.norm(at)), _way(intent.norm(other))} == {"up", "down"}:
            found |= {i for i in range(at - 1, other + 1) if i in (at, other) or intent.norm(i) in _TURNING}
    return found & known


def _way(norm: str) -> Literal["up", "down"] | None:
    side = norm if norm in ("better", "worse") else _side(norm)
    return None if side is None else "up" if side in ("up", "better") else "down"


def asks_how(intent: Intent) -> bool:
    """How something went, and not how much of it there was; "A, and how has it changed", too."""
    if _AND_HOW.search(intent.text):
        return True
    said = [t.norm for t in intent.tokens]
    while said and said[0] in REQUESTS | BEFORE_HEADING | {"id", "wed", "u"}:
        said = said[1:]
    first = tuple(said[:2])
    return first[:1] == ("how",) and first[1:] not in (("much",), ("many",))


def words_of_moving(intent: Intent, left: Iterable[int]) -> set[int]:
    """ "how has A moved": a course, as "how has A developed"; "how many A moved" counts them."""
    return {at for at in left if intent.tokens[at].norm in _MOVING} if asks_how(intent) else set()


def _with_preposition(intent: Intent, span: TimeSpan) -> str:
    first = intent.tokens[max(span.first - 2, 0)].start
    return intent.text[first : span.found.end]
