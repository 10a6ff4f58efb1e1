"""Words of a question that goes on from another which say something of that one: "for all places", "in total", "both",
"instead of A"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from ecp.domain.answer import Kind
from ecp.domain.averages import of_another_unit
from ecp.domain.intent import TimeSpan
from ecp.domain.language import ALL_OF, ARTICLES, EVERYTHING, IN_TOTAL, INSTEAD_OF, OVERALL
from ecp.domain.mentions import CUT, MEASURED, Mention
from ecp.domain.reading import Reading
from ecp.domain.values import Value
from ecp.domain.words import Token, tokens

_BEFORE_A_NAME = ARTICLES | {"our", "its", "their", "by", "per", "in", "for"}
_BOTH = frozenset({"both"})
_AND = frozenset({"and", "or"})


class Anew(Value):
    """What a follow-up says of the question before it: `freed` is what all is wanted of (`summed`: as one, and not one
    by one), `replaced` what something else is wanted instead of. `total` (`overall`: of everything there is),
    `everything` and `both` are these very words, where they are not said of something beside them. `reading` is the
    question without what only names what it wants no more."""

    reading: Reading
    freed: tuple[Mention, ...] = ()
    summed: tuple[Mention, ...] = ()
    replaced: tuple[Mention, ...] = ()
    replaced_times: tuple[TimeSpan, ...] = ()
    total: str | None = None
    overall: bool = False
    everything: str | None = None
    both: str | None = None


def said_anew(text: str, reading: Reading) -> Anew:
    """What the words of a follow-up, read as `reading`, say of the question before it."""
    return _Words(tokens(text), reading).anew()


def over_another_unit(old: Reading, new: Reading, text: str, passing: Collection[str]) -> Reading:
    """ "per B", behind an average per A: the average over those, and no course of them."""
    average = of_another_unit(old.average, text, new.mentions, new.times, passing)
    if average is None or new.numbers or new.ranking:
        return new
    kind: Kind = "metric" if average.unit else new.kind
    return new.model_copy(update={"average": average, "kind": kind, "times": ()})


def head_of_list(
    mention: Mention, mentions: Iterable[Mention], words: tuple[Token, ...], *, side_by_side: bool = False
) -> Mention:
    """The first of those that are named with this one, "A and B", or itself; `side_by_side`: of "A, B", too."""
    head = mention
    for other in sorted(mentions, key=lambda m: m.first, reverse=True):
        between = {w.norm for w in words[other.last + 1 : head.first]}
        joined = between & _AND or (side_by_side and not between)
        if other.last < head.first and joined and between <= _AND | ARTICLES:
            head = other
        elif other.last < head.first:
            break
    return head


@dataclass(frozen=True)
class _Words:
    words: tuple[Token, ...]
    reading: Reading

    def anew(self) -> Anew:
        replaced = [m for m in self.reading.mentions if self._is_instead_of(self._head(m).first)]
        times = [t for t in self.reading.times if self._is_instead_of(t.first)]
        freed = [m for m in self.reading.mentions if m.kinds & CUT and self._all_before(m) is not None]
        kept = tuple(m for m in self.reading.mentions if m not in replaced)
        rest = tuple(t for t in self.reading.times if t not in times)
        unwanted = {m.text for m in replaced if m.role in MEASURED}
        left = tuple(text for text in self.reading.left if text not in unwanted)
        reading = self.reading.model_copy(update={"mentions": kept, "times": rest, "left": left})
        total = None if self._is_cut(reading) else next(self._free(IN_TOTAL, of=MEASURED), None)
        return Anew(
            reading=reading,
            freed=tuple(freed),
            summed=tuple(m for m in freed if self._all_before(m) == "all"),
            replaced=tuple(replaced),
            replaced_times=tuple(times),
            total=total.text if total else None,
            overall=total is not None and (total.norm in OVERALL or self._before(total) == "in"),
            everything=next((w.text for w in self._free(EVERYTHING)), None),
            both=next((w.text for w in self._free(_BOTH)), None) if len(kept) + len(rest) < 2 else None,
        )

    def _head(self, mention: Mention) -> Mention:
        return head_of_list(mention, self.reading.mentions, self.words)

    @staticmethod
    def _is_cut(reading: Reading) -> bool:
        return bool(reading.of("group")) or any(t.found.type == "grain" for t in reading.times)

    def _is_instead_of(self, first: int) -> bool:
        before = [self.words[at].norm for at in range(first) if self.words[at].norm not in _BEFORE_A_NAME]
        return tuple(before[-2:]) in INSTEAD_OF

    def _all_before(self, mention: Mention) -> str | None:
        before = (self.words[at].norm for at in range(self._head(mention).first - 1, -1, -1))
        word = next((w for w in before if w not in ARTICLES | {"of", "our", "its", "their"}), "")
        return word if word in ALL_OF else None

    def _before(self, word: Token) -> str | None:
        return next((w.norm for w in reversed(self.words) if w.end <= word.start), None)

    def _free(self, wanted: Iterable[str], of: Iterable[str] = ()) -> Iterator[Token]:
        """These words where they are no part of a name, and not said of such a one right behind them."""
        named = {at for m in self.reading.mentions for at in range(m.first, m.last + 1)}
        said = {m.first - 1 for m in self.reading.mentions if m.role in set(of)}
        yield from (w for at, w in enumerate(self.words) if w.norm in wanted and at not in named | said)
