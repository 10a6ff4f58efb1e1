"""Orders told within each of some groups: "the top three authors of each place"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ecp.domain.calendar import MONTHS_IN
from ecp.domain.cover import Span, cues_of, is_time
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import ARTICLES, Cue
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.rankings import count_at
from ecp.domain.time import GrainMention

_ASKING = frozenset({"which", "what", "who"})
_EACH_ONE = frozenset({"each", "every", "within"})
_THEIRS = frozenset({"their", "its", "it"})


@dataclass(frozen=True)
class _Cut:
    """A group, or a unit of time, by its text and place; `what`: by what it cuts, however it is called; `long`: a month
    or longer."""

    text: str
    first: int
    last: int
    what: frozenset[str]
    timed: bool = False
    long: bool = False


@dataclass(frozen=True)
class Within:
    """The texts of what an order is told within; `singular`: one of each is asked for; `leading`: the text of what
    comes first in all, of which more is told."""

    groups: tuple[str, ...] = ()
    singular: bool = False
    leading: str | None = None


def ranked_within(
    intent: Intent, spans: tuple[Span, ...], mentions: Iterable[Mention], *, develops: bool = False
) -> Within:
    """Of several cuts in one ranking those that are not ranked, where each of them is said to be one by one; "A by
    month of the top three authors" tells more of those three. "The highest A per place" may be a quotient, and is
    left; so may "the top three authors by A per day", but not "per month". `develops`: how it did so is asked for."""
    named = tuple(mentions)
    cuts = sorted([*_groups(named), *_units(spans)], key=lambda c: c.first)
    told = cues_of(spans, "top", "bottom")
    if len(cuts) == 1 and told and (develops or cues_of(spans, "trend")):
        return Within(leading=cuts[0].text, singular=intent.tokens[cuts[0].last].is_one)
    if len(cuts) < 2 or not (told or cues_of(spans, "sort", "sort_up")):
        return Within()
    measured = {at: m.first for m in named if m.role in MEASURED for at in range(m.first, m.last + 1)}
    ranked = [c for c in cuts if _is_ranked(intent, spans, c, measured)]
    if not ranked:
        ranked = [c for c in cuts if not (_is_one_by_one(intent, c, _EACH_ONE) or _is_said_again(intent, c, cuts))]
    if len(ranked) != 1:
        return Within()
    one = ranked[0]
    every, again = cuts, [c for c in cuts if c != one and c.what & one.what]
    cuts = [c for c in cuts if c not in again and not _is_said_again(intent, c, cuts)]
    if again and len(cuts) < 2:
        return Within()  # "for each place, tell A, and the place with the most"
    groups = _one_by_one(intent, [c for c in cuts if c != one], one, told, measured)
    singular = bool(told) and intent.tokens[one.last].is_one
    if len(groups) + 1 == len(cuts):
        called = (next(c.text for c in every if c.what == group.what) for group in groups)  # by its first name here
        return Within(groups=tuple(called), singular=singular)
    if again:
        return Within()
    more = all(_tells_more(intent, one, c) for c in cuts if c != one)
    return Within(leading=one.text, singular=singular) if told and more and not groups else Within()


def _groups(mentions: Iterable[Mention]) -> Iterable[_Cut]:
    named = (m for m in mentions if m.role == "group")
    return (_Cut(m.text, m.first, m.last, frozenset(m.asset_ids)) for m in named)


def _units(spans: Iterable[Span]) -> Iterable[_Cut]:
    units = (s.value for s in spans if is_time(s, "grain") and isinstance(s.value, TimeSpan))
    for unit in units:
        grain = unit.found.grain if isinstance(unit.found, GrainMention) else None
        what = frozenset({f"by {grain}"} if grain else ())
        yield _Cut(unit.found.text, unit.first, unit.last, what, timed=True, long=grain in MONTHS_IN)


def _is_said_again(intent: Intent, cut: _Cut, cuts: Iterable[_Cut]) -> bool:
    """ "A by place and month, ranked within each month": the month that is one of several goes."""
    others = [c for c in cuts if c != cut and c.what & cut.what]
    return any(_is_one_by_one(intent, c, _EACH_ONE) for c in others) and not _is_one_by_one(intent, cut, _EACH_ONE)


def _is_ranked(intent: Intent, spans: tuple[Span, ...], cut: _Cut, measured: dict[int, int]) -> bool:
    """ "the top 3 places", "which place", "the best-loved places", "places ranked by"."""
    at = cut.first - 1
    before = intent.norm(at)
    if before in _ASKING or count_at(intent.tokens, at) is not None:
        return True
    while at in measured:
        at = measured[at] - 1
    ordering = cues_of(spans, "sort", "sort_up")
    if any(c.last == intent.before(at, ARTICLES) for c in ordering):  # "rank the places"
        return True
    behind = any(c.first == cut.last + 1 and intent.gap(cut.last, c.first).isspace() for c in ordering)
    return behind or any(c.last == at for c in cues_of(spans, "top", "bottom"))


def _one_by_one(
    intent: Intent, cuts: Iterable[_Cut], ranked: _Cut, told: list[Cue], measured: Collection[int]
) -> list[_Cut]:
    """Those of which each is told by itself, and those that are joined to one of them."""
    at_the_cut = any(c.last + 1 == ranked.first for c in told)
    by_unit = at_the_cut and any(at > ranked.last for at in measured)  # "the top three authors by A per month"
    loosely = _EACH_ONE | ({"by"} if told else set()) | ({"per"} if at_the_cut else set())
    found: list[_Cut] = []
    for cut in cuts:
        behind = cut.first > ranked.last and not _is_about_them(intent, ranked, cut)
        behind = behind or intent.norm(ranked.first - 1) in _ASKING  # "by place, which author has the most"
        joined = bool(found) and found[-1].last + 2 >= cut.first and intent.norm(cut.first - 1) == "and"
        words = loosely if behind and not cut.timed else _EACH_ONE
        shared = cut.timed and not cut.long and cut.first > ranked.last + 1
        words = words | {"per"} if behind and cut.timed and by_unit and not shared else words
        if joined or _is_one_by_one(intent, cut, words):
            found.append(cut)
    return found


def _tells_more(intent: Intent, ranked: _Cut, cut: _Cut) -> bool:
    """ "monthly A of the top three authors", "A by place of the top three", "the top three authors, by month"."""
    before = cut.first < ranked.first
    apart = cut.timed or before or _is_about_them(intent, ranked, cut)
    asked = intent.norm(ranked.first - 1) in _ASKING
    per = "per" in (intent.norm(cut.first - 1), intent.norm(cut.first))
    return apart and not asked and (not per or (cut.timed and before))


def _is_about_them(intent: Intent, ranked: _Cut, cut: _Cut) -> bool:
    """ "the top three authors and their books by place"."""
    return any(intent.norm(at) in _THEIRS for at in range(ranked.last + 1, cut.first))


def _is_one_by_one(intent: Intent, cut: _Cut, words: Collection[str]) -> bool:
    at = intent.before(cut.first - 1, ARTICLES | {"of"})
    said = {intent.norm(i) for i in range(cut.first, cut.last + 1)} if cut.timed else set[str]()
    return intent.norm(at) in words or not said.isdisjoint(words)
