"""What a question that goes on from another takes away of it: "drop the comparison", "without the filter on A"."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from ecp.domain.language import ARTICLES, DIFFERENCES, TAKEN_AWAY, TAKING_AWAY, TARGETS
from ecp.domain.values import Value
from ecp.domain.words import Token, tokens

What = Literal["comparison", "grouping", "ranking", "filters", "named"]
_DETERMINERS = ARTICLES | {"any", "all", "that", "this", "its", "of"}
_BEFORE_ITS_NAME = frozenset({"on", "for", "to", "by", "of"})
_GOES_ON = frozenset({"and", "again", "please", "then", "but"})
_FARTHEST = 5
_COMPARED = TARGETS | DIFFERENCES | {"growth", "change"}
_BEFORE_THE_VERB = _GOES_ON | {"now", "can", "could", "you", "let", "us", "ok", "okay", "same"}
_PUTTING_BACK = frozenset({"with", "including", "include", "add", "bring", "put"})
_BACK = frozenset({"again", "back", "in", "please", "too", "now"})
_ALONE = frozenset({"only", "just", "instead", "rather"})


class Away(Value):
    """One thing that is taken away. `name` is where the text says whose filter it is, or what is `named`; none is all
    of them."""

    what: What
    text: str
    name: int | None = None


class Named(Value):
    """The text without the verb that takes away what it names; `drops`: the verb says so of what is shown, and nothing
    of what numbers are without."""

    text: str
    away: Away
    drops: bool


def taken_by_name(text: str) -> Named | None:
    """ "drop A", "and without B please": what takes away a part by its name, and says nothing else."""
    words = tokens(text)
    at = _verb(words)
    first = next((i for i in range(at + 1, len(words)) if words[i].norm not in _DETERMINERS), None)
    if first is None or words[at].norm not in TAKING_AWAY:
        return None
    verb, name = words[at], words[first].start
    told = text[verb.start : words[-1].end]
    if first == len(words) - 1 and words[first].norm in _COMPARED:
        return Named(text=" " * name + text[name:], away=Away(what="comparison", text=told), drops=True)
    away = Away(what="named", text=told, name=name)
    return Named(text=" " * name + text[name:], away=away, drops=verb.norm not in ("without", "no"))


def put_back_by_name(text: str) -> Named | None:
    """ "with A again", "put A back": what would take away that A is left out, where it is."""
    words = tokens(text)
    at, end = _verb(words), len(words)
    while end and words[end - 1].norm in _BACK:
        end -= 1
    first = next((i for i in range(at + 1, end) if words[i].norm not in _DETERMINERS | _BACK), None)
    if first is None or words[at].norm not in _PUTTING_BACK or _ALONE & {w.norm for w in words}:
        return None
    name, last = words[first].start, words[end - 1].end
    away = Away(what="named", text=text[words[at].start : words[-1].end], name=name)
    return Named(text=" " * name + text[name:last], away=away, drops=False)


def _verb(words: tuple[Token, ...]) -> int:
    """Where what is only said in passing ends."""
    return next((i for i, w in enumerate(words) if w.norm not in _BEFORE_THE_VERB), len(words))


def taken_away(text: str, names: Collection[str]) -> tuple[str, tuple[Away, ...]]:
    """The text with blanks in place of what only says that something is taken away, and what that is. A word that is
    among the `names` of the enterprise is no such word."""
    words = tokens(text)
    found = list(_found(text, words, names))
    for _, masked in found:
        for word in masked:
            text = text[: word.start] + " " * (word.end - word.start) + text[word.end :]
    return text, tuple(away for away, _ in found)


def _found(text: str, words: tuple[Token, ...], names: Collection[str]) -> Iterator[tuple[Away, list[Token]]]:
    at = 0
    while at < len(words):
        end = _thing(words, at, names) if words[at].norm in TAKING_AWAY else None
        if end is not None and (read := _read(text, words, at, end)):
            yield read
            at = end
        at += 1


def _thing(words: tuple[Token, ...], verb: int, names: Collection[str]) -> int | None:
    near = range(verb + 1, min(verb + _FARTHEST, len(words)))
    return next((at for at in near if words[at].norm in TAKEN_AWAY and words[at].norm not in names), None)


def _read(text: str, words: tuple[Token, ...], verb: int, thing: int) -> tuple[Away, list[Token]] | None:
    what = TAKEN_AWAY[words[thing].norm]
    between = range(verb + 1, thing)
    named = [at for at in between if words[at].norm not in _DETERMINERS]
    masked = [words[at] for at in (verb, *(at for at in between if at not in named), thing)]
    behind = thing + 1
    if what != "filters" and (named or not _ends(text, words, behind)):
        return None
    if not named and behind < len(words) and words[behind].norm in _BEFORE_ITS_NAME:
        named = [at for at in range(behind + 1, len(words)) if words[at].norm not in ARTICLES][:1]
        masked += words[behind : named[0] if named else len(words)]
    name = words[named[0]].start if named else None
    return Away(what=what, text=text[words[verb].start : words[thing].end], name=name), masked


def _ends(text: str, words: tuple[Token, ...], at: int) -> bool:
    """Nothing more is said of it: what it was of would be dropped."""
    if at >= len(words) or words[at].norm in _GOES_ON:
        return True
    return bool(text[words[at - 1].end : words[at].start].strip())
