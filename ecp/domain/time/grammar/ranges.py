"""Stretches of time: from … to …, between … and …, since, until, before, after."""

from __future__ import annotations

from ecp.domain.language import FUNCTION_WORDS
from ecp.domain.time.expressions import (
    Day,
    Edge,
    Expression,
    Month,
    NumericDate,
    Part,
    Range,
    Relative,
    Vague,
    Year,
)  # fmt: skip
from ecp.domain.time.grammar.basics import (
    Found,
    Phrases,
    Rule,
    is_short_year,
    is_year,
    longest,
    open_on_right,
    remembered,
    skip,
    spelled,
)
from ecp.domain.time.grammar.dates import days_of_one_month, days_of_that_month
from ecp.domain.time.grammar.periods import begins, bound, period
from ecp.domain.time.grammar.running import SO_FAR
from ecp.domain.time.grammar.singles import single
from ecp.domain.time.grammar.years import suffix
from ecp.domain.time.lexer import Tokens
from ecp.domain.time.vocabulary import word_set

_TO = frozenset({"to", "through", "thru", "until", "till", "-", "upto"})
_ONWARDS = Phrases(
    "and onwards",
    "and onward",
    "onwards",
    "onward",
    "and later",
    "or later",
    "and after",
    "on",
    "forward",
)
_SINCE = Phrases(
    "ever since",
    "as from",
    "since",
    "starting from",
    "starting in",
    "starting on",
    "starting with",
    "starting",
    "on or after",
    "beginning on",
    "beginning in",
    "beginning",
    "no earlier than",
    "not earlier than",
    "no sooner than",
    "not before",
)
_AFTER = Phrases("later than", "after")
_UNTIL = Phrases(
    "up to and including",
    "up until",
    "up to",
    "until",
    "till",
    "through",
    "thru",
    "no later than",
    "not later than",
    "not after",
    "on or before",
    "by",
)
_BEFORE = Phrases("prior to", "earlier than", "before")

_TODAY = Relative(grain="day", offset=0)
_EARLIER = Phrases(
    "and earlier", "or earlier", "and before", "or before", "and prior", "or prior", "and older", "or older"
)  # fmt: skip
_MEETING = word_set("due relative compared attributed according related close back next similar equal up and , or")
_ALL_THROUGH = frozenset({"through", "thru"})
_BEFORE_A_NOUN = word_set(
    "a an the by per each every of in on at to we i they you he she it did does do via blog job social forum from with"
)
_THROUGH_TO = Phrases("through to", "up to")
_LATER = Phrases("and onwards", "and onward", "onwards", "onward", "and later", "or later", "and after")


def _fiscal_too(first: Expression, last: Expression) -> Expression:
    """`FY2023-2025`: the second year is of the first one's kind."""
    if isinstance(first, Year) and isinstance(last, Year) and first.basis and last.basis is None:
        return last.model_copy(update={"basis": first.basis})
    return last


def _numbered_again(t: Tokens, i: int, first: Expression) -> Found:
    """`weeks 10 to 12 of 2024`, `Q1-3 2024`: the second one is a number only."""
    if not isinstance(first, Part) or first.of is not None or t[i].kind != "number" or t[i].size > 2:
        return None
    of = suffix(t, i + 1, dashed=False)
    again = first.model_copy(update={"index": t[i].number, "of": of[0] if of else None})
    return again, of[1] if of else i + 1


def short_years(t: Tokens, i: int) -> Found:
    """`2019-21`: from 2019 to 2021 (`2019-11` is a month, `2019-20` a pair); `FY23-25`."""
    if t[i].word == "fy":
        return _short_fiscal_years(t, i + 1)
    if not is_year(t[i]) or t[i + 1].word != "-" or not t[i + 1].glued:
        return None
    second = t[i + 2]
    if not (second.glued and is_short_year(second) and second.number > max(12, t[i].number % 100 + 1)):
        return None
    last = t[i].number // 100 * 100 + second.number
    return Range(first=Year(year=t[i].number), last=Year(year=last)), i + 3


