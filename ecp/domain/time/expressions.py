"""What a question says about time, before any calendar: a tree that serialises to JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ecp.domain.calendar import Basis, Grain
from ecp.domain.time.periods import Period
from ecp.domain.values import Value

Side = Literal["start", "end"]
Which = Literal["last", "this", "next"]


class Year(Value):
    """A year under 100 is one of two digits. `second` is the other year of `FY2024/25`."""

    type: Literal["year"] = "year"
    year: int
    second: int | None = None
    basis: Basis | None = None


class Decade(Value):
    """Without a year, the one that today lies in."""

    type: Literal["decade"] = "decade"
    year: int | None = None


class Month(Value):
    """A named month. Without `of` it is the nearest one that `which` allows. `number` are two digits that may be its
    year or a day of it (`Dec 25`); those of the months named with it, `alike`, are read the same way, and it may be
    `lent` by one of them (`Nov and Dec 25`)."""

    type: Literal["month"] = "month"
    month: int
    of: Expression | None = None
    which: Which | None = None
    number: int | None = None
    alike: tuple[int, ...] = ()
    lent: bool = False

    @property
    def as_day(self) -> Expression:
        """The day that its own number may be."""
        return self if self.number is None or self.lent else Day(day=self.number, month=self.month)


class Day(Value):
    """`weekday` (Monday is 0) is what the asker believes the day to be."""

    type: Literal["day"] = "day"
    day: int
    month: int
    of: Expression | None = None
    weekday: int | None = None


class NumericDate(Value):
    """`03/04/2024`: which of both is the month is a convention; with dots between them the day comes first wherever
    that is written. Without a year it is the latest that has been."""

    type: Literal["numeric_date"] = "numeric_date"
    first: int
    second: int
    year: int | None
    dotted: bool = False


class Weekday(Value):
    type: Literal["weekday"] = "weekday"
    weekday: int
    of: Expression | None = None
    which: Which | None = None


class NthWeekday(Value):
    """The first Monday of something; `index` -1 is the last."""

    type: Literal["nth_weekday"] = "nth_weekday"
    weekday: int
    index: int
    of: Expression


class Weekend(Value):
    """Saturday and Sunday of the week that lies `offset` from this one."""

    type: Literal["weekend"] = "weekend"
    offset: int


class Part(Value):
    """A numbered unit: the third quarter, week 12. `index` -1 is the last, -2 the one before it."""

    type: Literal["part"] = "part"
    grain: Grain
    index: int
    of: Expression | None = None
    which: Which | None = None
    basis: Basis | None = None


class Relative(Value):
    """The unit that lies `offset` from the current one; `word` is how it was said."""

    type: Literal["relative"] = "relative"
    grain: Grain
    offset: int
    basis: Basis | None = None
    word: Literal["last", "past", "ahead", "ago", "ago_today", "bare", "newest"] = "last"

    @property
    def is_ago(self) -> bool:
        """ "3 months ago": of units that are longer than a day."""
        return self.word == "ago" and self.grain != "day"

    @property
    def is_the_one_before(self) -> bool:
        """ "last year", "a month ago"; not yesterday."""
        return self.offset == -1 and self.grain != "day"


class Window(Value):
    """Several units up to now, or from now on. No `count` is "a few"; `with_today`: said to hold it."""

    type: Literal["window"] = "window"
    with_today: bool = False
    count: int | None
    grain: Grain | Literal["hour"]
    style: Literal["last", "trailing", "next", "recently"] = "last"
    basis: Basis | None = None


class ToDate(Value):
    """From the start of the unit until now, of another one until the same point, or until `until`."""

    type: Literal["to_date"] = "to_date"
    grain: Grain | None
    basis: Basis | None = None
    of: Expression | None = None
    until: Expression | None = None


class Portion(Value):
    """The first or last few units of something."""

    type: Literal["portion"] = "portion"
    count: int
    grain: Grain
    side: Side
    of: Expression


class Edge(Value):
    """A point in time: the first or last day. `how` is `as_of` (never after today) or `by`."""

    type: Literal["edge"] = "edge"
    side: Side
    of: Expression
    how: Literal["at", "as_of", "by"] = "at"


class Anchored(Value):
    """So many units that end with, end before, begin with, or begin after something."""

    type: Literal["anchored"] = "anchored"
    count: int
    grain: Grain
    place: Literal["ending", "before", "starting", "after"]
    of: Expression
    basis: Basis | None = None


class Containing(Value):
    """The unit that holds a day: the week of 3 March 2025."""

    type: Literal["containing"] = "containing"
    grain: Grain
    of: Expression


class Range(Value):
    """From `first` (or after it) to `last` (or before it). What is missing is open: the past, or today. `of_its_year`:
    a past that is open begins with the year that the stretch ends in."""

    type: Literal["range"] = "range"
    first: Expression | None = None
    last: Expression | None = None
    after: bool = False
    before: bool = False
    of_its_year: bool = False


class Within(Value):
    """What is open on one side, within something else: "up to yesterday this month", "this year since March"."""

    type: Literal["within"] = "within"
    open: Expression
    whole: Expression


class YearEarlier(Value):
    """The same unit of the year before: "the same quarter last year"."""

    type: Literal["year_earlier"] = "year_earlier"
    of: Expression


class Dated(Value):
    """A period whose dates are settled: whatever today is, it stays what it was when it was shown. `of_levels` and
    `of_flows` are what it is where only these are asked for, if that is something else."""

    type: Literal["dated"] = "dated"
    period: Period
    of_levels: Period | None = None
    of_flows: Period | None = None


class FromShown(Value):
    """Told from the period that an earlier answer showed: so many units before it (negative) or after it, and without
    a grain so many periods like it. `stretch`: all of these units together."""

    type: Literal["from_shown"] = "from_shown"
    steps: int
    grain: Grain | None = None
    stretch: bool = False


class Vague(Value):
    """A time without agreed dates (a season, "early 2024"), or with a gap. It is refused, never guessed."""

    type: Literal["vague"] = "vague"
    text: str
    what: str = "has no agreed dates"
    reason: str


Expression = Annotated[
    Year | Decade | Month | Day | NumericDate | Weekday | NthWeekday | Weekend | Part | Relative | Window | ToDate
    | Portion | Edge | Anchored | Containing | Range | Within | YearEarlier | Dated | FromShown | Vague,
    Field(discriminator="type"),
]  # fmt: skip

for _node in (
    Month, Day, Weekday, NthWeekday, Part, ToDate, Portion, Edge, Anchored, Containing, Range, Within, YearEarlier,
):  # fmt: skip
    _node.model_rebuild()


class _Placed(Value):
    start: int
    end: int
    text: str


class TimeMention(_Placed):
    """A time in the text, at `[start, end)`."""

    type: Literal["time"] = "time"
    expression: Expression


class YearMention(_Placed):
    """The year of the one time of the text, apart from it: "Q3 … 2024". That time holds it already."""

    type: Literal["year"] = "year"
    expression: Expression


class GrainMention(_Placed):
    """A grouping by time; no grain is "over time". A `weak` one may be part of a name ("annual ...")."""

    type: Literal["grain"] = "grain"
    grain: Grain | None
    basis: Basis | None = None
    weak: bool = False


class ComparisonMention(_Placed):
    """What to compare with, the comparing words included. `expression` is the period as it was said, when it
    was; `grain` is that of "the previous quarter" and of "month over month", `count` how many of them lie between.
    `implied`: only a word of change says that anything is compared ("did it grow this quarter")."""

    type: Literal["comparison"] = "comparison"
    kind: Literal["previous_period", "same_period_last_year", "period"]
    same: bool = False
    grain: Grain | None = None
    basis: Basis | None = None
    expression: Expression | None = None
    count: int | None = None
    implied: bool = False


Mention = Annotated[TimeMention | YearMention | GrainMention | ComparisonMention, Field(discriminator="type")]
