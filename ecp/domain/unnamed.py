"""Cuts and courses that are asked for without a word of their own: "a breakdown of A", "which goods do we sell", "plot
A for 2025"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of, is_cut, is_measured, is_time
from ecp.domain.forms import counts_itself, counts_people, forms_of, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    AUXILIARIES,
    BE,
    CHARTS,
    COMMON,
    CUTTING,
    DRAWING,
    DRAWN_COURSES,
    EARNING,
    HOURLY,
    MONEY,
    MONEY_OR_SHARE,
    PARTICLES,
    PERSONS,
    POPULAR,
    QUESTION_WORDS,
    TIME_UNITS,
    VERB_BEHIND,
    WORKERS,
    Cue,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.matching import CUT, Match, Target, targets_of
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.participles import doers, is_a_person, is_participle
from ecp.domain.plan.references import cube_of, has_its_column
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form

_ASKING = frozenset({"which", "what"})
_DOING = VERB_BEHIND | BE
_NOUNS = frozenset({"breakdown", "split", "segmentation", "distribution"})
_VERBS = frozenset({"break", "split", "segment", "divide"})
_BEFORE_PARTS = frozenset({"by", "between", "across", "into", "per"})
LIMITING = frozenset({"group", "member", "excluded", "compared"})
MOST_COUNTS = 5
_COURSES = frozenset((kind, chart) for kind in DRAWN_COURSES for chart in CHARTS)
_BEFORE_A_VERB = frozenset({"please", "can", "could", "you", "to", "we", "i"})


def cut_of_any_kind(
    intent: Intent, spans: Iterable[Span], mentions: Iterable[Mention], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "a breakdown of A", "break A down", where nothing says by what: any of what A is kept by may be meant."""
    known, spans = tuple(mentions), tuple(spans)
    cut = any(m.role not in ("metric", "member", "target", "department") for m in known)
    if cut or any(is_time(s, "grain") for s in spans):
        return ()
    metrics = catalogue.metrics_meant(t.asset_id for m in known if m.role in MEASURED for t in m.targets)
    named = {at for s in spans if s.what != "cue" for at in range(s.first, s.last + 1)}
    words = _words_of_a_breakdown(intent, named)
    if not metrics or not words:
        return ()
    ids = _of_several_members(known) or _kept_by_all(metrics, catalogue)
    targets = tuple(Target(kind="dimension", asset_id=d) for d in ids if catalogue.get(d, Dimension))
    text = intent.text[intent.tokens[words[0]].start : intent.tokens[words[0]].end]
    return (Mention(text=text, first=words[0], last=words[0], role="group", targets=targets),) if targets else ()


def _of_several_members(mentions: Iterable[Mention]) -> list[str]:
    """ "the split of A between B and C": what both are members of."""
    ids = [i for m in mentions if m.role == "member" for i in sorted(m.asset_ids)]
    return sorted({i for i in ids if ids.count(i) > 1})


def words_about_a_breakdown(intent: Intent, cut: Iterable[Mention]) -> set[int]:
    """ "down", of "break it down", and "between", of "the split between", too."""
    found = {m.first for m in cut}
    behind = range(min(found) + 1, len(intent.tokens)) if found else ()
    return found | {at for at in behind if intent.tokens[at].norm in ("down", "between")}


def _words_of_a_breakdown(intent: Intent, named: set[int]) -> list[int]:
    said = [t.norm for t in intent.tokens]
    nouns = [at for at, norm in enumerate(said) if norm in _NOUNS and at not in named and _stands_alone(said, at)]
    heads = [at for at, norm in enumerate(said) if norm in _VERBS and set(said[:at]) <= _BEFORE_A_VERB]
    return nouns or [at for at in heads if at not in named and _stands_alone(said, at)]


def _stands_alone(said: list[str], at: int) -> bool:
    """ "the split of A", "an A breakdown", "break down A", and not "split between", "split by"."""
    behind = said[at + 1] if at + 1 < len(said) else "of"
    return behind not in (CUTTING - PARTICLES) | _BEFORE_PARTS


def _kept_by_all(metrics: Iterable[Metric], catalogue: Catalogue) -> list[str]:
    """Dimensions with members, in the order in which the metric names them."""
    metrics = list(metrics)
    told = metrics[0].dimensions or tuple(d.id for d in catalogue.of_kind(Dimension))
    known = (d for i in told if (d := catalogue.get(i, Dimension)) and d.type != "time")
    return [d.id for d in known if all(is_cut_by(m, d.id, catalogue) for m in metrics)]


