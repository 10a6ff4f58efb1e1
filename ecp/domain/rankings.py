"""Words for an order: how many of it, from which place and which end, and each order once, however often it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from ecp.domain.language import (
    ARTICLES,
    BRINGING,
    EXTREMES,
    NUMBER_WORDS,
    ORDINALS,
    REQUESTS,
    SIDE_BY_SIDE,
    SUPERLATIVES,
    Cue,
)
from ecp.domain.words import Token

_HAVING = BRINGING | {"with", "having", "have", "has", "had", "by", "contribute", "generate", "record"}
_LEADING_ON_TO_A_LIMIT = REQUESTS | ARTICLES | {"me", "us", "just", "only"}
_SENTENCE_ENDS = re.compile(r"[.?!;–—]|\s-\s")
_CLAUSE_ENDS = re.compile(r"[.?!;,–—]|\s-\s")
_ASKING_AGAIN = frozenset({"which", "what", "who", "and", "one", "the", "have", "has", "had", "is", "are", "do"})
_BETWEEN_ENDS = SIDE_BY_SIDE | {"the", "which", "what", "has", "have", "had", "is"}


class Ranked(NamedTuple):
    """The cues, each order once; `idle` are the positions of the words that only say it again."""

    cues: tuple[Cue, ...]
    idle: frozenset[int]


def as_told_once(cues: tuple[Cue, ...], words: tuple[Token, ...], text: str) -> Ranked:
    limited = tuple(_from_both_ends(tuple(with_limits(cues, words, text)), words))
    again = _told_again(limited, words) | _limited_behind(limited, words, text) | _other_end(limited, words, text)
    idle = frozenset(at for cue in again for at in range(cue.first, cue.last + 1))
    return Ranked(tuple(_once(c, again) for c in limited if c not in again), idle)


def _from_both_ends(cues: tuple[Cue, ...], words: tuple[Token, ...]) -> Iterator[Cue]:
    """ "the highest and the lowest", "top 3 and bottom 3": one order, of which both ends are wanted."""
    at = 0
    while at < len(cues):
        both = _both_ends(cues[at], cues[at + 1], words) if at + 1 < len(cues) else None
        yield both or cues[at]
        at += 2 if both else 1


def _both_ends(one: Cue, other: Cue, words: tuple[Token, ...]) -> Cue | None:
    if {one.kind, other.kind} != {"top", "bottom"} or one.nth or other.nth:
        return None
    between = [w.norm for w in words[one.last + 1 : other.first]]
    alike = one.number in (None, other.number) or other.number is None
    if not alike or SIDE_BY_SIDE.isdisjoint(between) or not _BETWEEN_ENDS.issuperset(between):
        return None
    return one.model_copy(update={"last": other.last, "number": one.number or other.number, "both_ends": True})


def with_limits(cues: tuple[Cue, ...], words: tuple[Token, ...], text: str) -> Iterator[Cue]:
    """ "top 5", "5 largest": the number belongs to the cue. "top 5%" is something else."""
    at = 0
    while at < len(cues):
        twice = _said_twice(cues[at : at + 2], words)
        yield twice or _limited(cues[at], words, text)
        at += 2 if twice else 1


def _said_twice(cues: tuple[Cue, ...], words: tuple[Token, ...]) -> Cue | None:
    """ "the top three most", "bottom five lowest": one superlative, which the second word says."""
    kinds = [c.kind for c in cues]
    if kinds not in (["top", "top"], ["top", "bottom"], ["bottom", "bottom"]) or cues[0].last + 2 != cues[1].first:
        return None
    number = count_at(words, cues[0].last + 1)
    return cues[1].model_copy(update={"first": cues[0].first, "number": number}) if number else None


def _told_again(cues: tuple[Cue, ...], words: tuple[Token, ...]) -> dict[Cue, Cue]:
    """ "the top five places with the highest A": the first of the two only says how many, by the second; and so does
    the "by" of "by the highest A"."""
    found: dict[Cue, Cue] = {}
    for one, other in pairwise(c for c in cues if c.kind in ("top", "bottom")):
        before = {w.norm for w in words[max(other.first - 2, one.last + 1) : other.first]}
        whose = {w.norm for w in words[max(other.first - 3, one.last + 1) : other.first]} & {"who", "that", "which"}
        first = words[one.first].norm
        alike = first == "top" or (one.kind == other.kind and (first == "bottom" or one.number is not None))
        between = [c for c in cues if one.last < c.first < other.first]
        by = [c for c in between if c.kind == "group" and c.last == other.first - 1]
        plainly = other.number is None and words[other.last].norm in SUPERLATIVES | EXTREMES
        if alike and plainly and other.first - one.last > 1 and (before & _HAVING or whose) and between == by:
            found |= dict.fromkeys((one, *by), other)
    return found


def _limited_behind(cues: tuple[Cue, ...], words: tuple[Token, ...], text: str) -> dict[Cue, Cue]:
    """ "which places have the most A? Show the top 5": the second sentence only says how many; and so does "(top 5)",
    whichever end it is of."""
    ranked = [c for c in cues if c.kind in ("top", "bottom")]
    if len(ranked) != 2 or ranked[0].number is not None or ranked[1].number is None:
        return {}
    one, other = ranked
    said, bracketed = words[other.first].norm, text[: words[other.first].start].endswith("(")
    alike = (said == one.kind or (said == "top" and bracketed)) and other.last == len(words) - 1
    first = other.first
    while first > one.last + 1 and words[first - 1].norm in _LEADING_ON_TO_A_LIMIT:
        first -= 1
    ended = bool(_SENTENCE_ENDS.search(text[words[first - 1].end : words[first].start]))
    return {other: one} if alike and ended else {}


def _other_end(cues: tuple[Cue, ...], words: tuple[Token, ...], text: str) -> dict[Cue, Cue]:
    """ "which places have the most A? Which have the least?", "which place has the most A, and which the fewest A": the
    second question is for the other end of the first one's order, of the same and by the same."""
    ranked = [c for c in cues if c.kind in ("top", "bottom")]
    if len(ranked) != 2 or ranked[0].kind == ranked[1].kind or any(c.nth or c.number for c in ranked):
        return {}
    one, other = ranked
    begins = (at for at in range(one.last + 1, other.first) if _asks_again(words, at, text))
    start = next(begins, None)
    if start is None:
        return {}
    said, asked = ([w.norm for w in words[i:j]] for i, j in ((0, one.first), (start, other.first)))
    by, again = ([w.norm for w in words[i:j]] for i, j in ((one.last + 1, start), (other.last + 1, len(words))))
    by = by[:-1] if by[-1:] == ["and"] else by
    return {other: one} if set(asked) <= {*said, *_ASKING_AGAIN} and again in ([], by) else {}


