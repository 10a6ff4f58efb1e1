"""Words behind a ranking that stand for what it came out with ("their A", "in those places", "then"). Which those are
is known only with its numbers: more is told of them as long as they come out by the very same order, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ecp.domain.answer import EXPLAINS
from ecp.domain.intent import TimeSpan
from ecp.domain.language import BE, EXPLETIVES, OWNING
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.pronouns import TELLING_WHICH
from ecp.domain.reading import Reading
from ecp.domain.values import Value
from ecp.domain.words import Token, tokens

_OF_THEM = frozenset({"them", "they", "their", "theirs", "those", "these", "its", "there", "then"})
_POINTING = frozenset({"those", "these", "that", "this", "same"})
_BEFORE_THEM = frozenset({"of", "in", "for", "from", "with", "at", "on", "by", "to", "about", "among"})
_JOINING = frozenset({"and", "with", "vs", "versus", "against", "to", "plus"})
_OWNERS = OWNING | {"who", "whom", "whose", "owner", "owners", "responsible"}
_MORE = ("ranking", "average", "running", "changed", "counted", "within", "leading", "each", "paths", "numbers")
_NO_PLAIN_ORDER = (
    *("by_change", "share", "average", "running", "combined", "changed", "counted", "numbers", "within", "leading"),
    *("each", "together"),
)


class OfTheFirst(Value):
    """What is said of those that came first: how it says so, the reading without the words for them, the order that
    they are kept by, and whether they would not be the same any more."""

    said: str
    reading: Reading
    order: tuple[Mention, ...] = ()
    lost: bool = False

    @property
    def left(self) -> tuple[str, ...]:
        return (
            (f"{self.said} (which come first is known by their numbers alone: ask of them by name)",)
            if self.lost
            else ()
        )


def of_the_first(
    old: Reading, new: Reading, text: str, is_same: Callable[[TimeSpan, TimeSpan], bool]
) -> OfTheFirst | None:
    """What `new` says of those that the ranking `old` came out with; None where it says nothing of them."""
    words = tokens(text)
    at = next(_words_for_them(old, new, words), None) if old.ranking else None
    if at is None:
        return None
    pointed = tuple(m for m in new.of("group") if _is_pointed_at(words, m) and _is_cut_so(old, m))
    rest = new.model_copy(update={"mentions": tuple(m for m in new.mentions if m not in pointed)})
    found = OfTheFirst(said=words[at].text, reading=rest)
    if new.kind in EXPLAINS:
        thing = bool(old.of("group")) and bool(_OWNERS & {w.norm for w in words})
        return found.model_copy(update={"lost": True}) if thing else None
    timed = any(t.found.type != "comparison" and not any(is_same(t, o) for o in old.times) for t in new.times)
    others = rest.of("group", "member", "excluded", "order", "department") or any(getattr(new, m) for m in _MORE)
    another = timed or bool(others)
    if not new.of("metric"):
        return found.model_copy(update={"lost": True}) if another and _is_limited(old) else None
    order = _order(old)
    divided = new.share is not None
    return found.model_copy(update={"order": order, "lost": another or divided or not order})


def _order(old: Reading) -> tuple[Mention, ...]:
    """The one number that they come out by, where nothing but it decides."""
    ranked = old.of("order") or old.of("metric")
    compared = old.of("target", "compared") or any(t.found.type == "comparison" for t in old.times)
    if len(ranked) != 1 or compared or any(getattr(old, part) for part in _NO_PLAIN_ORDER):
        return ()
    return tuple(m.model_copy(update={"role": "order"}) for m in ranked)


def _is_limited(old: Reading) -> bool:
    return old.ranking is not None and (old.ranking.number is not None or old.singular)


def _is_one(old: Reading) -> bool:
    return old.singular or (old.ranking is not None and old.ranking.number == 1)


def _words_for_them(old: Reading, new: Reading, words: tuple[Token, ...]) -> Iterator[int]:
    """Where words stand for those that came first, and for nothing that is named before them."""
    pointed = {m.first - 1 for m in new.of("group") if _is_pointed_at(words, m) and _is_cut_so(old, m)}
    named = [m for m in new.mentions if m.role not in MEASURED]
    timed = any(t.found.type == "grain" for t in old.times)
    for at, word in enumerate(words):
        if any(m.last < at for m in named) or not (at in pointed or _may_stand_for(words, at, one=_is_one(old))):
            continue
        measured = any(m.last == at - 2 for m in new.of(*MEASURED)) and words[at - 1].norm in _JOINING
        if (word.norm == "then" and not timed) or (word.norm in ("it", "its") and measured):
            continue
        yield at


def _may_stand_for(words: tuple[Token, ...], at: int, *, one: bool) -> bool:
    norm, before, behind = (words[i].norm if 0 <= i < len(words) else "" for i in (at, at - 1, at + 1))
    if norm in ("then", "there"):
        return at > 0 and not behind and before not in BE | {"and"}
    if norm in ("those", "these"):
        return (before in _BEFORE_THEM and behind not in TELLING_WHICH) or not behind
    if norm in ("that", "this"):
        return one and before in _BEFORE_THEM and not behind
    return norm in _OF_THEM or (one and norm == "it" and behind not in EXPLETIVES and before != "make")


def _is_pointed_at(words: tuple[Token, ...], mention: Mention) -> bool:
    return mention.first > 0 and words[mention.first - 1].norm in _POINTING


def _is_cut_so(old: Reading, mention: Mention) -> bool:
    return any(m.asset_ids & mention.asset_ids for m in old.of("group"))
