"""A question's times, groupings by time and periods to compare with, each with its place."""

from __future__ import annotations

from collections.abc import Mapping

from ecp.domain.time.expressions import (
    ComparisonMention,
    Expression,
    GrainMention,
    Mention,
    Range,
    TimeMention,
    Vague,
    Year,
    YearMention,
)  # fmt: skip
from ecp.domain.time.grammar import comparisons, grains
from ecp.domain.time.grammar.basics import Phrases, open_on_left, open_on_right, skip, spelled
from ecp.domain.time.grammar.comparisons import Comparison, Context, after_mention, comparison, separates, widen
from ecp.domain.time.grammar.from_shown import from_shown
from ecp.domain.time.grammar.grains import Grouping, grouping
from ecp.domain.time.grammar.periods import begins
from ecp.domain.time.grammar.ranges import LEADS, single_time, time
from ecp.domain.time.lexer import NO_YEARS, Token, Tokens, lex
from ecp.domain.time.sharing import Reading, YearApart, share_years
from ecp.domain.time.vocabulary import word_set

_EXCLUDING = Phrases(
    "except for",
    "except",
    "excepting",
    "excluding",
    "exclude",
    "excludes",
    "excl .",
    "excl",
    "without",
    "other than",
    "apart from",
    "aside from",
    "outside of",
    "outside",
    "besides",
    "but not",
    "not including",
    "not",
    "ex",
    "leaving out",
    "omitting",
    "omit",
    "skipping",
    "skip",
    "ignoring",
    "ignore",
)
_GAP, _INSTEAD = "leaves something out, which no period does", "name the times that are meant"
_EVERY = word_set("every each all any everything")
_STARTERS = LEADS | comparisons.STARTERS | grains.STARTERS | {"but"} | set(_EXCLUDING.firsts)
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


def _is_arrow(t: Tokens, i: int) -> bool:
    """The head of `->`."""
    return t[i].word == ">" and t[i].glued and i > 0 and t[i - 1].word == "-"


def _is_number(t: Tokens, i: int, j: int) -> bool:
    """Whether the four digits between the two places count something."""
    before = t[i - 1].word if i and not _is_arrow(t, i - 1) else ""
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


def _comes_again(t: Tokens, j: int) -> bool:
    """`the last month of each quarter`: several of them, and none that can be dated."""
    return t[j].word == "of" and t[j + 1].word in ("each", "every")


def _is_one_stretch(t: Tokens, i: int) -> bool:
    """ "Jan-Mar", "(July to September)": no two things that are compared."""
    first = single_time(t, i)
    dashed = first is not None and t[first[1]].word == "-" and t[first[1]].glued
    return dashed or (i > 0 and t[i - 1].word == "(")


def _time_reading(t: Tokens, i: int, context: Context) -> Reading | None:
    if t[i].word == "to" and (context.paired or context.comparing or context.changing):
        return None
    found = single_time(t, i) if separates(t, i, context) and not _is_one_stretch(t, i) else time(t, i)
    if found is None or not open_on_right(t, found[1]):
        found = single_time(t, i)
    if found is None or _counts(t, i, found[1], found[0]) or _comes_again(t, found[1]):
        return None
    return Reading(i, found[1], found[0])


def _excluded(t: Tokens, i: int) -> Reading | None:
    """`except August`, `every month but August`: a period with a gap, found to be refused."""
    j = _EXCLUDING.at(t, i)
    if t[i].word == "but" and not j and any(token.word in _EVERY for token in t[max(0, i - 8) : i]):
        j = i + 1
    found = time(t, skip(t, skip(t, j, "in", "for", "during", "on"), "the")) if j else None
    if found is None or not open_on_right(t, found[1]):
        return None
    return Reading(i, found[1], Vague(text=spelled(t, i, found[1]), what=_GAP, reason=_INSTEAD))


def _reading(t: Tokens, i: int, context: Context, going_on: bool) -> Reading | None:
    """The longest reading at this place; comparisons before groupings before times."""
    readings = []
    bound = t[i].word == "not" and time(t, i)
    if not bound and (out := _excluded(t, i)):
        return out
    if other := comparison(t, i, context):
        readings.append(Reading(i, other.end, other))
    if going_on and (told := from_shown(t, i)):
        readings.append(_without_article(t, Reading(i, told[1], told[0])))
    if group := grouping(t, i):
        readings.append(Reading(i, group.end, group))
    if when := _time_reading(t, i, context):
        readings.append(_without_article(t, when))
    fitting = [r for r in readings if open_on_right(t, r.end)]
    return max(fitting, key=lambda r: r.end) if fitting else None


def _without_article(t: Tokens, reading: Reading) -> Reading:
    first = reading.start + (t[reading.start].word == "the")
    return Reading(first, reading.end, reading.said)


def _may_start(token: Token) -> bool:
    return begins(token) or token.word in _STARTERS


def _readings(t: Tokens, going_on: bool) -> list[Reading]:
    found: list[Reading] = []
    context, i = Context(), 0
    while t[i].kind != "end":
        reading = _reading(t, i, context, going_on) if _may_start(t[i]) and open_on_left(t, i) else None
        if reading:
            found.append(reading)
        step = reading.end if reading else i + 1
        words = tuple(token.word for token in t[i:step])
        compares = reading is not None and isinstance(reading.said, Comparison)
        context = after_mention(context, words, compares) if reading else widen(context, words)
        i = step
    return found


def _mention(text: str, t: Tokens, r: Reading) -> Mention:
    start, end = t[r.start].start, t[r.end - 1].end
    place = {"start": start, "end": end, "text": text[start:end]}
    said = r.said
    if isinstance(said, YearApart):
        return YearMention(**place, expression=said.year)
    if isinstance(said, Grouping):
        return GrainMention(**place, grain=said.grain, basis=said.basis, weak=said.weak)
    if isinstance(said, Comparison):
        return ComparisonMention(
            **place,
            kind=said.kind,
            grain=said.grain,
            basis=said.basis,
            expression=said.expression,
            same=said.same,
            count=said.count,
        )
    return TimeMention(**place, expression=said)


def find_times(text: str, *, going_on: bool = False, years: Mapping[str, str] = NO_YEARS) -> tuple[Mention, ...]:
    """Every time, grouping by time and period of comparison in a question, in order, none over another. One that is
    `going_on` from another may tell its times from the period of that one ("the quarter before"). `years`: what an
    enterprise calls "fiscal" and "FY".

    A mention knows what was said, not yet which dates: `resolve_time` needs a calendar and today for that."""
    t = lex(text, years)
    return tuple(_mention(text, t, r) for r in share_years(t, _readings(t, going_on)))