def _short_fiscal_years(t: Tokens, i: int) -> Found:
    """`23-25` of `FY23-25`; `FY24-25` is a pair."""
    first, second = t[i], t[i + 2]
    if not (is_year(first) or is_short_year(first)) or t[i + 1].word != "-" or not second.glued:
        return None
    if not is_short_year(second) or second.number <= first.number % 100 + 1 or not open_on_right(t, i + 3):
        return None
    last = second.number if first.size == 2 else first.number // 100 * 100 + second.number
    ends = [Year(year=year, basis="fiscal") for year in (first.number, last)]
    return Range(first=ends[0], last=ends[1]), i + 3


def _dots(t: Tokens, j: int) -> int:
    """`2024-01-01..2024-03-31`, and ISO 8601's `2024-01-01/2024-03-31`."""
    if t[j].word == "/" and t[j].glued and is_year(t[j + 1]) and t[j + 2].text == "-":
        return j + 1
    return j + 2 if t[j].word == "." and t[j + 1].word == "." else 0


def _told_apart(t: Tokens, i: int, found: Found) -> Found:
    """`3 and 9 November`: two days and no stretch, but for days that follow each other."""
    if found is None or not isinstance(found[0], Range) or not any(token.word == "and" for token in t[i : found[1]]):
        return found
    days = [token.value for token in t[i : found[1]] if token.kind in ("number", "ordinal") and token.value <= 31][:2]
    if len(days) == 2 and abs(days[1] - days[0]) == 1:
        return found
    return Vague(text=spelled(t, i, found[1]), what="are two days", reason="ask for each of them"), found[1]


def _two_ends(t: Tokens, i: int, between: bool) -> Found:
    same_month = days_of_one_month(t, i) or days_of_that_month(t, i)
    same_month = same_month if between else _told_apart(t, i, same_month)
    first = bound(t, i)
    if first is None or isinstance(first[0], Range):
        return same_month
    j = first[1]
    dots = _dots(t, j)
    if not (dots or t[j].word in _TO or (between and t[j].word == "and")):
        return same_month
    k = dots or _THROUGH_TO.at(t, j) or j + 1
    last = (_TODAY, k + 1) if t[k].word == "present" else bound(t, k) or _numbered_again(t, k, first[0])
    if last is None or isinstance(last[0], Range):
        return same_month
    found = Range(first=first[0], last=_fiscal_too(first[0], last[0])), last[1]
    return same_month if same_month and same_month[1] >= found[1] else found


def from_to(t: Tokens, i: int) -> Found:
    """`from January to March 2024`, `from 2021 onwards`."""
    if t[i].word != "from":
        return None
    found = _until_now(t, i + 1) or _two_ends(t, i + 1, between=False)
    if found:
        return found
    first = bound(t, i + 1)
    j = _ONWARDS.at(t, first[1]) if first else 0
    return (Range(first=first[0]), j) if first and j else None


def _until_now(t: Tokens, i: int) -> Found:
    """`from last month until now`: with its beginning said, it is no to-date."""
    first = single(t, skip(t, i, "the"))
    end = SO_FAR.at(t, first[1]) if first else 0
    return (Range(first=first[0], last=_TODAY), end) if first and end else None


def between(t: Tokens, i: int) -> Found:
    """`between 1 March 2024 and 15 April 2024`, `between 1 and 15 March`."""
    return _two_ends(t, i + 1, between=True) if t[i].word == "between" else None


def dashed(t: Tokens, i: int) -> Found:
    """`Jan–Mar 2024`, `2019 to 2021`, `Q1 through Q3 2024`, `2021 onwards`."""
    if not begins(t[i]):
        return None
    found = short_years(t, i) or _two_ends(t, i, between=False)
    if found or t[i].word == "the":
        return found
    first = period(t, i)
    if first is None:
        return None
    if j := _EARLIER.at(t, first[1]):
        return Range(last=first[0]), j
    j = _LATER.at(t, first[1])
    return (Range(first=first[0]), j) if j else None


