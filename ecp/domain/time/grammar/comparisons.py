"""Periods to compare with: vs last year, than the same period last year, month over month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ecp.domain.calendar import GRAINS, Basis, Grain
from ecp.domain.time.expressions import Expression, Range, Relative, Window, Year
from ecp.domain.time.grammar.basics import Found, Phrases, Rule, basis, count, possessive, skip
from ecp.domain.time.grammar.ranges import single_time, time
from ecp.domain.time.grammar.relative import of_units, qualified, relative_unit, unit_at
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import BEFORE_IT, word_set

Kind = Literal["previous_period", "same_period_last_year", "period"]

_INTRODUCED = Phrases(
    "compared to",
    "compared with",
    "compared against",
    "compare to",
    "compare with",
    "comparing to",
    "comparing with",
    "in comparison to",
    "in comparison with",
    "by comparison with",
    "relative to",
    "as opposed to",
    "as against",
    "versus",
    "vs .",
    "vs",
    "v .",
    "v",
    "against",
    "minus",
    "than",
)
_COMPARING = word_set(
    "compare compares compared comparing comparison difference differences delta gap versus vs contrast"
)
_CHANGING = word_set(
    "growth grow grows grew grown growing increase increases increased increasing decrease decreases "
    "decreased decline declines declined declining change changes changed changing up down rise rises "
    "rose risen fell fallen drop drops dropped difference delta gap variance improve improved improvement "
    "uplift gain gained shift moved went jumped"
)
_NO_CHANGE_ALONE = word_set("up down went moved growing increasing declining changing")
_MORE_OF_A_NUMBER = word_set("more less fewer greater larger smaller bigger")
_LETTERS: dict[str, Grain] = {"y": "year", "q": "quarter", "m": "month", "w": "week", "d": "day"}
_LETTER_AGAIN = {x: Phrases(f"/ {x}", f"- o - {x}", f"o {x}") for x in _LETTERS}
_ABBREVIATED: dict[str, Grain] = {"yoy": "year", "qoq": "quarter", "mom": "month"}
_SPOKEN: dict[str, Grain] = {"wow": "week", "dod": "day"}
_WRITTEN = frozenset({"WoW", "WOW", "DoD"})
_IN_PERCENT = frozenset({"%", "pct", "percent"})
_RATES = _IN_PERCENT | {"rate", "percentage"}
_GOING = word_set("go goes going gone went move moves moved moving")
_FROM_WHAT = Phrases("from what to what")
_ARROWS = Phrases("→", "- >", "= >", "⇒", "➔", "➜")
_STRETCHES = word_set("period time point day days weekday weekdays dates week weeks month months quarter")
_DAYS_AND_WEEKS = word_set("day days weekday weekdays dates week weeks")
_PREVIOUS = BEFORE_IT | {"last"}
SAME = frozenset({"same", "corresponding", "comparable", "equivalent", "matching", "like"})
_FISCAL_YEARS = [f"{word} {said} year" for word in sorted(_PREVIOUS) for said in ("fiscal", "financial")]
_LAST_YEAR = Phrases(
    *_FISCAL_YEARS,
    "last year",
    "previous year",
    "prior year",
    "preceding year",
    "a year ago",
    "a year earlier",
    "one year ago",
    "one year earlier",
    "a year before",
    "the year before",
    "year before",
    "year ago",
    "ly",
)
_IN_ALL = Phrases("as a whole", "total", "' s total", "'s total", "in total")
_YEAR_AGO = Phrases("year ago", "prior year", "last year", "previous year")
_BEHIND_AN_ELLIPSIS = word_set("by per for in on at across and with so split broken of from")
_ONCE_IN: dict[str, Grain] = {"weekday": "week", "month": "year"}
_EARLIER = frozenset({"earlier", "before", "prior", "previously"})


@dataclass(frozen=True, slots=True)
class Comparison:
    kind: Kind
    end: int
    grain: Grain | None = None
    basis: Basis | None = None
    expression: Expression | None = None
    same: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the words before have said: that things are compared, that something changed; whether the mention
    before ends right here, and whether it was the first of a pair ("between 2023", "from 2023")."""

    comparing: bool = False
    changing: bool = False
    adjacent: bool = False
    paired: bool = False


def widen(context: Context, words: Iterable[str]) -> Context:
    """The context after these words, of which none is a mention."""
    said = set(words)
    comparing = context.comparing or not said.isdisjoint(_COMPARING)
    return Context(comparing, context.changing or not said.isdisjoint(_CHANGING))


def after_mention(context: Context, words: tuple[str, ...], compares: bool) -> Context:
    return replace(widen(context, words), adjacent=True, paired=compares and words[0] in ("between", "from"))


