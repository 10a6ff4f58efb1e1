"""The smallest rules. A rule takes the tokens and a place, and gives what it read and the place after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps

from ecp.domain.calendar import GRAINS, Basis, Grain
from ecp.domain.time.expressions import Expression, Month, Year
from ecp.domain.time.lexer import Token, Tokens
from ecp.domain.time.vocabulary import word_set

Found = tuple[Expression, int] | None
Rule = Callable[[Tokens, int], Found]

FEW = frozenset({"few", "several"})
_BOUND_TO_WORD = frozenset("_@#$€£.:")
_BEFORE_MAY = word_set(
    "in of since until till from during by through to before after between and or vs versus against for on "
    "ending ended last this next end start beginning late early mid is was were did does - / , than"
)
_SUBJECTS = word_set(
    "i we you they he she it that who which what there these those one some many much most people everyone "
    "anyone someone nobody how why when where the a an our your their my its not"
)
_VERBS = word_set(
    "be have has need want see get know ask also contain include show vary differ exceed affect impact cause "
    "lead explain fall rise drop grow decline increase decrease change become help indicate depend result miss "
    "still well only never require use apply happen go look seem take make give come contribute reach remain "
    "suggest mean represent hold cancel leave expect exist occur"
)
_BEHIND_A_MONTH = word_set(
    "and or by in for from to with vs versus compared against of on per over than at as across split broken"
)
_ASKING = word_set("which who that what whose where")


def skip(t: Tokens, i: int, *words: str) -> int:
    """The place after one of these words, if it stands here."""
    return i + 1 if t[i].word in words else i


class Phrases:
    """Several phrases, the first that stands at a place counts; hyphens between their words are allowed."""

    __slots__ = ("_by_first",)

    def __init__(self, *phrases: str) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in phrases:
            first, *rest = phrase.split()
            self._by_first.setdefault(first, []).append(tuple(rest))

    @property
    def firsts(self) -> Iterable[str]:
        return self._by_first.keys()

    def at(self, t: Tokens, i: int) -> int:
        """The place after it, 0 when none stands here."""
        for rest in self._by_first.get(t[i].word, ()):
            if j := _rest(t, i + 1, rest):
                return j
        return 0


def _rest(t: Tokens, i: int, words: tuple[str, ...]) -> int:
    for word in words:
        if t[i].word == "-" and word != "-":
            i += 1
        if t[i].word != word:
            return 0
        i += 1
    return i


def remembered(rule: Rule) -> Rule:
    """The rule, asked once for each place of a text."""
    name = f"{rule.__module__}.{rule.__name__}"

    @wraps(rule)
    def ask(t: Tokens, i: int) -> Found:
        key = (name, i)
        if key in t.memo:
            known: Found = t.memo[key]
            return known
        found = t.memo[key] = rule(t, i)
        return found

    return ask


def longest(t: Tokens, i: int, rules: Iterable[Rule]) -> Found:
    best: Found = None
    for rule in rules:
        found = rule(t, i)
        if found and (best is None or found[1] > best[1]):
            best = found
    return best


def is_year(token: Token) -> bool:
    return token.kind == "number" and token.size == 4 and 1900 <= token.number <= 2100


def is_short_year(token: Token) -> bool:
    return token.kind == "number" and token.size == 2


def count(t: Tokens, i: int) -> tuple[int | None, int] | None:
    """`3`, `three`, `twenty-four`, `a`, `a couple of`, `a dozen`; None counted is "a few"."""
    j = i + 1 if t[i].word in ("a", "an", "one") and t[i + 1].word in ("couple", "dozen", "few") else i
    token = t[j]
    if token.kind == "number":
        return token.number, j + 1
    if token.word in FEW:
        return None, j + 1
    if token.word in ("a", "an"):
        return 1, j + 1
    if token.kind != "count":
        return None
    value, j = token.value, skip(t, j + 1, "of") if token.word == "couple" else j + 1
    k = skip(t, j, "-")
    if value >= 20 and t[k].kind == "count" and t[k].value < 10:
        return value + t[k].value, k + 1
    return value, j


def grain_of(said: Expression) -> Grain | None:
    """The unit that a time is told by; None of days and of stretches."""
    named: Grain | None = "month" if isinstance(said, Month) else "year" if isinstance(said, Year) else None
    told = getattr(said, "grain", None)
    return named or (told if told in GRAINS else None)


def is_longer(said: Expression, grain: Grain) -> bool:
    """Whether a time is told by a longer unit than this one: "month-end 2025" is of no day."""
    told = grain_of(said)
    return told is not None and GRAINS.index(told) > GRAINS.index(grain)


def possessive(t: Tokens, i: int) -> int:
    """The place after `'s` or a bare apostrophe that ends a word."""
    if t[i].word == "'" and t[i].glued:
        if t[i + 1].word == "s" and t[i + 1].glued:
            return i + 2
        if t[i - 1].word.endswith("s") and not t[i + 1].glued:
            return i + 1
    return i


def basis(t: Tokens, i: int) -> tuple[Basis | None, int]:
    return (t[i].value, i + 1) if t[i].kind == "basis" else (None, i)


def is_month(t: Tokens, i: int, j: int) -> bool:
    """Whether the month name at `i` is one when the phrase goes on at `j`: "may" is a verb behind its subject
    and before another verb, whatever its case."""
    if t[i].word != "may":
        return True
    before, after = t[i - 1].word if i else "", t[j]
    if before in _BEFORE_MAY or (before == "the" and after.kind == "unit"):
        return True
    if before in _SUBJECTS or after.word in _VERBS or after.word in _SUBJECTS:
        return False
    alone = i == 0 or not t[i - 1].alphanumeric or t[i].text == "May"
    ends = after.kind != "word" or after.word in _BEHIND_A_MONTH
    return alone or ends or not any(token.word in _ASKING for token in t[max(0, i - 4) : i])


def spelled(t: Tokens, i: int, j: int) -> str:
    """What stands between the two places, as it was written."""
    return "".join(token.text if k == 0 or token.glued else f" {token.text}" for k, token in enumerate(t[i:j]))


def open_on_left(t: Tokens, i: int) -> bool:
    """Nothing is written onto the token from the left that makes it part of another word."""
    if i == 0 or not t[i].glued:
        return True
    before = t[i - 1]
    if before.alphanumeric or before.word in _BOUND_TO_WORD:
        return False
    return before.text not in "-'" or not before.glued or not t[i - 2].alphanumeric


def open_on_right(t: Tokens, j: int) -> bool:
    after = t[j]
    if not after.glued or after.kind == "end":
        return True
    if after.alphanumeric or after.word in "_@%$€£":
        return False
    joined = t[j + 1].glued and t[j + 1].alphanumeric
    if after.text == "–" and joined and t[j + 1].kind == "number":
        return False
    return not (joined and (after.text in "-.'" or after.word == ":"))