def opening(t: Tokens, i: int) -> Found:
    """`since January 2021`, `after March 2023`, with or without the other end."""
    since = _SINCE.at(t, i)
    j = since or _AFTER.at(t, i)
    first = bound(t, j) if j else None
    if first is None or isinstance(first[0], Range):
        return None
    k = skip(t, first[1], "and", "but")
    closed = closing(t, k) if t[k].word in ("until", "till", "before", "up", "through", "prior") else None
    if closed and isinstance(closed[0], Range):
        return Range(first=first[0], after=not since, last=closed[0].last, before=closed[0].before), closed[1]
    return Range(first=first[0], after=not since), first[1]


def closing(t: Tokens, i: int) -> Found:
    """`until June 2024`, `before 2020`, `by March`."""
    if i and t[i - 1].word == "all" and t[i].word in _ALL_THROUGH:
        return None
    if t[i].word in _ALL_THROUGH and t[i + 1].word == "the" and t[i + 2].word == "year" and is_year(t[i + 3]):
        return None  # "through the year 2025": all of it
    until = _UNTIL.at(t, i)
    j = until or _BEFORE.at(t, i)
    last = bound(t, j) if j else None
    if last is None or isinstance(last[0], Range) or (t[j - 1].word == "by" and _is_of_a_noun(t, last[1])):
        return None
    first = bound(t, last[1] + 1) if t[last[1]].word == "from" else None
    if first and not isinstance(first[0], Range):
        return Range(first=first[0], last=last[0], before=not until), first[1]
    return Range(last=last[0], before=not until), last[1]


def _is_of_a_noun(t: Tokens, j: int) -> bool:
    """`by 2025 cost`, `by last year's cost`: the time of a noun, which something is ordered by."""
    return t[j].word == "'" or (t[j].kind == "word" and t[j].word not in FUNCTION_WORDS)


def to_an_end(t: Tokens, i: int) -> Found:
    """`orders to June 2025`: until then. What something is compared with, or changed to, is another rule's."""
    if t[i].word != "to" or t[i - 1].word in _MEETING:
        return None
    last = bound(t, i + 1)
    named = last and isinstance(last[0], Year | Month | Day | NumericDate | Part | Edge | Relative)
    return (Range(last=last[0]), last[1]) if last and named else None


def prefixed(t: Tokens, i: int) -> Found:
    """`pre-2020`, `post-2020`, `post FY25`; "per post 2021" is of a post."""
    if t[i].word not in ("pre", "post"):
        return None
    hyphened = t[i + 1].word == "-"
    of = period(t, i + 2 if hyphened else i + 1)
    if of is None or not (hyphened or (_is_dated(of[0]) and (i == 0 or t[i - 1].word not in _BEFORE_A_NOUN))):
        return None
    return (Range(last=of[0], before=True) if t[i].word == "pre" else Range(first=of[0], after=True)), of[1]


def _is_dated(said: Expression) -> bool:
    """`2020`, `March 2025`, `Q3 2025`: with its year."""
    return isinstance(said, Year) or (isinstance(said, Month | Part | Day) and said.of is not None)


_LED: dict[str, tuple[Rule, ...]] = {
    **dict.fromkeys((*_SINCE.firsts, *_AFTER.firsts), (opening,)),
    **dict.fromkeys((*_UNTIL.firsts, *_BEFORE.firsts), (closing,)),
    "from": (from_to,),
    "between": (between,),
    "to": (to_an_end,),
    **dict.fromkeys(("no", "not"), (opening, closing)),
    "pre": (prefixed,),
    "post": (prefixed,),
    "on": (opening, closing),
}
LEADS = frozenset(_LED)


@remembered
def time(t: Tokens, i: int) -> Found:
    """Any time at all, the longest reading."""
    return longest(t, i, (period, dashed, *_LED.get(t[i].word, ())))


def _days(t: Tokens, i: int) -> Found:
    return _told_apart(t, i, days_of_one_month(t, i))


@remembered
def single_time(t: Tokens, i: int) -> Found:
    """Any time that is not a stretch with two ends of its own."""
    led = () if t[i].word in ("from", "between") else _LED.get(t[i].word, ())
    return longest(t, i, (period, _days, *led))