def _grain_at(t: Tokens, i: int) -> Grain | None:
    return t[i].value if t[i].kind == "unit" and t[i].value in GRAINS else None


def _over(grain: Grain, j: int) -> Comparison:
    kind: Kind = "same_period_last_year" if grain == "year" else "previous_period"
    return Comparison(kind, j, grain=grain)


def _repeated(grain: Grain, j: int) -> Comparison:
    """Each unit with the one before it."""
    return replace(_over(grain, j), same=grain != "year")


def unit_over_unit(t: Tokens, i: int) -> Comparison | None:
    """`year over year`, `month-on-month`, `YoY`, `q/q`, `y-o-y`."""
    word = t[i].word
    said_of_change = t[i + 1].word in _CHANGING | _IN_PERCENT
    if word in _ABBREVIATED and (word != "mom" or t[i].text != "mom" or said_of_change):
        return _repeated(_ABBREVIATED[word], i + 1)
    if t[i].text in _WRITTEN or (word in _SPOKEN and said_of_change):
        return _repeated(_SPOKEN[word], i + 1)
    if word in _LETTERS and (j := _LETTER_AGAIN[word].at(t, i + 1)):
        return _repeated(_LETTERS[word], j) if t[i + 1].glued else None
    grain = _grain_at(t, i)
    if grain is None:
        return None
    k = skip(t, i + 1, "-")
    again = skip(t, k + 1, "-")
    repeated = t[k].word in ("over", "on", "to", "vs") and t[again].word == word
    return _repeated(grain, again + 1) if repeated else None


def same_period(t: Tokens, i: int) -> Comparison | None:
    """`the same period last year`, `the same quarter of the previous year`, `the prior-year quarter`, `SPLY`."""
    i = skip(t, i, "the")
    if t[i].word == "sply":
        return Comparison("same_period_last_year", i + 1)
    if t[i].word in SAME or (t[i].word == "this" and t[i + 1].word in ("time", "point")):
        said, j = basis(t, i + 1)
        counted = count(t, j) if t[j].kind in ("number", "count") else None
        j = counted[1] if counted else j
        grain = _grain_at(t, j)
        if grain is None and t[j].word not in ("period", "time", "point", "date"):
            return None
        k = skip(t, skip(t, j + 1, "of", "in", "from", "a"), "the")
        end = _LAST_YEAR.at(t, k) or _LAST_YEAR.at(t, j + 1)
        return Comparison("same_period_last_year", possessive(t, end), grain, said) if end else None
    j = _YEAR_AGO.at(t, i)
    k = possessive(t, j) if j else 0
    k = skip(t, k, "same")
    if j and t[k].word in ("period", "quarter", "month", "week", "half", "comparable"):
        return Comparison("same_period_last_year", k + 1, _grain_at(t, k))
    return None


def _same_of_another(t: Tokens, i: int) -> Comparison | None:
    """`the same period last month`, `the corresponding period of 2024`, `the same quarter two years ago`."""
    i = skip(t, i, "the")
    if t[i].word not in SAME or t[i + 1].word not in _STRETCHES:
        return None
    k = skip(t, skip(t, i + 2, "of", "in", "from"), "the", "a")
    if t[i + 1].word not in _DAYS_AND_WEEKS and (ago := _units_ago(t, k)):
        return ago
    grain = _grain_at(t, k + 1)
    if t[k].word in _PREVIOUS and grain:
        return Comparison("previous_period", k + 2, grain, same=True)
    found = single_time(t, k)
    same = found is not None and isinstance(found[0], Year)
    return Comparison("period", found[1], expression=found[0], same=True) if found and same else None


def _units_ago(t: Tokens, i: int) -> Comparison | None:
    """`two years ago`, `3 quarters earlier`: of what is the same but for these."""
    counted = count(t, i)
    grain = _grain_at(t, counted[1]) if counted else None
    if counted is None or not counted[0] or grain is None or t[counted[1] + 1].word not in _EARLIER | {"ago"}:
        return None
    return Comparison("previous_period", counted[1] + 2, grain, same=True, count=counted[0])


def previous_period(t: Tokens, i: int) -> Comparison | None:
    """`the previous period`, `the quarter before`, `a month earlier`, `the fiscal year before`, `the Friday before`."""
    i = skip(t, i, "the", "a", "one")
    if t[i].word in _PREVIOUS and t[i + 1].word == "period":
        return Comparison("previous_period", i + 2)
    said, j = basis(t, i)
    grain = _grain_at(t, j)
    if grain and t[j + 1].word in _EARLIER and t[j + 2].word != "last":
        return replace(_over(grain, j + 2), basis=said)
    return _named_before(t, i)


