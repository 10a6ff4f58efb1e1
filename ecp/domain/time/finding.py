"""A question's times, groupings by time and periods to compare with, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from ecp.domain.time.expressions import (
    ComparisonMention,
    Day,
    Expression,
    GrainMention,
    Mention,
    Month,
    Part,
    Range,
    TimeMention,
    Weekday,
    Year,
)  # fmt: skip
from ecp.domain.time.grammar import comparisons, grains
from ecp.domain.time.grammar.basics import open_on_left, open_on_right
from ecp.domain.time.grammar.comparisons import Comparison, Context, after_mention, comparison, separates, widen
from ecp.domain.time.grammar.grains import Grouping, grouping
from ecp.domain.time.grammar.periods import begins
from ecp.domain.time.grammar.ranges import LEADS, single_time, time
from ecp.domain.time.lexer import Token, Tokens, lex
from ecp.domain.time.vocabulary import word_set

_STARTERS = LEADS | comparisons.STARTERS | grains.STARTERS
_BETWEEN = word_set("and or & , vs versus v . to with the / - than compared against relative in of")
_QUANTITY = word_set(
    "top bottom first last under above below exceed exceeds exceeding exceeded least most limit nearly "
    "approximately roughly minimum maximum > < = ~ $ € £ # + usd eur gbp than no number id between"
)
_MEASURES = word_set(
    "unit units people person persons rows records items item dollars dollar euros pounds usd eur gbp "
    "million thousand billion k bn mn percent pct % shares bps points hours hour days day weeks months "
    "years times entries pieces seats tickets calls results"
)
_IN_TIME = word_set("in since during for from until till before after of by through year vs versus and to - fy")
_GOES_ON = word_set(
    "and or by in for from to with vs versus compared against of on per over than is was were are did "
    "does do the a as at but where when which who how what that so please excluding including only if not"
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One mention between two places, before the years of its neighbours are known."""

    start: int
    end: int
    said: Expression | Grouping | Comparison

    @property
    def expression(self) -> Expression | None:
        if isinstance(self.said, Comparison):
            return self.said.expression
        return None if isinstance(self.said, Grouping) else self.said


def _is_number(t: Tokens, i: int, j: int) -> bool:
    """Whether the four digits between the two places count something."""
    before = t[i - 1].word if i else ""
    after = t[j]
    if before in _QUANTITY or after.word in _MEASURES:
        return True
    if t[i - 1 if i else 0].word in ("between", "from", "over") and t[j].word in ("and", "to", "-"):
        return t[j + 1].kind in ("number", "amount") and before != "over"
    if t[i].number % 50:
        return False
    if before == "over":
        return True
    return t[i].number % 100 == 0 and after.kind == "word" and not (before in _IN_TIME or after.word in _GOES_ON)


def _counts(t: Tokens, i: int, j: int, expression: Expression) -> bool:
    """Whether a bare year, or the end of a range of bare years, is a number of things."""
    if isinstance(expression, Year):
        return j == i + 1 and expression.basis is None and _is_number(t, i, j)
    if isinstance(expression, Range) and t[j - 1].kind == "number" and isinstance(expression.last, Year):
        return expression.last.basis is None and t[j].word in _MEASURES
    return False


def _time_reading(t: Tokens, i: int, context: Context) -> _Reading | None:
    found = single_time(t, i) if separates(t, i, context) else time(t, i)
    if found is None or not open_on_right(t, found[1]):
        found = single_time(t, i)
    if found is None or _counts(t, i, found[1], found[0]):
        return None
    return _Reading(i, found[1], found[0])


def _reading(t: Tokens, i: int, context: Context) -> _Reading | None:
    """The longest reading at this place; comparisons before groupings before times."""
    readings = []
    if other := comparison(t, i, context):
        readings.append(_Reading(i, other.end, other))
    if group := grouping(t, i):
        readings.append(_Reading(i, group.end, group))
    if when := _time_reading(t, i, context):
        readings.append(_without_article(t, when))
    fitting = [r for r in readings if open_on_right(t, r.end)]
    return max(fitting, key=lambda r: r.end) if fitting else None


def _without_article(t: Tokens, reading: _Reading) -> _Reading:
    first = reading.start + (t[reading.start].word == "the")
    return _Reading(first, reading.end, reading.said)


def _may_start(token: Token) -> bool:
    return begins(token) or token.word in _STARTERS


def _readings(t: Tokens) -> list[_Reading]:
    found: list[_Reading] = []
    context, i = Context(), 0
    while t[i].kind != "end":
        reading = _reading(t, i, context) if _may_start(t[i]) and open_on_left(t, i) else None
        if reading:
            found.append(reading)
        step = reading.end if reading else i + 1
        words = tuple(token.word for token in t[i:step])
        compares = reading is not None and isinstance(reading.said, Comparison)
        context = after_mention(context, words, compares) if reading else widen(context, words)
        i = step
    return found


def _takes_year(expression: Expression | None) -> bool:
    return isinstance(expression, Month | Part | Day | Weekday) and expression.of is None and not _which(expression)


def _which(expression: Expression) -> bool:
    return getattr(expression, "which", None) is not None


def _year_of(expression: Expression | None) -> Expression | None:
    return expression.of if isinstance(expression, Month | Part | Day) else None


def _inherit(one: _Reading, other: _Reading) -> _Reading:
    """`Q1 and Q2 2024`: the one without a year takes the other's."""
    mine, theirs = one.expression, _year_of(other.expression)
    if theirs is None or not _takes_year(mine) or mine is None or type(mine) is not type(other.expression):
        return one
    dated = mine.model_copy(update={"of": theirs})
    if isinstance(one.said, Comparison):
        return _Reading(one.start, one.end, _with_expression(one.said, dated))
    return _Reading(one.start, one.end, dated)


def _with_expression(said: Comparison, expression: Expression) -> Comparison:
    return Comparison(said.kind, said.end, said.grain, said.basis, expression)


def _neighbours(t: Tokens, one: _Reading, other: _Reading) -> bool:
    return all(token.word in _BETWEEN for token in t[one.end : other.start])


def _share_years(t: Tokens, readings: list[_Reading]) -> list[_Reading]:
    shared = list(readings)
    for k in range(len(shared) - 2, -1, -1):
        if _neighbours(t, shared[k], shared[k + 1]):
            shared[k] = _inherit(shared[k], shared[k + 1])
    for k in range(1, len(shared)):
        if _neighbours(t, shared[k - 1], shared[k]):
            shared[k] = _inherit(shared[k], shared[k - 1])
    return shared


def _mention(text: str, t: Tokens, r: _Reading) -> Mention:
    start, end = t[r.start].start, t[r.end - 1].end
    place = {"start": start, "end": end, "text": text[start:end]}
    said = r.said
    if isinstance(said, Grouping):
        return GrainMention(**place, grain=said.grain, basis=said.basis, weak=said.weak)
    if isinstance(said, Comparison):
        return ComparisonMention(
            **place, kind=said.kind, grain=said.grain, basis=said.basis, expression=said.expression
        )
    return TimeMention(**place, expression=said)


def find_times(text: str) -> tuple[Mention, ...]:
    """Every time, grouping by time and period of comparison in a question, in order, none over another.

    A mention knows what was said, not yet which dates: `resolve_time` needs a calendar and today for that."""
    t = lex(text)
    return tuple(_mention(text, t, r) for r in _share_years(t, _readings(t)))
