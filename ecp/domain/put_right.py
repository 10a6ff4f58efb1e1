"""What a question that goes on from another puts right: "no, B", "sorry, B", "I meant B", "not A but B", B in the
place of what was not understood, and "all of them" of the first ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from ecp.domain.language import GOING_ON
from ecp.domain.reading import Reading
from ecp.domain.words import Token, tokens

# At the head of a question: only said in passing, where a pause or another one follows.
_OPENERS = frozenset({"no", "nope", "wait", "sorry", "oops", "pardon", "apologies", "actually"})
_MEANING = frozenset({"mean", "meant"})
_ONLY = frozenset({"only", "just", "merely", "all", "every", "any"})
_BEFORE_A_PLACE = frozenset({"in", "for", "at"})
_JOINED = frozenset({"and", "or", "vs", "versus", "but", "not", "except", "excluding", "without", "than"})
_REST = frozenset({"else", "other", "others", "rest", "everything", "everyone", "everybody", "everywhere"})
_ALL_OF_THEM = frozenset({"all", "of", "them", "show", "list", "me", "and", "now", "please"})
_PASSING = GOING_ON | {"in", "for", "at", "the", "please", "with"} - {"instead"}


def put_right(text: str, names: Collection[str]) -> str:
    """The text without what only says that it puts something right. A word that is among the `names` of the enterprise
    says no such thing."""
    words, at = tokens(text), 0
    while at < len(words):
        if _is_opener(text, words, at, names):
            at += 1
        elif words[at].norm == "i" and at + 2 < len(words) and words[at + 1].norm in _MEANING:
            at += 2
        else:
            break
    return text[words[at].start :] if 0 < at < len(words) else text


def _is_opener(text: str, words: tuple[Token, ...], at: int, names: Collection[str]) -> bool:
    if at + 1 >= len(words) or words[at].norm not in _OPENERS or words[at].norm in names:
        return False
    behind = words[at + 1].norm
    return _pauses(text, words[at], words[at + 1]) or behind in _OPENERS or behind == "i" or words[at].norm == "sorry"


def _pauses(text: str, one: Token, other: Token) -> bool:
    """Whether there is a stop, and no mere hyphen, between two words."""
    between = text[one.end : other.start]
    return any(mark in between for mark in ",.;:!?–—") or between.strip() == "-" != between


def all_of_them(text: str, old: Reading) -> str:
    """ "all of them", "show all", behind the first of places: "all places"."""
    said = {w.norm for w in tokens(text)}
    groups, ranking = old.of("group"), old.ranking
    limited = ranking is not None and (ranking.number or old.singular)
    if not limited or len(groups) != 1 or old.within or old.each or not {"all"} <= said <= _ALL_OF_THEM:
        return text
    return f"all {groups[0].text}"


def instead_of(text: str) -> Iterator[tuple[str, bool]]:
    """ "not A but B", "not A, B", "B, not A" as "B instead of A", and whether it can mean nothing else."""
    words = tokens(text)
    said = [w.norm for w in words]
    if said.count("not") != 1 or said.count("but") > 1 or "instead" in said or said[-1] == "not":
        return
    at = said.index("not")
    if _ONLY & set(said[at + 1 : at + 2]) or _REST & set(said):
        return
    if at > 0:
        if "but" not in said and _pauses(text, words[at - 1], words[at]):
            yield f"{text[: words[at - 1].end]} instead of {text[words[at + 1].start :]}", False
        return
    if "but" in said[2:-1]:
        but = said.index("but")
        yield _turned(text, words, but - 1, but + 1), True
        return
    stops = [i for i in range(1, len(words) - 1) if _pauses(text, words[i], words[i + 1])]
    if len(stops) == 1:
        yield _turned(text, words, stops[0], stops[0] + 1), False


def _turned(text: str, words: tuple[Token, ...], last: int, first: int) -> str:
    unwanted = text[words[1].start : words[last].end]
    return f"{text[words[first].start :].rstrip(' ?.!')} instead of {unwanted}"


def in_its_place(old: Reading, old_text: str, new: Reading, new_text: str, is_word: Callable[[str], bool]) -> Reading:
    """The earlier reading without the one thing in it that was not understood, where the new question names nothing but
    what belongs there: a member in the place of an unknown one, with no other member beside it."""
    words = tokens(old_text)
    unknown = [t.norm for t in tokens(old.left[0])] if len(old.left) == 1 else []
    said = [w.norm for w in words]
    places = [i for i in range(1, len(said)) if unknown and said[i : i + len(unknown)] == unknown]
    named = {at for m in new.mentions for at in range(m.first, m.last + 1)}
    rest = {w.norm for at, w in enumerate(tokens(new_text)) if at not in named}
    if len(places) != 1 or not new.of("member") or any(m.role != "member" for m in new.mentions):
        return old
    if new.left or new.times or new.numbers or new.paths or not rest <= _PASSING:
        return old
    at, behind = places[0], places[0] + len(unknown)
    names = all(old_text[w.start : w.end].istitle() and not is_word(w.norm) for w in words[at:behind])
    alone = names and not old.of("member", "excluded", "compared") and not old.paths
    beside = set(said[behind : behind + 1]) | set(said[max(at - 2, 0) : at])
    if not alone or said[at - 1] not in _BEFORE_A_PLACE or beside & _JOINED:
        return old
    return old.model_copy(update={"left": ()})