def _named_before(t: Tokens, i: int) -> Comparison | None:
    """`last Friday vs the Friday before`, `this March vs the March before`: of the same name, and of no other time."""
    again = any((token.kind, token.value) == (t[i].kind, t[i].value) for token in t[:i])
    if t[i].kind not in _ONCE_IN or not again or t[i + 1].word not in _EARLIER or single_time(t, i + 2):
        return None
    return _repeated(_ONCE_IN[t[i].kind], skip(t, i + 2, "that", "it"))


def _units_before(t: Tokens, i: int) -> Comparison | None:
    """`the previous 12 months`, `the twelve months before that`: right before what is compared, not before today;
    `six months earlier`: that many of them before it."""
    more_than = t[i - 1].word == "than" and i > 0
    i = skip(t, i, "the", "those")
    found = relative_unit(t, i) if t[i].word in BEFORE_IT else None
    if found and (before := _right_before(*found)):
        return before
    counted = count(t, i)
    said, j, _ = qualified(t, counted[1]) if counted else (None, i, False)
    unit = unit_at(t, j) if counted and counted[0] else None
    if counted is None or unit is None or t[unit[1]].word not in _EARLIER:
        return None
    k = skip(t, skip(t, unit[1] + 1, "to"), "that", "it", "then", "this", "these", "those")
    if (more_than and t[i - 1].word == "than") or (k == unit[1] + 1 and time(t, k)):
        return None
    before = _right_before(of_units(counted[0], unit[0], "last", said), k)
    return replace(before, same=t[unit[1]].word == "earlier") if before else None


def _right_before(said: Expression, end: int) -> Comparison | None:
    if not isinstance(said, Window) or said.count is None or said.grain == "hour":
        return None
    return Comparison("previous_period", end, said.grain, said.basis, count=said.count)


def _object(t: Tokens, i: int, rule: Rule = time) -> Comparison | None:
    """What stands behind the comparing words."""
    i = skip(t, skip(t, i, "that", "those", "what", "it"), "of", "in", "for", "during", "from", "was")
    special = same_period(t, i) or _same_of_another(t, i) or _units_before(t, i) or previous_period(t, i)
    found = rule(t, skip(t, i, "the")) or rule(t, i)
    if special and (found is None or special.end >= found[1]):
        return special
    return _by_what_was_said(found) if found else None


def _by_what_was_said(found: tuple[Expression, int]) -> Comparison:
    expression, end = found
    if isinstance(expression, Relative) and expression.is_the_one_before:
        if expression.is_ago and expression.grain != "year":
            return Comparison("previous_period", end, expression.grain, expression.basis, expression, same=True)
        base = _over(expression.grain, end)
        return replace(base, basis=expression.basis, expression=expression)
    return Comparison("period", end, expression=expression)


def _a_number(t: Tokens, i: int, found: Comparison) -> bool:
    """`more than 2000` is no year."""
    bare = isinstance(found.expression, Year) and found.end == i + 2 and t[i + 1].kind == "number"
    return bare and t[i].word == "than" and i > 0 and t[i - 1].word in _MORE_OF_A_NUMBER


def introduced(t: Tokens, i: int) -> Comparison | None:
    """`vs last year`, `compared to Q3 2024`, `than in 2023`."""
    j = _INTRODUCED.at(t, i)
    found = (_object(t, j) or _without_its_unit(t, i, j)) if j else None
    if found is None or _a_number(t, i, found):
        return None
    in_all = _IN_ALL.at(t, found.end) if found.expression is not None else 0
    ends = t[in_all].kind in ("end", "mark") or t[in_all].word in _BEHIND_AN_ELLIPSIS
    return replace(found, end=in_all) if in_all and ends else found


def _without_its_unit(t: Tokens, i: int, j: int) -> Comparison | None:
    """`this year vs last`, `this month against the prior`: the unit that was said before."""
    j = skip(t, j, "the")
    ends = t[j + 1].kind in ("end", "mark") and t[j + 1].word not in ("-", "'")
    if t[j].word not in _PREVIOUS or not (ends or t[j + 1].word in _BEHIND_AN_ELLIPSIS):
        return None
    for k in range(i - 1, -1, -1):
        said = relative_unit(t, k) if t[k].kind == "rel" else None
        if said and said[1] <= i:
            return _the_one_before(said[0], j + 1)
    return None


def _the_one_before(said: Expression, end: int) -> Comparison | None:
    """The unit before the current one; nothing is before "last year" that is called "last"."""
    if not isinstance(said, Relative) or said.offset or said.grain == "day":
        return None
    return _by_what_was_said((said.model_copy(update={"offset": -1, "word": "last"}), end))


