"""Names that are a number's and also what other numbers are cut by: authors, of whom there are so many, and of whom
each has books. Which of the two is meant, by what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_cut, is_limit, is_measured, is_time, metrics_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    AUXILIARIES,
    BE,
    BEFORE_A_TARGET,
    CORRESPONDING,
    COUNTING,
    COUNTS,
    EACH,
    EARNING,
    EVERY,
    GROWTH,
    HOW_MUCH,
    IMPROVING,
    LESS,
    LIST_WORDS,
    MORE,
    ONLY,
    OUTCOMES,
    PERSONS,
    POSSESSIVE,
    PRICED,
    PRONOUNS,
    SIDES,
    VERB_BEHIND,
    Cue,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.matching import CUT, METRIC, Match, Target
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.numbers import NumberFilter
from ecp.domain.participles import is_participle
from ecp.domain.plan.references import cube_of
from ecp.domain.words import normal_form

_RANKING = frozenset({"top", "bottom"})
_ORDERING = _RANKING | {"sort", "sort_up"}
_WHOSE = frozenset({"with", "without", "whose", "having", "have", "has", "had", "who", "that", "which"})
_HOW_MANY = frozenset({"many", "number", "count", "total"})
_BESIDE_A_NAME = ARTICLES | {"our", "my", "their", "all", "own"}
_BEFORE_A_MEASURE = frozenset({"by", "based", "according", "with", "in", "term", "per", "from", "on", "whose", "of"})
_PARTS = frozenset({"number", "count", "amount", "volume", "share", "proportion", "percentage"})
_ASKING = frozenset({"which", "what", "whose", "each", "every"})
_MOST_WORDS = 4
_LISTED = LIST_WORDS | {"vs", "versus"}
_COMPARING = frozenset(
    {"compare", "compared", "comparing", "rank", "differ", "vary", "perform", "do", "against", "each", "other"}
)
_ON = frozenset({"by", "on", "in"})
_OF_THE_FIRST = frozenset({"of", "for", "on", "in", "from", "at", "by", "the", "our", "my", "all"})
_THEIRS = frozenset({"their", "its", "it"})
_BESIDE = LIST_WORDS | {"with"}
_OF_WHAT = frozenset({"for", "of", "from", "to", "with", "in"})
_OWNS = re.compile(r"['’]s?\s")
_PLACING = _OF_WHAT | {"at", "on", "within"}
_OF_OURS = frozenset({"of", "from", "for"})
_LEADING_TO_OUTCOMES = AUXILIARIES | {"that", "which", "who", "went", "go", "gone", "ran", "run", "came", "currently"}
_SIGNS = frozenset("-–—:,;?.")
_LEADING_ON = _PARTS | {"total", "overall", "average", "of", "the"}


def things_as_cuts(intent: Intent, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """ "the top ten authors by books", "which authors have the most prizes", "books by author and place",
    "authors with books over 5": those authors, where another number is measured, and not how many there are."""
    cut = tuple(_as_cut(s) if _is_both(s) and _is_a_thing(intent, spans, s) else s for s in spans)
    return tuple(s for s in cut if not (_is_both(s) and _says_of_what(intent, cut, s)))


def owns_the_next(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "by author's place": whose place it is that numbers are cut by; "which author's books" asks for the author."""
    return intent.norm(own.first - 1) not in _ASKING and _is_possessive(intent, spans, own)


