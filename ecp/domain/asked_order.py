"""Which order is asked for: how many places, whether one alone, and whether within each group."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Literal

from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.labels import limit_said
from ecp.domain.language import ARTICLES, EACH, EXTREMES, JUDGING, PERFORMING, POSSESSIVES, PRAISING, WAYS_TO_SORT, Cue
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.rankings import count_at
from ecp.domain.words import normal_form

_AMONG = frozenset({"among", "amongst", "of", "between"})
_ALL_OURS = POSSESSIVES | {"these", "those", "all"}
_WHICH = frozenset({"which", "who", "what"})
_ONE_DOES = frozenset({"has", "had", "is", "was", "one"})
_LEADING_ON = frozenset({"number", "count", "amount", "volume", "total", "of", "the"})
_EXTREME = EXTREMES | {"highest", "lowest", "peak", "largest", "smallest"}
_UNITS_OF_TIME = frozenset({"day", "date", "week", "month", "quarter", "year"})


def ranking_asked(intent: Intent, spans: tuple[Span, ...]) -> Cue | None:
    """A number of places goes before a mere order, and which way it goes ("best first") before that there is one.
    Beside a number of places that is how these are shown."""
    ordered = [c for kind in ("sort_up", "sort") for c in cues_of(spans, kind)]
    told = [c.model_copy(update={"shown": _way_shown(intent, c)}) for c in ordered if _says_which_way(intent, c)]
    first = next(iter(cues_of(spans, "top", "bottom")), None)
    if first is None:
        return next(iter([*told, *ordered]), None)
    return first.model_copy(update={"shown": told[0].shown}) if told else first


def _way_shown(intent: Intent, cue: Cue) -> Literal["asc", "desc", "best", "worst"]:
    """Which way a cue that sorts has the rows: "lowest first", "best to worst"."""
    judged = next((t.norm for t in intent.tokens[cue.first : cue.last + 1] if t.norm in ("best", "worst")), None)
    if judged:
        return "best" if judged == "best" else "worst"
    return "asc" if cue.kind == "sort_up" else "desc"


def without_number_of_a_name(
    intent: Intent, ranking: Cue | None, mentions: tuple[Mention, ...], catalogue: Catalogue
) -> Cue | None:
    """ "the most 911 noise calls", of 911 calls: the name's own number says not how many are wanted."""
    if ranking is None or ranking.number is None or not intent.norm(ranking.last).isdigit():
        return ranking
    behind = [m for m in mentions if m.role in MEASURED and m.first > ranking.last]
    called = (s for m in behind for i in sorted(m.asset_ids) for s in catalogue.spellings(i))
    own = any(normal_form(s).split()[:1] == [intent.norm(ranking.last)] for s in called)
    return ranking.model_copy(update={"number": None}) if own else ranking


def behind_it(intent: Intent, cue: Cue) -> int:
    """ "the highest A", "the highest number of A"."""
    at = cue.last + 1
    while at < len(intent.tokens) and intent.tokens[at].norm in _LEADING_ON:
        at += 1
    return at


def judges_them(intent: Intent, ranking: Cue, mentions: Iterable[Mention]) -> bool:
    """ "the best", "the most efficient", and "top performing", which says how well."""
    said = {t.norm for t in intent.tokens[ranking.first : ranking.last + 1]}
    praised = (m for m in mentions if m.role in MEASURED and m.first == ranking.last + 1)
    judged = bool(said & JUDGING) or intent.norm(ranking.last + 1) in PERFORMING
    return judged or any(intent.norm(m.last) in PRAISING for m in praised)


def _says_which_way(intent: Intent, cue: Cue) -> bool:
    return any(intent.tokens[at].norm in WAYS_TO_SORT for at in range(cue.first, cue.last + 1))


def with_its_number(
    intent: Intent, ranking: Cue | None, cut_by: Iterable[int], left: set[int]
) -> tuple[Cue | None, set[int]]:
    """ "the 3 places with the highest", "which 3 days": the number stands before what is ranked, or is told as a
    limit."""
    if ranking is None or ranking.number is not None:
        return ranking, set()
    limit, words = limit_said(intent, left)
    if limit is not None:
        return ranking.model_copy(update={"number": limit}), words
    for first in cut_by:
        number = count_at(intent.tokens, first - 1)
        if number is not None and _are_all(intent, first):
            return ranking, {first - 1}
        if number is not None:
            return ranking.model_copy(update={"number": number}), {first - 1}
    return ranking, set()


def _are_all(intent: Intent, first: int) -> bool:
    """ "of the four places, which has", "which of our four places": how many there are in all, and not how many are
    wanted; "A of the four places which have" wants four."""
    of = first - 2 - (intent.norm(first - 2) in ARTICLES | _ALL_OURS)
    if intent.norm(of) not in _AMONG:
        return False
    asked = next((at for at in range(first + 1, first + 4) if intent.norm(at) in _WHICH), None)
    apart = asked is not None and (of == 0 or "," in intent.gap(asked - 1, asked))
    return intent.norm(of - 1) in _WHICH or apart