def _asks_again(words: tuple[Token, ...], at: int, text: str) -> bool:
    """Whether another question begins there."""
    ended = bool(_CLAUSE_ENDS.search(text[words[at - 1].end : words[at].start])) or words[at - 1].norm == "and"
    return ended and words[at].norm in ("which", "what", "who", "and")


def _once(cue: Cue, again: Mapping[Cue, Cue]) -> Cue:
    one = next((c for c, other in again.items() if other == cue), None)
    if one is not None and {one.kind, cue.kind} == {"top", "bottom"} and one.first > cue.first and one.number is None:
        return cue.model_copy(update={"both_ends": True})
    return cue if one is None else cue.model_copy(update={"number": one.number})


def _limited(cue: Cue, words: tuple[Token, ...], text: str) -> Cue:
    limited = _with_limit(cue, words) if cue.kind in ("top", "bottom") else cue
    return cue if text[words[limited.last].end :].lstrip().startswith("%") else limited


def _with_limit(cue: Cue, words: tuple[Token, ...]) -> Cue:
    after, before = count_at(words, cue.last + 1), count_at(words, cue.first - 1)
    after = None if _begins_a_list(words, cue.last + 1) else after
    if after is not None:
        selling = [w.norm for w in words[cue.last + 2 : cue.last + 3]]  # "top 5 selling"
        last = cue.last + 1 + (selling in (["selling"], ["performing"]))
        return Cue(kind=cue.kind, first=cue.first, last=last, number=after)
    if nth := ORDINALS.get(words[cue.first - 1].norm if cue.first else ""):
        return Cue(kind=cue.kind, first=cue.first - 1, last=cue.last, number=1, nth=nth)
    if before is None and cue.first and words[cue.first - 1].norm == "single":  # "the single largest"
        before = 1
    if before is not None:
        return Cue(kind=cue.kind, first=cue.first - 1, last=cue.last, number=before)
    return cue


def _begins_a_list(words: tuple[Token, ...], at: int) -> bool:
    """ "the most 1 or 2-star cases": numbers of what is counted, and not how many are wanted."""
    joined = at + 2 < len(words) and words[at + 1].norm in SIDE_BY_SIDE | {"to"}
    return joined and count_at(words, at + 2) is not None


def count_at(words: tuple[Token, ...], at: int) -> int | None:
    if not 0 <= at < len(words):
        return None
    norm = words[at].norm
    number = int(norm) if norm.isascii() and norm.isdigit() and len(norm) <= 4 else NUMBER_WORDS.get(norm)
    return number if number and number <= 1000 else None