def changed(t: Tokens, i: int, context: Context) -> Comparison | None:
    """`growth over last year`, `up from 2023`, `5% up on the previous quarter`."""
    if not (context.changing or _goes_from(t, i)) or t[i].word not in ("over", "from", "on"):
        return None
    pair = separates(t, i, context)
    found = _object(t, i + 1, single_time if pair else time)
    if found is None or found.count or isinstance(found.expression, Window | Range):
        return None
    said_last = t[i + 1].word == "the" and t[i + 2].word in ("last", "past", "current")
    return None if said_last or (t[i].word == "on" and found.kind == "period") else found


def compared(t: Tokens, i: int, context: Context) -> Comparison | None:
    """The other side of "compare": `with last year`, `to 2024`, `and Q2 2024`, `between 2023` (and 2024), which is
    also between what something changed."""
    word = t[i].word
    if not (context.comparing or _changes_between(t, i)) or context.paired:
        return None
    if word in ("with", "to") or (word in ("and", "or", "from") and context.adjacent):
        return _object(t, i + 1)
    if word != "between":
        return None
    first: Found = single_time(t, i + 1)
    if first is None or t[first[1]].word != "and" or single_time(t, first[1] + 1) is None:
        return None
    return replace(_by_what_was_said(first), kind="period")


def comparison(t: Tokens, i: int, context: Context) -> Comparison | None:
    if t[i].word not in STARTERS and t[i].kind not in _BEGINNING:
        return None
    return (
        introduced(t, i)
        or arrow(t, i)
        or changed(t, i, context)
        or compared(t, i, context)
        or unit_over_unit(t, i)
        or same_period(t, i)
    )


def separates(t: Tokens, i: int, context: Context) -> bool:
    """Whether "A to B" here names two things to compare, not one stretch: "compare A to B", "change from A to B"."""
    if t[i].word == "from":
        return i > 0 and (_says_change(t, i - 1) or _change_of_something(t, i) or _goes_from(t, i))
    return context.comparing or _changes_between(t, i)


def _says_change(t: Tokens, i: int) -> bool:
    """ "growth", "growth rate", "change in percent"."""
    k = i - (t[i].word in _RATES)
    return t[k - (k < i and t[k].word == "in")].word in _CHANGING


def _goes_from(t: Tokens, i: int) -> bool:
    """ "how did it go from A to B", and not by month."""
    if t[i].word != "from" or i == 0 or t[i - 1].word not in _GOING or _is_cut(t, len(t)):
        return False
    first = single_time(t, i + 1)
    return bool(first and t[first[1]].word == "to" and single_time(t, first[1] + 1))


def _is_cut(t: Tokens, end: int) -> bool:
    """Whether a course is asked for before that place: "by month", "monthly"."""
    led = (t[k].word in ("by", "per") and t[k + 1].kind == "unit" for k in range(end - 1))
    return any(token.kind == "adverb" for token in t[:end]) or any(led)


def arrow(t: Tokens, i: int) -> Comparison | None:
    """`2024 → 2025`: from the first to the second. Three of them are a course."""
    first = single_time(t, i)
    j = _ARROWS.at(t, first[1]) if first else 0
    second = single_time(t, j) if j else None
    if first is None or second is None or _ARROWS.at(t, second[1]) or (i > 0 and t[i - 1].word in "→>⇒➔➜"):
        return None
    return replace(_by_what_was_said(first), kind="period")


def _changes_between(t: Tokens, i: int) -> bool:
    """ "did it grow between A and B", and not how it went from A to B, nor by month."""
    changing = any(token.word in _CHANGING - _NO_CHANGE_ALONE for token in t[:i])
    both_ends = any(_FROM_WHAT.at(t, k) for k in range(i))
    if t[i].word != "between" or not (changing or both_ends):
        return False
    asks_how = t[0].word == "how" and t[1].word not in ("much", "many")
    cut = _is_cut(t, i)
    first = single_time(t, i + 1)
    second = single_time(t, first[1] + 1) if first and t[first[1]].word == "and" else None
    return not (asks_how or cut) and bool(first and second and type(first[0]) is type(second[0]))


def _of_something(t: Tokens, i: int) -> bool:
    return t[i].word in ("in", "of") or t[skip(t, i, "the")].word in ("most", "least")


def _change_of_something(t: Tokens, i: int) -> bool:
    """ "the increase in weight from A to B", "what gained the most weight from A to B", and not one by month."""
    said = any(t[k].word in _CHANGING and _of_something(t, k + 1) for k in range(i))
    return said and not any(token.kind == "adverb" or token.word in ("by", "per") for token in t[:i])


_BEGINNING = frozenset({"unit", "rel", "number", "month", "weekday", "ordinal", "basis"})
STARTERS = (
    frozenset(_INTRODUCED.firsts)
    | SAME
    | set(_ABBREVIATED)
    | set(_LETTERS)
    | word_set("over from on with to and or between wow dod sply the year fy cy q h")
)