def asks_for_one(intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> bool:
    """ "which place has the highest …": one thing, and not one for each of several."""
    named = [m for m in mentions if m.role == "group"]
    grouped = [m for at, m in enumerate(named) if not any(m.same_as(other) for other in named[:at])]
    cues = cues_of(spans, "top", "bottom")
    if len(grouped) == 1 and cues and grouped[0].first == 0 and intent.norm(0) == "who":
        return all(c.number is None for c in cues)
    if len(grouped) == 1 and cues and _is_one_of_them(intent, grouped[0]):
        return True
    if not grouped:
        behind = {c.last + 1 for c in cues if c.number is None}
        units = (s for s in spans if s.what == "time" and s.first == s.last and s.first in behind)
        daily = any(intent.tokens[s.first].norm.endswith("ly") for s in units)  # "the maximum daily output"
        return bool(cues) and (daily or asks_when(intent, spans) or any(_is_one_unit(intent, s) for s in spans))
    if len(grouped) > 1:
        grouped = [m for m in grouped if any(c.last + 1 == m.first and c.number is None for c in cues)]
    if len(grouped) != 1 or not cues:
        return False
    own = grouped[0]
    said = [t.norm for t in intent.tokens[own.first : own.last + 1]]
    word = intent.tokens[own.first + said.index("of") - 1 if "of" in said[1:] else own.last]
    behind_cue = any(c.last < own.first and c.last + 2 >= own.first for c in cues_of(spans, "group"))
    first_of_them = any(c.last + 1 == own.first for c in cues)  # "by the best place"
    return word.is_one and not ((behind_cue and not first_of_them) or word.norm.endswith("wise"))


def asks_when(intent: Intent, spans: tuple[Span, ...]) -> bool:
    """ "when was A highest"."""
    return intent.norm(0) == "when" and any(c.first == 0 for c in cues_of(spans, "trend"))


def is_extreme_of_a_level(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> bool:
    """ "the maximum A in 2025", "peak A last year", of one level and of no groups: the day on which it was that, of all
    that it was kept on."""
    cues, measured = cues_of(spans, "top", "bottom"), [m for m in mentions if m.role in MEASURED]
    metrics = catalogue.metrics_meant(t.asset_id for m in measured for t in m.targets)
    if len(cues) != 1 or len(measured) != 1 or not all(m.is_stock and not m.target_of for m in metrics):
        return False
    own, said = cues[0], {t.norm for t in intent.tokens[cues[0].first : cues[0].last + 1]}
    grouped = any(m.role in ("group", "compared") for m in mentions) or any(is_time(s, "grain") for s in spans)
    between = {intent.norm(at) for at in range(own.last + 1, measured[0].first)}
    begins = own.last < measured[0].first and between <= ARTICLES | {"of", "number", "level", "value"}
    alone = own.number is None and own.nth is None and not own.both_ends
    return begins and alone and not grouped and said <= _EXTREME and any(is_time(s, "time") for s in spans)


def _is_one_of_them(intent: Intent, group: Mention) -> bool:
    """ "of all places, which has the most", "which of them has": one of them, whatever else they are called by."""
    before = {t.norm for t in intent.tokens[max(group.first - 3, 0) : group.first]}
    which = any(intent.norm(at) in _WHICH and intent.norm(at + 1) == "of" for at in range(group.first - 4, group.first))
    if which and intent.norm(group.last + 1) in _ONE_DOES:
        return True
    asked = (t.norm for t in intent.tokens[group.last + 1 : group.last + 6])
    words = list(itertools.dropwhile(lambda norm: norm not in _WHICH, asked))
    return bool(before & _AMONG) and len(words) > 1 and words[1] in _ONE_DOES


def _is_one_unit(intent: Intent, span: Span) -> bool:
    """ "which month", and not "which months" or "by month"."""
    word, before = intent.tokens[span.last], intent.tokens[max(span.first - 1, 0)].norm
    grain = isinstance(span.value, TimeSpan) and span.value.found.type == "grain"
    return grain and word.text.lower() == word.norm in _UNITS_OF_TIME and before not in ("by", "per", "each", "every")


def of_each(intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> str | None:
    """ "the top thing of each place", "the top things by A per day": a ranking within every group, or of what is shared
    out, and not one over all of them."""
    grouped = [m for m in mentions if m.role == "group"]
    if not grouped or not cues_of(spans, "top", "bottom"):
        return None
    each = [m.text for m in grouped if m.first and intent.tokens[m.first - 1].norm in EACH and len(grouped) > 1]
    units = (s.value.found.text for s in spans if isinstance(s.value, TimeSpan) and is_time(s, "grain"))
    shared_out = (u for u in units if u.casefold().startswith("per "))
    return next(iter([*each, *shared_out]), None)