def _is_possessive(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    if not any(s.first == own.last + 1 and is_cut(s) for s in spans):
        return False
    whose = intent.tokens[own.last].text.lower().endswith(POSSESSIVE)
    return whose or bool(_OWNS.match(intent.gap(own.last, own.last + 1)))


def _is_whose_place(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "which author place has the most books"."""
    singular = not intent.tokens[own.last].is_inflected
    together = any(s.first == own.last + 1 and is_cut(s) and not is_measured(s) for s in spans)
    return singular and together and intent.gap(own.last, own.last + 1).isspace()


def _as_cut(span: Span) -> Span:
    assert isinstance(span.value, Match)
    targets = tuple(t for t in span.value.targets if t.kind not in METRIC)
    return replace(span, value=span.value.model_copy(update={"targets": targets}))


def _is_both(span: Span) -> bool:
    member = isinstance(span.value, Match) and any(t.kind == "member" for t in span.value.targets)
    return is_cut(span) and is_measured(span) and not member


def _is_a_thing(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    if _is_possessive(intent, spans, own) or _is_whose_place(intent, spans, own):
        return True
    if _is_first_of_each(intent, spans, own):
        return True
    others = [s for s in spans if s is not own and is_measured(s)]
    if not others and (_is_priced(intent, spans, own) or _earns_the_most(intent, spans, own)):
        return True
    if not others or _is_how_many(intent, own):
        bound = _is_bounded(intent, spans, own) or _is_held_to_a_target(intent, spans, own)
        bound = bound or _has_more_than_before(intent, spans, own)
        return bool(others) and intent.pair_before(own.first) in COUNTS and bound
    return (
        _is_cut_by(intent, spans, own)
        or _is_ranked(intent, spans, own, others)
        or _has_the_most(intent, spans, own, others)
        or _is_called_by_its_rank(intent, spans, own, others)
        or _does_the_most(intent, spans, own)
        or _did_what_is_measured(intent, spans, own)
        or _is_done_the_most(intent, spans, own)
        or _is_asked_for(intent, spans, own, others)
        or _is_asked_behind(intent, spans, own, others)
        or _is_told_by_another(intent, spans, own, others)
        or _are_the_first(intent, spans, own, others)
        or _is_one_by_one(intent, own)
        or _is_bounded(intent, spans, own)
        or _is_held_to_a_target(intent, spans, own)
        or _is_told_by_a_change(intent, spans, own, others)
        or _has_more_than_before(intent, spans, own)
        or _is_beside_its_own(spans, own)
        or _is_compounded(intent, own, others)
        or _is_told_of_each(intent, spans, own)
        or has_its_own_number(intent, own, others)
    )


def _is_told_of_each(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "the top ten books and their (respective) authors", "the books' author names", "and the name of the author": of
    which author each is."""
    if intent.norm(own.last + 1) == "name" or _is_named(intent, own):
        return True
    at = own.first - 1 - (intent.norm(own.first - 1) in CORRESPONDING)
    theirs = intent.norm(at) in _THEIRS or (at < own.first - 1 and intent.norm(at) in ARTICLES)
    return theirs and any(is_cut(s) for s in spans if s.last < own.first) and intent.norm(at - 1) in _BESIDE


def has_its_own_number(intent: Intent, own: Span, others: Iterable[Span]) -> bool:
    """ "list authors and their books", "authors with their books", "list authors and books": the books of each."""
    behind = next((s for s in others if s.first > own.last), None)
    joint = own.last + 1
    number = {intent.norm(at) for at in range(own.first, own.last + 1)} & _HOW_MANY
    if behind is None or number or not intent.tokens[own.last].is_inflected or intent.norm(joint) not in _BESIDE:
        return False
    listed = intent.norm(joint) == "and" and intent.norm(intent.before(own.first - 1, _BESIDE_A_NAME)) == "list"
    theirs = intent.norm(joint + 1) in _THEIRS
    between = range(joint + 1 + theirs, behind.first)
    return (theirs or (listed and not is_cut(behind))) and all(intent.norm(at) in _LEADING_ON for at in between)


def _earns_the_most(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "the top grossing works", "which works made the most money"."""
    ranked = [s for s in spans if isinstance(s.value, Cue) and s.value.kind in _RANKING]
    before = any(s.last < own.first and intent.norm(own.first - 1) in EARNING for s in ranked)
    asked = intent.norm(own.first - 1) in ("which", "what")
    return before or (asked and any(s.first > own.last and intent.norm(s.last + 1) == "money" for s in ranked))


def _is_named(intent: Intent, own: Span) -> bool:
    at = intent.before(own.first - 1, _BESIDE_A_NAME)
    return (intent.norm(at - 1), intent.norm(at)) == ("name", "of")


def _is_how_many(intent: Intent, own: Span) -> bool:
    """ "how many authors", "the number of authors", and not "books of authors"."""
    before = own.first - 1
    return intent.norm(before - (intent.norm(before) == "of")) in _HOW_MANY


def _is_beside_its_own(spans: tuple[Span, ...], own: Span) -> bool:
    """ "the books of author A", "the A author": the author is who is told."""
    at = spans.index(own)
    beside = (s for s in (*spans[max(at - 1, 0) : at], *spans[at + 1 : at + 2]) if isinstance(s.value, Match))
    here = {t.asset_id for t in _targets(own) if t.kind in CUT}
    near = (s for s in beside if s.last == own.first - 1 or s.first == own.last + 1)
    return any(t.kind == "member" and t.asset_id in here for s in near for t in _targets(s))


def _says_of_what(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "books of old authors", "income from authors", where something else is measured, and nothing is ranked or bound,
    "the top three places by books, only for authors in A": of whom it is told, which limits nothing."""
    others = [s for s in spans if s is not own and is_measured(s)]
    last = own.first - 1
    while last > 0 and (_is_told_by(intent, spans, last) or intent.norm(last) in _BESIDE_A_NAME | _LISTED):
        last -= 1
    only = bool(ONLY & {intent.norm(last - 1), intent.norm(last)}) or _are_somewhere(intent, spans, own, others, last)
    last -= intent.norm(last) in ONLY
    chosen = any(_orders(s) or s.what == "number" for s in spans) and not only
    if _is_how_many(intent, own) or chosen:
        return False
    fronted = last == 0
    measured = any(s.first > own.last if fronted else s.last < last for s in others)
    several = intent.tokens[own.last].is_inflected
    cued = any(c.first <= last <= c.last for c in intent.cues)
    return several and measured and intent.norm(last) in _OF_WHAT and not cued


def _are_somewhere(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span], at: int) -> bool:
    """ "by books for authors in A", right behind what is ordered by."""
    behind = any(s.last == at - 1 for s in others) and intent.norm(at) in ("for", "from")
    return behind and intent.norm(own.last + 1) in ("in", "from") and _is_told_by(intent, spans, own.last + 2)


def _orders(span: Span) -> bool:
    return isinstance(span.value, Cue) and span.value.kind in _ORDERING


def _is_told_by(intent: Intent, spans: tuple[Span, ...], at: int) -> bool:
    """Whether a member stands there."""
    return any(s.first <= at <= s.last and is_limit(s) for s in spans)


def _is_compounded(intent: Intent, own: Span, others: Iterable[Span]) -> bool:
    """ "author income", "our author income": the income of authors."""
    single = not intent.tokens[own.last].is_inflected
    return single and any(s.first == own.last + 1 and intent.gap(own.last, s.first).isspace() for s in others)


def _targets(span: Span) -> tuple[Target, ...]:
    return span.value.targets if isinstance(span.value, Match) else ()


def _is_first_of_each(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "the top three authors of each place": these authors, and not the places by how many there are."""
    asked = _is_ordered(intent, spans, own) or intent.norm(own.first - 1) in ("which", "what")
    each = (s for s in spans if s is not own and is_cut(s) and intent.norm(s.first - 1) in EACH)
    ranked = any(isinstance(s.value, Cue) and s.value.kind in _RANKING for s in spans)
    return asked and ranked and any(True for _ in each)


def _is_cut_by(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "by author and place", "by month and author", "each author"; neither "sorted by authors" nor "the top places by
    authors", and "per author" is a quotient or a cut as it always is."""
    before = intent.norm(own.first - 1)
    if before in EVERY or _is_listed_with_a_unit(intent, spans, own):
        return True
    grouping = any(isinstance(s.value, Cue) and s.value.kind == "group" and s.last == own.first - 1 for s in spans)
    ordered = any(isinstance(s.value, Cue) and s.value.kind in _ORDERING for s in spans if s.first < own.first)
    return before == "by" and grouping and not ordered


def _is_listed_with_a_unit(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "by month and author"; "by month and number of authors" counts them."""
    units = (s for s in spans if is_time(s, "grain") and s.last < own.first and intent.norm(s.first) == "by")
    between = ([intent.norm(at) for at in range(s.last + 1, own.first)] for s in units)
    return any(words and words[0] in LIST_WORDS and set(words) <= {"and", "by"} | ARTICLES for words in between)


def _is_asked_behind(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span]) -> bool:
    """ "late books - which authors?": which ones are asked for behind what is measured, and nothing else is said of
    them."""
    asked = own.first - 1
    before = next((s for s in reversed(list(others)) if s.last < asked), None)
    if before is None or intent.norm(asked) not in ("which", "what") or asked == 0:
        return False
    apart = bool(set(intent.gap(asked - 1, asked)) & _SIGNS) or intent.norm(asked - 1) in _BESIDE
    timed = {i for s in spans if s.what == "time" or is_limit(s) for i in range(s.first, s.last + 1)}
    behind = (at for at in range(own.last + 1, len(intent.tokens)) if at not in timed)
    return apart and all(intent.norm(at) in _PLACING for at in behind)


def _is_ranked(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span]) -> bool:
    """ "the top ten authors by books", "rank authors based on their books"."""
    behind = next((s for s in others if s.first > own.last), None)
    if behind is not None and _is_sorted(intent, spans, own, behind):
        return True
    if behind is None or not _is_ordered(intent, spans, own):
        return False
    between = [t.norm for t in intent.tokens[own.last + 1 : behind.first]]
    return any(norm in _BEFORE_A_MEASURE for norm in between) and between[0] not in LIST_WORDS


def _is_sorted(intent: Intent, spans: tuple[Span, ...], own: Span, measured: Span) -> bool:
    """ "authors ranked by books"."""
    cue = next((s for s in spans if s.first == own.last + 1), None)
    sorts = cue is not None and isinstance(cue.value, Cue) and cue.value.kind in ("sort", "sort_up")
    by = cue is not None and intent.tokens[cue.last].norm == "by"
    return sorts and by and cue is not None and cue.last + 1 == measured.first


def _is_ordered(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """Whether a cue for an order stands right before it."""
    near = next((s for s in reversed(spans) if s.last < own.first), None)
    if near is None or not (isinstance(near.value, Cue) and near.value.kind in _ORDERING):
        return False
    return all(t.norm in _BESIDE_A_NAME for t in intent.tokens[near.last + 1 : own.first])


def _has_the_most(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span]) -> bool:
    """ "which authors have the highest number of books", "the author in A with the most books"."""
    behind = [s for s in spans[spans.index(own) + 1 :] if not (s.what == "time" or is_limit(s))]
    if not behind or not (isinstance(behind[0].value, Cue) and behind[0].value.kind in _RANKING):
        return False
    at = first = behind[0].last + 1
    timed = {i for t in intent.times for i in range(t.first, t.last + 1)}
    while intent.norm(at) in _LEADING_ON or at in timed:
        at += 1
    joined = any(t.norm in LIST_WORDS for t in intent.tokens[own.last + 1 : behind[0].first])
    return not joined and any(first <= s.first <= at for s in others)


def _is_called_by_its_rank(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span]) -> bool:
    """ "the top rated authors", "the most visited new places": what they are ranked by stands before them."""
    before = [s for s in spans if s.last < own.first]
    while before and is_limit(before[-1]):
        before.pop()
    together = len(before) > 1 and before[-1] in others and _is_a_quality(intent, before[-1])
    cue = before[-2].value if together else None
    several = intent.tokens[own.last].is_inflected
    alone = not any(s.first == own.last + 1 and s.what == "name" for s in spans)
    one = isinstance(cue, Cue) and cue.number is None and alone and before[-1].last + 1 == own.first
    return (several or one) and isinstance(cue, Cue) and cue.kind in _RANKING and cue.last + 1 == before[-1].first


def _is_a_quality(intent: Intent, span: Span) -> bool:
    """ "rated", "visited", "profitable": not what it is called, but an adjective made of that; of "the highest income
    authors" what it is called, too, as "the most" would not be."""
    word = intent.norm(span.last)
    if intent.norm(span.first - 1) not in COUNTING:
        return True
    return isinstance(span.value, Match) and (is_participle(word) or word not in span.value.form.split())


def _does_the_most(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "which authors publish the most", "authors who publish the most", where publications are what is measured."""
    behind = spans[spans.index(own) + 1 :][:2]
    if len(behind) < 2 or not is_measured(behind[0]) or not isinstance(behind[1].value, Cue):
        return False
    at_once = all(t.norm in AUXILIARIES | PRONOUNS for t in intent.tokens[own.last + 1 : behind[0].first])
    return at_once and behind[1].value.kind in _RANKING and behind[1].first <= behind[0].last + 2


def _is_done_the_most(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "the most read authors", where hours read are what is measured."""
    before = spans[max(spans.index(own) - 2, 0) : spans.index(own)]
    ranked = len(before) == 2 and isinstance(before[0].value, Cue) and before[0].value.kind in _RANKING
    together = ranked and before[0].last + 1 == before[1].first and before[1].last + 1 == own.first
    doing = intent.norm(before[1].last) if together else ""
    return together and is_measured(before[1]) and (is_participle(doing) or doing.endswith("ing"))


def _is_priced(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "the most expensive works", "which work is the cheapest": by what each of them costs."""
    cues = [s for s in spans if isinstance(s.value, Cue) and s.value.kind in _RANKING]
    priced = [c for c in cues if PRICED & {intent.norm(at) for at in range(c.first, c.last + 1)}]
    asked = intent.norm(own.first - 1) in ("which", "what")
    alone = not any(is_cut(s) for s in spans if s is not own)
    return alone and any(c.last + 1 == own.first or (asked and c.first > own.last) for c in priced)


def _is_asked_for(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span]) -> bool:
    """ "which authors have books", "which authors and places have any": those authors are asked for, whatever they
    have; "what authors and books" asks for both numbers."""
    asked = intent.norm(own.first - 1) in ("which", "what")
    if not asked or not any(s.first > own.last for s in others):
        return False
    behind = next(s for s in spans if s.first > own.last)
    listed = intent.norm(own.last + 1) in LIST_WORDS or bool(intent.gap(own.last, own.last + 1).strip())
    return not listed or (is_cut(behind) and not is_measured(behind))


def _is_told_by_another(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span]) -> bool:
    """ "authors by books", "how do authors in A compare by books", "compare authors on books": told by that of each."""
    behind = next((s for s in others if s.first > own.last and not is_cut(s)), None)
    several = intent.tokens[own.last].is_inflected
    if behind is None or not several or _LISTED & {t.norm for t in intent.tokens[own.last + 1 : behind.first]}:
        return False
    by = intent.before(behind.first - 1, _LEADING_ON)
    between = [at for at in range(own.last + 1, by) if not _is_told_of(spans, at)]
    compares = any(t.norm in _COMPARING for t in intent.tokens[: own.first]) or bool(between)
    leads = intent.norm(by) == "by" or (compares and intent.norm(by) in _ON)
    return leads and all(intent.norm(at) in _COMPARING for at in between)


def _is_told_of(spans: tuple[Span, ...], at: int) -> bool:
    """Whether a time or a member stands there, or what leads on to one."""
    near = (s for s in spans if s.what == "time" or is_limit(s))
    return any(s.first - 1 <= at <= s.last for s in near)


def _is_led_to(cuts: Iterable[Span], at: int) -> bool:
    """ "by place", "per place"."""
    return any(s.first - 1 <= at <= s.last for s in cuts)


def _are_the_first(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span]) -> bool:
    """ "books (by month) of the top ten authors", where nothing else is told that they are ranked by."""
    others = list(others)
    if any(s.first > own.last for s in others) or not _is_ordered(intent, spans, own):
        return False
    cue = next(s for s in reversed(spans) if s.last < own.first)
    before = next((s for s in reversed(others) if s.last < cue.first), None)
    told = range(before.last + 1, cue.first) if before else range(0)
    cuts = [s for s in spans if is_cut(s) and not is_measured(s)]
    between = [intent.norm(at) for at in told if not (_is_told_of(spans, at) or _is_led_to(cuts, at))]
    ranks = isinstance(cue.value, Cue) and cue.value.kind in _RANKING
    return ranks and bool(between) and set(between) <= _OF_THE_FIRST


def _is_one_by_one(intent: Intent, own: Span) -> bool:
    """ "author wise books"."""
    return "wise" in (intent.norm(own.last), intent.norm(own.last + 1)) or intent.norm(own.last).endswith("wise")


def _did_what_is_measured(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "how much did authors in A earn": what they did is measured, and not how many they are."""
    did = next((at for at in range(own.first) if intent.norm(at) in VERB_BEHIND), None)
    asked = did is not None and (intent.norm(did - 1) in ("what", "money") or intent.pair_before(did) in HOW_MUCH)
    return asked and not any(is_measured(s) for s in spans if s.first < own.first)


def _is_bounded(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "authors with books over 5", "which authors wrote more than five books", "authors earning more than 100", "how
    many authors published more than five times"."""
    behind = spans[spans.index(own) + 1 :]
    doing = any(s.first == s.last == own.last + 1 and is_measured(s) for s in behind[:1])
    doing = (doing and intent.norm(own.last + 1).endswith("ing")) or is_participle(intent.norm(own.last + 1))
    whose = doing or intent.norm(_behind_places(intent, behind, own)) in _WHOSE or intent.norm(own.first - 1) in _ASKING
    bounds = [s for s in behind if isinstance(s.value, NumberFilter)]
    measured = [s for s in behind if is_measured(s)]
    if not (whose and bounds and measured):
        return False
    first, last = sorted((bounds[0].first, measured[0].first))
    return not any(t.norm in LIST_WORDS for t in intent.tokens[own.last + 1 : first]) and last - first <= _MOST_WORDS


def _is_told_by_a_change(intent: Intent, spans: tuple[Span, ...], own: Span, others: Iterable[Span]) -> bool:
    """ "which authors saw the biggest increase in books", "authors with declining books": those whose other number
    changed so."""
    behind = next((s for s in others if s.first > own.last), None)
    at = _behind_places(intent, spans[spans.index(own) + 1 :], own)
    whose = intent.norm(at) in _WHOSE or intent.norm(own.first - 1) in _ASKING
    if behind is None or not whose:
        return False
    between = {intent.norm(i) for i in range(at, behind.first)}
    return not between.isdisjoint(GROWTH | IMPROVING) and between.isdisjoint(LIST_WORDS)


def _behind_places(intent: Intent, behind: Iterable[Span], own: Span) -> int:
    """Where it goes on behind "authors in A", "authors of B in 2025"."""
    at = own.last + 1
    for span in behind:
        placed = span.first - 1 == at and intent.norm(at) in _PLACING
        if not placed or not (is_limit(span) or span.what == "time"):
            break
        at = span.last + 1
    return at


def _has_more_than_before(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "authors with more books in one year than in the other"."""
    behind = spans[spans.index(own) + 1 :]
    measured = next((s for s in behind if is_measured(s)), None)
    whose = intent.norm(own.last + 1) in _WHOSE or intent.norm(own.first - 1) in _ASKING
    more = measured is not None and intent.norm(measured.first - 1) in MORE | LESS
    return whose and more and any(s.what == "time" and intent.norm(s.first) == "than" for s in behind)


def _is_held_to_a_target(intent: Intent, spans: tuple[Span, ...], own: Span) -> bool:
    """ "which works are over their plan", "works over plan", "works that exceeded it", "over plan works"."""
    asked = intent.norm(own.first - 1) in _ASKING and intent.norm(own.last + 1) in BE
    if asked and any(t.norm in OUTCOMES for t in intent.tokens[own.last + 2 : own.last + 4]):
        return True
    at = intent.after(own.last + 1, _LEADING_TO_OUTCOMES)
    behind = intent.after(at + 1, BEFORE_A_TARGET)
    if intent.norm(at) in OUTCOMES and any(s.first == behind and is_measured(s) for s in spans):
        return True
    before = next((s for s in spans if s.last == own.first - 1 and is_measured(s)), None)
    return before is not None and intent.norm(before.first - 1) in SIDES


def of_what_else(
    intent: Intent, spans: Iterable[Span], mentions: Iterable[Mention], catalogue: Catalogue
) -> Iterator[int]:
    """The positions of "authors" in "income of our authors", where income is not kept by them: counted in rows of their
    own, and in no definition of the income. Of whoever people are and of members ("of new authors") it is no more than
    whose it is."""
    known = tuple(mentions)
    told = {at for m in known for at in range(m.first - 1, m.last + 2)}
    metrics = catalogue.metrics_meant(t.asset_id for m in known if m.role in MEASURED for t in m.targets)
    for span in (s for s in spans if _is_both(s) and s.first not in told and s.last not in told):
        counted = metrics_of(span, catalogue)
        before = intent.before(span.first - 1, _BESIDE_A_NAME)
        noun = intent.norm(span.last)
        defined = any(noun in normal_form(m.definition).split() and " and " not in m.definition for m in metrics)
        cuts = [t.asset_id for t in _targets(span) if t.kind in CUT]
        kept = any(is_cut_by(m, d, catalogue) for m in metrics for d in cuts)
        apart = not kept and {cube_of(m) for m in counted}.isdisjoint(cube_of(m) for m in metrics)
        if intent.norm(before) in _OF_OURS and noun not in PERSONS and metrics and apart and not defined:
            yield from range(span.first, span.last + 1)