def told_by_how_many(
    intent: Intent, spans: Iterable[Span], mentions: Iterable[Mention], catalogue: Catalogue
) -> Iterator[Mention]:
    """ "the most common goods", where nothing is measured: by how many there are of them, or by whichever count the
    goods are kept for."""
    known, spans = tuple(mentions), tuple(spans)
    groups = [i for m in known if m.role == "group" for i in m.asset_ids]
    cues = [c for c in cues_of(spans, "top", "bottom") if intent.tokens[c.last].norm in COMMON - POPULAR]
    if len(cues) != 1 or any(m.role in MEASURED and m.first != cues[0].last + 1 for m in known):
        return
    if not groups:
        yield from _counted_and_cut(spans, known, cues[0].last + 1)
    if len(groups) != 1 or any(m.role in MEASURED for m in known):
        return
    counts = [m for m in catalogue.of_kind(Metric) if is_a_number_of_things(m) and is_kept_by_all(m, known, catalogue)]
    if meant := _meant_by_how_many(groups[0], counts, catalogue):
        last = cues[0].last
        targets = tuple(Target(kind="metric", asset_id=m.id) for m in meant)
        yield Mention(text=intent.tokens[last].text, first=last, last=last, role="metric", targets=targets)


def trending_things(intent: Intent, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """ "trending goods": the most popular ones, and no course of how many there are; "the top ten trending goods" are
    the first of them."""
    cut = {s.first for s in spans if is_cut(s)}
    ends = {c.last for c in cues_of(spans, "top", "bottom")}
    trending = [s for s in spans if _is_trending(intent, s, cut)]
    again = [s for s in trending if s.first - 1 in ends and any(is_measured(m) and not is_cut(m) for m in spans)]
    return tuple(_as_a_ranking(s) if s in trending else s for s in spans if s not in again)


def _is_trending(intent: Intent, span: Span, cut: set[int]) -> bool:
    own = isinstance(span.value, Cue) and span.value.kind == "trend" and intent.norm(span.first) in POPULAR
    return own and span.last + 1 in cut


def _as_a_ranking(span: Span) -> Span:
    return Span(span.first, span.last, "cue", Cue(kind="top", first=span.first, last=span.last))


def by_popularity(
    intent: Intent, spans: Iterable[Span], mentions: tuple[Mention, ...], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "the most popular goods", where nothing but the goods is named: by what is done with them, and never by how many
    goods there are, of which each is one."""
    spans = tuple(spans)
    cues = [c for c in cues_of(spans, "top", "bottom") if intent.tokens[c.last].norm in POPULAR]
    cuts = {(s.first, s.last): s.value for s in spans if is_cut(s) and isinstance(s.value, Match)}
    things = {m.first: things_called(intent, m, cuts, catalogue) for m in mentions if m.role in MEASURED}
    if len(cues) != 1 or not all(things.values()):
        return mentions
    groups = [i for m in mentions if m.role == "group" for i in m.asset_ids]
    known = [m for m in mentions if m.first not in things or m.role == "group"]
    for mention in (m for m in mentions if m.first in things and m.role in MEASURED):
        targets = things[mention.first]
        if not _describes_the_next(intent, mention, known) and not {t.asset_id for t in targets} & set(groups):
            known.append(mention.model_copy(update={"role": "group", "targets": targets}))
    named = {i for m in mentions if m.role in MEASURED for i in m.asset_ids}
    named |= {i for m in known if m.role == "group" for i in m.asset_ids}
    if any(m.role == "group" for m in known) and (meant := _done_with(named, known, catalogue)):
        last = cues[0].last
        targets = tuple(Target(kind="metric", asset_id=m.id) for m in meant)
        known.append(Mention(text=intent.tokens[last].text, first=last, last=last, role="metric", targets=targets))
    return tuple(known)


def things_called(
    intent: Intent, mention: Mention, cuts: dict[tuple[int, int], Match], catalogue: Catalogue
) -> tuple[Target, ...]:
    """What numbers are cut by that is called as what is measured here."""
    match = cuts.get((mention.first, mention.last))
    targets = match.targets if match else targets_of(intent.form(mention.first, mention.last), catalogue)
    return tuple(t for t in targets if t.kind in CUT)


def _describes_the_next(intent: Intent, mention: Mention, known: Iterable[Mention]) -> bool:
    """ "goods kinds": the kinds, of which the goods only say of what."""
    single = not intent.tokens[mention.last].is_inflected
    groups = [m for m in known if m.role == "group"]
    inside = any(m.first <= mention.first and mention.last <= m.last for m in groups)
    return inside or (single and any(m.first == mention.last + 1 for m in groups))


def _done_with(things: set[str], mentions: Iterable[Mention], catalogue: Catalogue) -> list[Metric]:
    """The counts of what is done with things and of people who have them, or else of whatever there is of them: that
    are good, and are kept where the things are, the most trusted first; none of how many of the things there are."""
    known = tuple(mentions)
    called = {normal_form(text) for i in things for text in catalogue.spellings(i)}
    counts = [
        m
        for m in catalogue.of_kind(Metric)
        if counts_things(m)
        and m.better != "lower"
        and (_is_of_each(m, things) or (m.id not in things and unit_of(m) not in called))
        and is_kept_by_all(m, known, catalogue)
    ]
    cuts = [d for m in known if m.role == "group" for i in m.asset_ids if (d := catalogue.get(i, Dimension))]
    beside = [m for m in counts if all(has_its_column(m, d) for d in cuts)] or counts
    deeds = [m for m in beside if not m.is_stock or counts_people(m)]
    return sorted(deeds or beside, key=lambda m: (m.is_stock, m.certification_tier))[:MOST_COUNTS]


def _is_of_each(metric: Metric, things: set[str]) -> bool:
    """Whether it adds up for each of these things, of which it then counts what is done with them: tests performed, of
    each test."""
    return metric.aggregation == "sum" and bool(things & set(metric.dimensions or ()))


def _meant_by_how_many(group: str, counts: list[Metric], catalogue: Catalogue) -> list[Metric]:
    """How many of the group there are; else the only count, or those that may be asked about."""
    called = {normal_form(text) for text in catalogue.spellings(group)}
    if own := [m for m in counts if unit_of(m) in called]:
        return own
    plain = [m for m in counts if is_a_count(m)]
    things = {unit_of(m) for m in counts if unit_of(m) in names_of(m)}
    if len(plain) == len(things) == 1:  # the others are some of these, or sums in another unit
        return plain
    return next((c for c in (plain, counts) if 1 < len(c) <= MOST_COUNTS), counts if len(counts) == 1 else [])


def is_a_number_of_things(metric: Metric) -> bool:
    """Whether it is a number of things that adds up, and neither a sum of money nor a part nor a time."""
    return metric.aggregation in ("sum", "none") and counts_things(metric)


def counts_things(metric: Metric) -> bool:
    """Whether it is a number of things, over a time or at its end."""
    unit = unit_of(metric)
    told = unit in MONEY_OR_SHARE | TIME_UNITS
    return metric.aggregation in ("sum", "none", "last") and bool(unit) and not told and not metric.target_of


def _counted_and_cut(spans: Iterable[Span], mentions: Iterable[Mention], at: int) -> Iterator[Mention]:
    """ "the most common goods", where goods are counted, too: each of them, by how many there are."""
    for mention in mentions:
        cut = next((s.value for s in spans if s.first == mention.first and is_cut(s)), None)
        if mention.first == at and isinstance(cut, Match):
            targets = tuple(t for t in cut.targets if t.kind in CUT)
            yield mention.model_copy(update={"role": "group", "targets": targets})


def is_a_count(metric: Metric) -> bool:
    """Whether it is how many there are of what it is called, all of them."""
    return unit_of(metric) in forms_of(metric)


def is_told_of_others(metric: Metric, nouns: set[str], catalogue: Catalogue) -> bool:
    """Whether its definition tells of things of the same table that are counted, and of none of these: "replies to a
    case", where calls are counted, too."""
    words = set(normal_form(metric.definition).split())
    counts = (m for m in catalogue.metrics.tables.get(cube_of(metric), ()) if m.aggregation == "sum")
    return not words & nouns and any(unit_of(m) in words for m in counts if counts_itself(m))


def told_by_money(
    intent: Intent, spans: Iterable[Span], mentions: Iterable[Mention], left: Iterable[int], catalogue: Catalogue
) -> Iterator[Mention]:
    """ "which goods brought in the most money", "how much money came from A", "the top grossing goods", where nothing
    else is measured: the sums of money that come in and are kept by all that is named."""
    known = tuple(mentions)
    words = [at for at in left if intent.tokens[at].norm in EARNING | {"money"}]
    asked = {c.last + 1 for c in cues_of(spans, "top", "bottom")}
    if len(words) != 1 or any(m.role in MEASURED for m in known):
        return
    if words[0] in asked or intent.pair_before(words[0]) == ("how", "much"):
        named = any(m.role in LIMITING for m in known)
        kept = [m for m in catalogue.of_kind(Metric) if is_income(m) and is_kept_by_all(m, known, catalogue)]
        kept = [m for m in kept if intent.norm(words[0]).removesuffix("ing") in names_of(m)] or kept
        if named and 0 < len(kept) <= MOST_COUNTS:
            targets = tuple(Target(kind="metric", asset_id=m.id) for m in kept)
            at = words[0]
            yield Mention(text=intent.tokens[at].text, first=at, last=at, role="metric", targets=targets)


def told_by_its_head(
    intent: Intent, mentions: Iterable[Mention], left: Iterable[int], catalogue: Catalogue
) -> Iterator[Mention]:
    """ "which goods have the highest cost", "cost by goods", "the cost of A", of goods A, where nothing else is
    measured: the one cost that is called that of goods. "A breakdown per goods" asks for parts, whatever else is
    called so."""
    known = tuple(mentions)
    cut = {i for m in known if m.role in ("group", "member") for i in m.asset_ids}
    words = [at for at in left if intent.tokens[at].norm in catalogue.words]
    if len(words) != 1 or not cut or any(m.role in MEASURED for m in known):
        return
    word = intent.tokens[words[0]]
    if word.norm in CUTTING and not word.is_inflected:
        return
    kept = (
        m for m in catalogue.metrics.called_by(word.norm) if not m.target_of and is_kept_by_all(m, known, catalogue)
    )
    found = [m for m in kept if any(_is_that_of(f, word.norm, cut, catalogue) for f in (m.name, *m.synonyms))]
    if len(found) == 1:
        target = Target(kind="metric", asset_id=found[0].id, primary=False)
        yield Mention(text=word.text, first=words[0], last=words[0], role="metric", targets=(target,))


def is_kept_by_all(metric: Metric, mentions: Iterable[Mention], catalogue: Catalogue) -> bool:
    """Whether it is kept by all that limits or cuts it here."""
    named = (m.asset_ids for m in mentions if m.role in LIMITING)
    return all(any(is_cut_by(metric, i, catalogue) for i in ids) for ids in named)


def is_name_kept(asset_id: str, mentions: Iterable[Mention], catalogue: Catalogue) -> bool:
    """Whether whatever a name measures is kept by all that limits or cuts it here."""
    known, metrics = tuple(mentions), catalogue.metrics_meant([asset_id])
    return bool(metrics) and all(is_kept_by_all(m, known, catalogue) for m in metrics)


def _is_that_of(name: str, head: str, named: set[str], catalogue: Catalogue) -> bool:
    """Whether a name consists of what numbers are cut by here and of a word behind it."""
    whose, _, last = normal_form(name).rpartition(" ")
    return last == head and any(t.asset_id in named for t in targets_of(whose, catalogue) if t.kind in CUT)


def is_income(metric: Metric) -> bool:
    """Whether it is a sum of money of which more is better."""
    money = unit_of(metric) in MONEY
    return money and metric.aggregation == "sum" and metric.better == "higher" and not metric.target_of


def asked_for_which(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "which goods did A sell", "the top ten goods sold", of goods sold: each of the goods is asked for, and not only
    how many."""
    known = tuple(mentions)
    asks = bool(intent.tokens) and intent.tokens[0].norm in _ASKING
    ranked = {c.last + 1 for c in intent.cues if c.kind in ("top", "bottom")}
    groups = {i for m in known if m.role == "group" for i in m.asset_ids}
    if groups and (ranked or not asks):
        return
    for mention in known:
        if mention.role in MEASURED and (mention.first in ranked or (asks and mention.first == 1)):
            one = asks and any(c.kind in ("top", "bottom") for c in intent.cues)
            places = range(mention.last, mention.first - 1, -1)
            ends = (at for at in places if _is_before_a_verb(intent, mention, at, one=one))
            spans = [(mention.first, at) for at in ends]
            if mention.first in ranked and is_participle(intent.norm(mention.first)) and mention.last > mention.first:
                spans.append((mention.first + 1, mention.last))  # "the most sold goods"
            found = ((first, at, _cuts_called(intent, first, at, catalogue)) for first, at in spans)
            first, last, targets = next((f for f in found if f[2]), (0, 0, ()))
            if targets and groups.isdisjoint(t.asset_id for t in targets):
                text = intent.text[intent.tokens[first].start : intent.tokens[last].end]
                yield Mention(text=text, first=first, last=last, role="group", targets=targets)


def asked_for_whom(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "who manages the most cases", where cases are cut by one kind of managers: each of them; else any people that
    cases are cut by, but for those who are counted."""
    known = tuple(mentions)
    measured = catalogue.metrics_meant(t.asset_id for m in known if m.role in MEASURED for t in m.targets)
    ranked = any(c.kind in ("top", "bottom") for c in intent.cues)
    if intent.norm(0) != "who" or not ranked or not measured or any(m.role == "group" for m in known):
        return
    called = set(doers(intent.norm(1)))
    kept = [d for d in catalogue.of_kind(Dimension) if all(is_cut_by(m, d.id, catalogue) for m in measured)]
    doing = [d for d in kept if called & names_of(d)]
    people = [d for d in kept if intent.norm(1) not in BE and _are_people(d, measured)]
    people = people if any(map(_are_people_above_all, people)) else []
    last = int(len(doing) == 1)
    if found := doing if last else people:
        text = intent.text[intent.tokens[0].start : intent.tokens[last].end]
        targets = tuple(Target(kind="dimension", asset_id=d.id, primary=False) for d in found)
        yield Mention(text=text, first=0, last=last, role="group", targets=targets)


def _are_people(dimension: Dimension, measured: Iterable[Metric]) -> bool:
    """Whether what numbers are cut by is called after what people are or do, and is not what is counted."""
    heads = _heads(dimension.name, *dimension.synonyms)
    counted = {word for m in measured if counts_people(m) for word in names_of(m)}
    return any(map(is_a_person, heads)) and not heads & counted


def _are_people_above_all(dimension: Dimension) -> bool:
    """Whether they are so by their own name, or by a plain word for people; a place may be called a partner, too."""
    return any(map(is_a_person, _heads(dimension.name))) or bool(_heads(*dimension.synonyms) & (PERSONS | WORKERS))


def _heads(*names: str) -> set[str]:
    return {form.split()[-1] for name in names if (form := normal_form(name))}


def _is_before_a_verb(intent: Intent, mention: Mention, at: int, *, one: bool) -> bool:
    """`one`: a single one may be asked for, the first of a ranking."""
    word = intent.tokens[at]
    behind = intent.norm(at + 1)
    verb = behind in _DOING or (at < mention.last and (is_participle(behind) or behind in AUXILIARIES))
    return (one or word.is_inflected) and verb


def _cuts_called(intent: Intent, first: int, last: int, catalogue: Catalogue) -> tuple[Target, ...]:
    form = intent.form(first, last)
    return tuple(t for t in targets_of(form, catalogue) if t.kind in CUT)


def course_of_a_day(intent: Intent, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans but for the "trend" of "the hourly trend": its course is that of the hours of a day."""
    hours = any(is_cut(s) and s.first == s.last and intent.norm(s.first) == HOURLY for s in spans)
    return tuple(s for s in spans if not (hours and isinstance(s.value, Cue) and s.value.kind == "trend"))


def is_drawn(intent: Intent, spans: Iterable[Span]) -> bool:
    """ "plot A for 2025", "a chart of A": a picture of one number is one of its course."""
    named = {at for s in spans if s.what == "name" for at in range(s.first, s.last + 1)}
    words = [t.norm for t in intent.tokens]
    asks = any(norm in QUESTION_WORDS for norm in words)
    drawn = (at for at, t in enumerate(intent.tokens) if t.norm in DRAWING and not t.is_inflected)
    return not asks and any(at not in named and _is_of_something(words, at) for at in drawn)


def is_drawn_as_a_course(intent: Intent) -> bool:
    """ "A by place as a line chart", "an area chart of A"."""
    return any(pair in _COURSES for pair in pairwise(t.norm for t in intent.tokens))


def _is_of_something(words: list[str], at: int) -> bool:
    """A verb, or a noun behind its article or before what is shown: "a chart of A", "A as a chart"."""
    before, behind = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else "of"
    return at == 0 or before in ARTICLES | _BEFORE_A_VERB or behind in ("of", "for", "showing", "with")
