"""Which spans a question is read as: the cover that explains most of its words with the longest names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.language import FILLERS, PERFORMING, SPEEDS, Cue
from ecp.domain.matching import CUT, METRIC, Match
from ecp.domain.numbers import NumberFilter
from ecp.domain.ordering import ordering_verb

_WEIGHT = {"name": 10.6, "time": 10.5, "number": 10.0, "cue": 4.0}
_LEFT_OUT = 20.0
_IN_ALL = frozenset({"total", "overall"})
_DOING = PERFORMING | {"selling"}


@dataclass(frozen=True)
class Span:
    """Some tokens in a row, read as one thing."""

    first: int
    last: int
    what: Literal["name", "time", "number", "cue"]
    value: Match | TimeSpan | NumberFilter | Cue

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def cues_of(spans: Iterable[Span], *kinds: str) -> list[Cue]:
    """The cues of these kinds, in order."""
    return [s.value for s in spans if isinstance(s.value, Cue) and s.value.kind in kinds]


def is_time(span: Span, kind: str) -> bool:
    """Whether it is a time of this kind: one to be asked for, one to compare with, or a grain."""
    return isinstance(span.value, TimeSpan) and span.value.found.type == kind


def is_cut(span: Span) -> bool:
    """Whether it names something that numbers are cut by."""
    return isinstance(span.value, Match) and any(t.kind in CUT for t in span.value.targets)


def is_measured(span: Span) -> bool:
    """Whether it names something that is a number."""
    return isinstance(span.value, Match) and any(t.kind in METRIC for t in span.value.targets)


def metrics_of(span: Span, catalogue: Catalogue) -> list[Metric]:
    """The metrics that a span may mean."""
    targets = span.value.targets if isinstance(span.value, Match) else ()
    return catalogue.metrics_meant(t.asset_id for t in targets if t.kind in METRIC)


def is_limit(span: Span) -> bool:
    """Whether it names a member, and nothing else."""
    return isinstance(span.value, Match) and {t.kind for t in span.value.targets} == {"member"}


@dataclass(frozen=True)
class Cover:
    """`spans` in order and without overlap; `left` the positions of content words that no span explains."""

    spans: tuple[Span, ...]
    left: tuple[int, ...]


def cover(intent: Intent, matches: tuple[Match, ...]) -> Cover:
    """The best reading; of equals the one whose spans are fewer and begin earlier."""
    spans = _spans(intent, matches)
    starting: dict[int, list[Span]] = {}
    for span in spans:
        starting.setdefault(span.first, []).append(span)
    count = len(intent.tokens)
    best: list[tuple[float, tuple[Span, ...]]] = [(0.0, ())] * (count + 1)
    for at in range(count - 1, -1, -1):
        skipped, chosen = best[at + 1]
        best[at] = (skipped - (_LEFT_OUT if _is_content(intent, at) else 0), chosen)
        for span in starting.get(at, ()):
            rest = best[span.last + 1]
            score = _worth(span) + rest[0]
            if score > best[at][0]:
                best[at] = (score, (span, *rest[1]))
    chosen = best[0][1]
    return Cover(chosen, _left(intent, chosen))


def _worth(span: Span) -> float:
    """More than linear in the words, so that a longer name beats the shorter ones inside it. The "total" of "total
    output" says next to nothing: "total output cost" is a cost of output."""
    words = len(span.value.form.split()) if isinstance(span.value, Match) else span.length
    leads = isinstance(span.value, Match) and words > 1 and span.value.form.split()[0] in _IN_ALL
    worth: float = _WEIGHT[span.what] * (min(words, span.length) - leads) ** 1.2 + 0.8 * leads
    if isinstance(span.value, Match):
        worth -= 0.6 if words < span.length else 0
        worth += 0.6 if words > span.length else 0
        worth += 1 if any(t.primary for t in span.value.targets) else 0.5
        worth -= 2 if span.value.method == "typo" else 0
    return worth


def _spans(intent: Intent, matches: tuple[Match, ...]) -> list[Span]:
    asked = {
        t.first for t in intent.times if t.first == t.last and t.found.type == "grain" and _is_asked(intent, t.first)
    }
    asked |= {c.last for c in intent.cues if c.kind == "definition" and intent.tokens[c.first].norm == "who"}
    verb = ordering_verb(intent, matches)
    asked |= set() if verb is None else {verb}
    named = (m for m in matches if m.first != m.last or m.first not in asked)
    cuts = {m.first for m in matches if any(t.kind in CUT for t in m.targets)}
    return [
        *(Span(at, at, "cue", Cue(kind="sort", first=at, last=at)) for at in (verb,) if at is not None),
        *(Span(m.first, m.last, "name", m) for m in named),
        *(Span(t.first, t.last, "time", t) for t in intent.times),
        *_broken_down_by_units(intent),
        *(Span(n.first, n.last, "number", n) for n in intent.numbers),
        *(Span(c.first, c.last, "cue", c) for c in intent.cues),
        *(Span(c.first, c.last, "cue", c) for c in (*_groupings_within(intent), *_superlatives_within(intent, cuts))),
    ]


def _broken_down_by_units(intent: Intent) -> Iterator[Span]:
    """ "broken down by day": the words before the unit are its own."""
    units = {t.first: t for t in intent.times if t.found.type == "grain"}
    for cue in (c for c in intent.cues if c.kind == "group" and c.last > c.first and intent.norm(c.last) == "by"):
        if unit := units.get(cue.last):
            yield Span(cue.first, unit.last, "time", unit)


def _groupings_within(intent: Intent) -> Iterator[Cue]:
    """The "by" of "orders by place", where it is something that is called orders."""
    pairs = (c for c in intent.cues if c.kind in ("sort", "sort_up") and c.last == c.first + 1)
    yield from (Cue(kind="group", first=c.last, last=c.last) for c in pairs if intent.tokens[c.last].norm == "by")


def _superlatives_within(intent: Intent, cuts: set[int]) -> Iterator[Cue]:
    """The "best" of "best selling" and "best performing", where the verb says what is measured; the "most" of "the most
    911 calls", where a name begins with its number; "the largest single place", which is the
    largest one, and nothing said of what is measured ("the largest single cost"). `cuts`: where names begin that
    numbers are cut by."""
    for cue in (c for c in intent.cues if c.kind in ("top", "bottom")):
        if cue.number is not None and cue.nth is None and intent.tokens[cue.last].norm.isdigit():
            yield cue.model_copy(update={"last": cue.last - 1, "number": None})
        single = intent.tokens[cue.last + 1 : cue.last + 2]
        if single and single[0].text.lower() == "single" and cue.last + 2 in cuts:
            yield cue.model_copy(update={"last": cue.last + 1})
        behind = (at for at in range(cue.first + 1, cue.last + 1) if intent.tokens[at].norm in _DOING)
        yield from (cue.model_copy(update={"last": at - 1}) for at in behind if at == cue.last)


def _is_asked(intent: Intent, at: int) -> bool:
    """ "on which days", though something is called a day, too."""
    return at > 0 and intent.tokens[at - 1].norm in ("which", "what")


def _left(intent: Intent, spans: tuple[Span, ...]) -> tuple[int, ...]:
    taken = {at for s in spans for at in range(s.first, s.last + 1)}
    return tuple(at for at in range(len(intent.tokens)) if at not in taken and _is_content(intent, at))


def _is_content(intent: Intent, at: int) -> bool:
    norm = intent.tokens[at].norm
    how = at > 0 and norm in SPEEDS and intent.tokens[at - 1].norm == "how"
    return at not in intent.plain and (norm not in FILLERS or how)
