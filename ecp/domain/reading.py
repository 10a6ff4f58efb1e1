"""A question with every part in its place: the thing measured, what it is cut, limited or compared by."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from ecp.domain.absent import with_bounds_of_none
from ecp.domain.accounting import unaccounted
from ecp.domain.against import (
    ACTUAL,
    against_own_target,
    is_target_called,
    times_of_both,
    with_targets_for,
    words_beside,
)
from ecp.domain.answer import Kind
from ecp.domain.asides import without_everywhere, words_in_passing
from ecp.domain.averages import Average, find_average
from ecp.domain.belonging import Belonging, asked_of_belonging
from ecp.domain.beside import told_beside
from ecp.domain.brackets import without_explanations
from ecp.domain.catalogue import Catalogue
from ecp.domain.changes import (
    Change,
    ChangeBound,
    against_its_target,
    against_the_shown_target,
    asks_by_change,
    asks_for_a_course,
    asks_how,
    asks_whether_it_grows,
    bound_on_change,
    course_of_steps,
    further_conditions,
    is_asked_for,
    is_ranked,
    missed_by,
    negated,
    period_before,
    steps_of_growth,
    turned_round,
    unit_before,
    words_in_percent,
    words_of_adding,
    words_of_becoming,
    words_of_change,
    words_of_contributing,
    words_of_either_way,
    words_of_growth,
    words_of_moving,
)
from ecp.domain.combined import Combined, find_combined
from ecp.domain.cover import Span, cover, cues_of, is_cut, is_time
from ecp.domain.dated_targets import with_times_of_targets
from ecp.domain.done import told_by_its_deed
from ecp.domain.downstream import (
    asks_where_kept,
    freshness_named,
    origins_named,
    reports_named,
    sources_named,
    users_named,
)
from ecp.domain.explaining import asked_of_data
from ecp.domain.governed import Governed, asked_of_metrics
from ecp.domain.inside import (
    counted_in_members,
    cut_in_a_member,
    each_in_a_role,
    groups_counted,
    in_a_cut,
    kinds_counted,
    kinds_done,
    own_name,
    people_counted,
)
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.issues_asked import asks_for_issues, asks_for_metrics_with_issues
from ecp.domain.joined import SET_BESIDE, joined_to_times, with_joined_times
from ecp.domain.labels import cut_by_what_it_is_based_on, limit_said, without_all_counted, without_groupings
from ecp.domain.language import (
    ADDING,
    ARTICLES,
    AUXILIARIES,
    AVERAGES,
    COMBINATIONS,
    COMPARATIVES,
    CUTTING,
    DIFFERENCES,
    EACH,
    GROWING,
    HOW_MUCH,
    JUDGING,
    MONEY,
    OVERALL,
    OWNING,
    PARTICLES,
    PERFORMING,
    POSSESSIVES,
    PRAISING,
    SUMS,
    TARGETS,
    TOGETHER,
    WAYS_TO_SORT,
    Cue,
)
from ecp.domain.likes import as_their_likes, of_one_kind
from ecp.domain.listing import (
    NOTHING,
    asks_for_cuts,
    asks_for_dimensions,
    asks_for_metrics,
    asks_for_targets,
    find_listed,
)
from ecp.domain.matching import Match, Target, without_changes
from ecp.domain.meant import with_what_is_meant
from ecp.domain.mentions import MEASURED, Mention, Role
from ecp.domain.newest import with_newest
from ecp.domain.numbers import NumberFilter
from ecp.domain.ordinary import as_they_are_meant
from ecp.domain.own_dates import with_own_dates
from ecp.domain.pairing import each_by_itself, each_part, paired, side_by_side, told_apart
from ecp.domain.qualified import qualified
from ecp.domain.quotients import (
    find_quotient,
    is_rate_unkept,
    with_defined_share,
    with_kept_rate,
    with_own_rate,
    with_quotients,
    without_own_denominators,
)
from ecp.domain.rankings import count_at
from ecp.domain.related import asked_over_relations
from ecp.domain.relations import RelationPath, find_paths, is_verb, said_verbs, words_of_distance
from ecp.domain.restated import restated, told_in_percent, without_units_told
from ecp.domain.roles import Walk
from ecp.domain.running import Running, find_running
from ecp.domain.scales import find_scale
from ecp.domain.shared_heads import told_by_a_shared_head
from ecp.domain.shares import Share, behind_shares, find_share, with_whole
from ecp.domain.sources import Called
from ecp.domain.spending import told_by_what_they_spend
from ecp.domain.standing import held_by
from ecp.domain.starting import with_own_starts, words_of_own_starts
from ecp.domain.states import with_states_of_now
from ecp.domain.subtracting import find_difference
from ecp.domain.things import of_what_else, things_as_cuts
from ecp.domain.time.vocabulary import ADVERBS
from ecp.domain.two_sides import without_names_across
from ecp.domain.units import unit_of
from ecp.domain.unnamed import (
    asked_for_which,
    asked_for_whom,
    by_popularity,
    by_what,
    course_of_a_day,
    cut_of_any_kind,
    is_drawn,
    is_drawn_as_a_course,
    told_by_how_many,
    told_by_its_head,
    told_by_money,
    trending_things,
    words_about_a_breakdown,
)
from ecp.domain.values import Value
from ecp.domain.wholes import groups_of_the_whole
from ecp.domain.within import Within, ranked_within
from ecp.domain.words import normal_form
from ecp.domain.worth import held_to_targets, with_worth

_AND_ITS = (("and", "its"), ("and", "it"), ("and", "the"), ("and", "our"))
_AMONG = frozenset({"among", "amongst", "of", "between"})
_ALL_OURS = POSSESSIVES | {"these", "those", "all"}
_WHICH = frozenset({"which", "who", "what"})
_ONE_DOES = frozenset({"has", "had", "is", "was", "one"})
_HIM = frozenset({"him", "her", "them"})
_AT_ONCE = SUMS | AVERAGES | TOGETHER | OVERALL
_GAPS = DIFFERENCES | {"deviation"}
_LEADING_ON = frozenset({"number", "count", "amount", "volume", "total", "of", "the"})
_UNITS_OF_TIME = frozenset({"day", "date", "week", "month", "quarter", "year"})
_BEFORE_A_MEMBER = frozenset({"in", "for", "from", "at", "within", "on", "of", "and", "or"})
_WHAT_IS_ONE = re.compile(r"\s*what(?:['’]?s|\s+is)\s+an?\b", re.I)
_WHO_IS = re.compile(r"\s*who(?:['’]?s|\s+(?:is|are))\b", re.I)
_WHAT_IS = re.compile(r"\s*what(?:['’]?s|\s+(?:is|are))\b", re.I)


class Reading(Value):
    """The question with every content word in its place, or in `left`. `compares` is the comparing word, which has
    to find two things to compare; `singular` that one thing is asked for, the first of a ranking, `within` the groups
    of which a first is told one by one, `each` those of which it cannot be told, `leading` those of whose first ones
    more is told, `together` that groups are ranked in pairs; `course` that a comparison or a ranking is told over time,
    `at_once` that one number is asked for, however long its time is ("how many", "the average", "in total"),
    `when` that the unit of time is asked for which comes first; `judges` that it is the best or the worst, `by_change`
    that a change decides; `adds` that what is said comes beside what was said before ("also"); `wanted` what the place
    of each text in `left` asks for: a member, a cut or a metric; `ranked_at` where what is ranked by begins; `counted`
    the groups of which it is asked how many there are; `scale` how large the numbers are to be; `listed` what it is
    asked of which members it has; `sources`, of which it is asked what is made from them, where they come from or
    how fresh they are; `of_dimensions`, that all that numbers are cut by is asked for; `of_an_owner`, what somebody
    owns; `of_relations`, that it is asked where `paths` lead to; `combined` asks how much all that come first are
    together; `of_data` what is known of the data, `of_issues` what is wrong with them; `of_cuts` by what something
    can be cut; `governed` asks for metrics as such, `belonging` for what is part of a member."""

    kind: Kind
    mentions: tuple[Mention, ...]
    times: tuple[TimeSpan, ...]
    numbers: tuple[NumberFilter, ...]
    ranking: Cue | None = None
    ranked_at: int | None = None
    left: tuple[str, ...] = ()
    compares: str | None = None
    singular: bool = False
    each: str | None = None
    within: tuple[str, ...] = ()
    leading: str | None = None
    together: bool = False
    course: bool = False
    when: bool = False
    at_once: bool = False
    asks_what_it_is: bool = False
    judges: bool = False
    by_change: Change | None = None
    adds: bool = False
    paths: tuple[RelationPath, ...] = ()
    share: Share | None = None
    average: Average | None = None
    running: Running | None = None
    combined: Combined | None = None
    changed: ChangeBound | None = None
    counted: Mention | None = None
    scale: str | None = None
    listed: tuple[str, ...] = ()
    sources: Called | None = None
    of_dimensions: bool = False
    of_an_owner: bool = False
    of_relations: bool = False
    of_data: bool = False
    of_issues: bool = False
    of_cuts: bool = False
    governed: Governed | None = None
    belonging: Belonging | None = None
    wanted: dict[str, str] = {}

    def of(self, *roles: Role) -> tuple[Mention, ...]:
        return tuple(m for m in self.mentions if m.role in roles)

    @property
    def department(self) -> str | None:
        """The department whose meaning the question itself asks for."""
        named = self.of("department")
        return next((t.asset_id for m in named for t in m.targets if t.kind == "department"), None)


def read(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue, after: Reading | None = None) -> Reading:
    """Gives every span its role. Never raises. `after` is the reading of the question that this one goes on from:
    what was measured there is what words about a measure may refer to."""
    alone = after is None or not after.of(*MEASURED)
    asked = asked_over_relations(intent, matches, catalogue, alone=alone)
    if asked.paths or asked.left:
        return Reading(
            kind="catalogue",
            mentions=(),
            times=(),
            numbers=(),
            left=() if asked.left is None else (asked.left,),
            paths=asked.paths,
            of_relations=True,
        )
    if whole := asked_of_metrics(intent, catalogue):
        return Reading(
            kind=whole.kind,
            mentions=whole.mentions,
            times=(),
            numbers=(),
            left=whole.left,
            governed=whole.governed,
        )
    if within := asked_of_belonging(intent, catalogue):
        asked_so = within.belonging
        return Reading(
            kind="definition",
            mentions=within.mentions,
            times=(),
            numbers=(),
            listed=(asked_so.whole,),
            belonging=asked_so,
        )
    matches = without_names_across(intent, without_changes(intent, matches), catalogue)
    matches = as_their_likes(intent, matches, catalogue)
    matches = as_they_are_meant(intent, matches, catalogue)
    matches = (*matches, *said_verbs(intent, catalogue))
    covered = cover(intent, matches)
    paths, spans = find_paths(intent, covered.spans, catalogue)
    verbs = set[tuple[int, int]]()
    while unused := _unused_verbs(spans):
        verbs |= unused
        covered = cover(intent, tuple(m for m in matches if (m.first, m.last) not in verbs or not is_verb(m)))
        paths, spans = find_paths(intent, covered.spans, catalogue)
    spans = tuple(s for s in spans if not (isinstance(s.value, Match) and (not s.value.targets or is_verb(s.value))))
    said = spans
    turned = negated(intent, cues_of(spans, "exclude"))
    spans = tuple(s for s in spans if s.value not in turned.values())
    intent, spans, explained_so = without_explanations(intent, spans, catalogue)
    spans, everywhere = without_everywhere(intent, without_all_counted(intent, spans, catalogue))
    spans = with_joined_times(intent, without_groupings(intent, spans))
    spans = with_times_of_targets(intent, spans, catalogue)
    before = after.of(*MEASURED) if after else ()
    of_somebody = {at for first, last in verbs if _is_of_somebody(intent, last) for at in range(first, last + 1)}
    left_over = (
        (set(covered.left) | of_somebody)
        - words_of_distance(intent, paths)
        - set(words_in_passing(intent, spans))
        - everywhere
        - explained_so
    )
    spans, left_over = _as_what_they_are(intent, spans, left_over, catalogue)
    walk = Walk(intent, spans, catalogue, left_over, before=before)
    walk.run()
    if not before and all(s.what == "cue" for s in spans) and asks_for_dimensions(intent, walk.left):
        return Reading(kind="catalogue", mentions=(), times=(), numbers=(), of_dimensions=True)
    if asks_for_issues(intent, spans, walk.mentions):
        return _of_issues(intent, spans, walk.mentions)
    if origins := origins_named(intent, walk.mentions, catalogue):
        return Reading(kind="lineage", mentions=(), times=(), numbers=(), sources=origins)
    if (fresh := freshness_named(intent, walk.mentions, catalogue)) and _asks_of_data(intent, spans):
        return Reading(kind="definition", mentions=(), times=(), numbers=(), sources=fresh, of_data=True)
    if users := users_named(intent, walk.mentions, catalogue):
        return Reading(kind="catalogue", mentions=(), times=(), numbers=(), sources=users)
    if asks_where_kept(intent, walk.mentions, catalogue):
        return Reading(kind="lineage", mentions=tuple(walk.mentions), times=(), numbers=())
    walk.left |= reports_named(intent)
    if sources := sources_named(intent, walk.mentions, catalogue):
        return Reading(kind="catalogue", mentions=(), times=(), numbers=(), sources=sources)
    listed = NOTHING if before or paths else find_listed(intent, spans, tuple(walk.mentions), walk.left, catalogue)
    about_a_cut = bool(listed.subjects) or _asks_what_a_cut_is(intent, spans, walk.mentions)
    named = tuple(walk.mentions) if about_a_cut else (*walk.mentions, *in_a_cut(intent, walk.mentions, catalogue))
    named = _with_counted(intent, named, walk.left, catalogue)
    spans, mentions = _all_mentioned(intent, spans, named, walk.left, catalogue, before)
    walk.left |= set(of_what_else(intent, said, mentions, catalogue))
    difference, spans, mentions = find_difference(intent, spans, mentions, walk.left, catalogue)
    mentions = _each_measure_grown(intent, mentions, walk.left, catalogue)
    compared = any(m.role in ("target", "compared") for m in mentions)
    counted_in = set[int]() if _are_money(mentions, catalogue) else words_of_adding(intent, walk.left)
    walk.left -= counted_in
    changing = _words_of_change(intent, spans, mentions, walk.left)
    numbers = tuple(s.value for s in spans if isinstance(s.value, NumberFilter))
    units = tuple(_units_asked_for(intent, spans))
    changed = bound_on_change(intent, words_of_change(intent, walk.left), (*mentions, *units), numbers)
    ranked = _without_number_of_a_name(intent, _ranking(intent, spans), mentions, catalogue)
    changed = None if asks_by_change(intent, ranked, changing, (*mentions, *units)) else changed
    changed = turned_round(changed, intent, turned)
    if turned and (changed is None or len(turned) > 1):
        walk.left |= {at for cue in turned.values() for at in range(cue.first, cue.last + 1)}
    if changed and changed.number and intent.tokens[changed.number.first - 1].norm == "by":
        walk.left.discard(changed.number.first - 1)
    further = further_conditions(intent, changing, changed)
    spans, times, develops = _changing(intent, spans, mentions, walk.left, compared=compared)
    told = set(told_in_percent(intent, mentions, catalogue))
    intent = intent.model_copy(update={"related": tuple(at for at in intent.related if at not in told)})
    walk.left -= set(restated(intent, mentions, catalogue))
    scale = find_scale(intent, mentions, walk.left, catalogue)
    walk.left -= set(scale.words if scale else ())
    if compared or changing or any(t.found.type == "comparison" for t in times):
        walk.left -= words_in_percent(intent, walk.left)
    if changing:
        walk.left -= words_of_contributing(intent, ranked)
    share, signs = difference, set[int]()
    if share is None:
        share, signs, mentions = _part_asked_for(intent, spans, mentions, walk.left, catalogue)
    if average := find_average(intent, spans, mentions, walk.left, catalogue):
        walk.left -= set(average.words)
        spans, times = _without_unit(spans, average), tuple(t for t in times if t.first not in average.words)
    running = None if ranked or share or average else find_running(intent, walk.left)
    walk.left -= set(running.words if running else ())
    divided = bool(share and share.of)
    if not (share or average or ranked or changing or cues_of(spans, "definition", "lineage", "catalogue")):
        open_cut = cut_of_any_kind(intent, spans, mentions, catalogue)
        walk.left -= words_about_a_breakdown(intent, open_cut)
        mentions = (*mentions, *open_cut)
    kind = _kind(intent, spans, mentions, ranked=ranked is not None, of_another=divided)
    develops = develops or (running is not None and running.course)
    kind = "trend" if develops and kind in ("metric", "breakdown") else kind
    ranking, counted = _counted(intent, ranked, _cut_by(spans, mentions), walk.left)
    walk.left -= counted
    inside = ranked_within(intent, spans, mentions, develops=develops) if ranking else Within()
    walk.left -= listed.words
    if asks_for_targets(intent, spans, named, catalogue) or asks_for_metrics(intent, spans, named, walk.left):
        kind = "catalogue"
    kind = listed.kind or ("definition" if about_a_cut else kind)
    left = unaccounted(
        intent,
        spans,
        mentions,
        kind,
        walk.left | counted_in,
        catalogue,
        before,
        divided=divided,
        changed=changed,
        alone=after is None,
    )
    left = (left - signs) | further
    compares_times = any(t.found.type == "comparison" for t in times)
    counted_groups = groups_counted(intent, (*mentions, *units), bounded=bool(numbers or changed))
    if counted_groups:
        left -= set(range(counted_groups.first - 2, counted_groups.last + 1))
    return Reading(
        kind=kind,
        listed=listed.subjects,
        mentions=mentions,
        times=times,
        numbers=tuple(n for n in numbers if changed is None or n != changed.number),
        ranking=ranking,
        ranked_at=_behind(intent, ranking) if ranking else None,
        left=tuple(_texts(intent, left)),
        wanted=dict(_wanted(intent, left, spans, mentions)),
        compares=_compares(intent, spans),
        singular=inside.singular or _asks_for_one(intent, spans, mentions),
        each=None if inside.groups else _each(intent, spans, mentions),
        within=inside.groups,
        leading=inside.leading,
        together=any(t.norm in COMBINATIONS for t in intent.tokens),
        when=_asks_when(intent, spans),
        course=kind in ("comparison", "ranking")
        and (
            bool(cues_of(spans, "trend"))
            or _is_drawn_over(intent, times)
            or (develops and (kind == "ranking" or divided))
        ),
        by_change=asks_by_change(
            intent, ranking, changing, (*mentions, *units), short_of=any(m.role == "target" for m in mentions)
        )
        or missed_by(intent, ranking, changed, mentions)
        or against_its_target(intent, ranking, mentions)
        or (None if compares_times else against_the_shown_target(intent, ranking, mentions, before)),
        at_once=_asks_at_once(intent, mentions),
        judges=ranking is not None and _judges(intent, ranking, mentions),
        asks_what_it_is=bool(_WHAT_IS.match(intent.text))
        and not any(t.norm in CUTTING - PARTICLES for t in intent.tokens)
        and not cues_of(spans, "group"),
        paths=paths,
        share=share and share.model_copy(update={"within": groups_of_the_whole(intent, share, mentions)}),
        average=average,
        running=running,
        combined=find_combined(intent, cues_of(spans, "top", "bottom"), mentions),
        changed=changed,
        counted=counted_groups,
        scale=scale.text if scale else None,
        adds=any(t.norm in ADDING for t in intent.tokens),
        of_an_owner=any(t.norm in OWNING for t in intent.tokens),
        of_data=kind == "definition" and _asks_of_data(intent, spans),
        of_cuts=kind == "definition" and not about_a_cut and asks_for_cuts(intent, spans),
    )


def _of_issues(intent: Intent, spans: tuple[Span, ...], mentions: Iterable[Mention]) -> Reading:
    """What is known to be wrong with what is named, or which metrics have something known to be wrong with them."""
    named = tuple(mentions)
    return Reading(
        kind="catalogue" if asks_for_metrics_with_issues(intent, named) else "definition",
        mentions=named,
        times=tuple(s.value for s in spans if isinstance(s.value, TimeSpan)),
        numbers=(),
        of_data=True,
        of_issues=True,
    )


def _as_what_they_are(
    intent: Intent, spans: tuple[Span, ...], left: set[int], catalogue: Catalogue
) -> tuple[tuple[Span, ...], set[int]]:
    """Spans in the place of those that stand for something else here, and the positions of what is still left."""
    spans = course_of_a_day(intent, with_own_dates(intent, trending_things(intent, spans), catalogue))
    left = left - {at for s in spans if s.what == "time" for at in range(s.first, s.last + 1)}
    spans, started_otherwise = with_own_starts(intent, spans, catalogue)
    spans, none = with_bounds_of_none(intent, spans, catalogue)
    spans, of_no_kind = of_one_kind(intent, spans, catalogue)
    left = ((left - none) | started_otherwise | of_no_kind) - words_of_own_starts(intent, spans, catalogue)
    spans = counted_in_members(intent, spans, catalogue)
    spans = things_as_cuts(intent, cut_by_what_it_is_based_on(intent, spans))
    spans = without_units_told(intent, spans, catalogue)
    spans = with_states_of_now(intent, spans, catalogue)
    spans, told = with_newest(intent, spans, left, catalogue)
    return spans, left - told


def _with_counted(
    intent: Intent, named: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """What is counted without being named, by what it is a kind of. Words that this explains leave `left`."""
    done = tuple(kinds_done(intent, named, catalogue))
    left -= {m.last for m in done}
    named = (*named, *done)
    named = (*named, *kinds_counted(intent, named, catalogue))
    people = tuple(people_counted(intent, named, catalogue))
    left -= {m.last for m in people}
    named = (*named, *people)
    return (*named, *cut_in_a_member(intent, named, catalogue), *each_in_a_role(intent, named, catalogue))


def _all_mentioned(
    intent: Intent,
    spans: tuple[Span, ...],
    named: tuple[Mention, ...],
    left: set[int],
    catalogue: Catalogue,
    before: tuple[Mention, ...],
) -> tuple[tuple[Span, ...], tuple[Mention, ...]]:
    """What is named, and what follows from how: targets, pairs, quotients, what is meant without a name, unless it was
    measured `before`. `left` is kept up to date."""
    mentions = (*named, *_nameless_targets(intent, spans, left, named, catalogue))
    mentions = held_to_targets(intent, mentions, catalogue)
    mentions = with_targets_for(intent, mentions, left, catalogue)
    mentions = each_by_itself(intent, paired(intent, spans, mentions), left)
    mentions = told_apart(intent, mentions, catalogue)
    mentions = against_own_target(intent, spans, mentions, left, catalogue)
    if any(m.role == "target" for m in mentions):
        again = times_of_both(intent, spans)
        spans = tuple(s for s in spans if s.value not in again)
    mentions = with_quotients(intent, mentions, left, catalogue)
    mentions = own_name(intent, mentions, catalogue)
    mentions = (*mentions, *asked_for_which(intent, mentions, catalogue))
    whom = tuple(asked_for_whom(intent, mentions, catalogue))
    left -= {at for m in whom for at in range(m.first, m.last + 1)}
    mentions = (*mentions, *whom)
    mentions, told = told_by_what_they_spend(intent, spans, mentions, left, catalogue)
    left -= told
    mentions = by_popularity(intent, spans, mentions, catalogue)
    mentions = (*mentions, *told_by_how_many(intent, spans, mentions, catalogue))
    mentions, told = with_worth(intent, spans, mentions, left, catalogue)
    left -= told
    mentions = (*told_beside(intent, spans, mentions, catalogue), *mentions)
    unnamed = tuple(told_by_money(intent, spans, mentions, left, catalogue))
    unnamed = unnamed or tuple(told_by_its_head(intent, mentions, left, catalogue))
    unnamed = unnamed or tuple(told_by_its_deed(intent, spans, mentions, catalogue))
    unnamed = unnamed or tuple(told_by_a_shared_head(intent, mentions, left, catalogue))
    left -= {m.first for m in unnamed}
    mentions = (*mentions, *unnamed)
    mentions, told = with_what_is_meant(intent, spans, mentions, left, catalogue)
    left -= told
    mentions, beside = qualified(intent, spans, mentions, catalogue)
    mentions = without_own_denominators(intent, mentions, catalogue)
    left |= beside
    mentions, beside = _each_grown(intent, spans, mentions, left)
    left -= beside
    return spans, by_what(intent, spans, mentions, left, catalogue, before)


def _part_asked_for(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Share | None, set[int], tuple[Mention, ...]]:
    """The share that is asked for, the positions of its signs, and the mentions with its whole. `left` is kept up to
    date."""
    mentions = with_kept_rate(intent, mentions, left, catalogue)
    mentions = with_whole(intent, mentions, left, catalogue)
    share = find_share(intent, mentions, left)
    if share and any(m.role == "compared" for m in mentions):
        mentions = side_by_side(mentions) or mentions
        share = find_share(intent, mentions, left)
    explained, signs = (set(share.words), set(share.signs)) if share else (set[int](), set[int]())
    left -= explained
    if share is None:
        share, mentions = find_quotient(intent, spans, mentions, left, catalogue)
    mentions = each_part(intent, share, mentions)
    share, mentions = with_defined_share(share, mentions, catalogue)
    share, mentions = with_own_rate(intent, share, mentions, catalogue)
    if is_rate_unkept(intent, share, mentions, catalogue):
        left |= explained
        share, signs = None, set()
    return share, signs, mentions


def _each_grown(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int]
) -> tuple[tuple[Mention, ...], set[int]]:
    """Members whose growth is compared stand side by side; with the positions of the words that this explains."""
    times = [s.value for s in spans if isinstance(s.value, TimeSpan)]
    compared = any(m.role == "compared" for m in mentions)
    if not compared or not words_of_growth(intent, left) or [t.found.type for t in times] != ["time"]:
        return mentions, set()
    grown = side_by_side(mentions)
    return (mentions, set()) if grown is None else (grown, {a for a in left if intent.tokens[a].norm in COMPARATIVES})


def _each_measure_grown(
    intent: Intent, mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[Mention, ...]:
    """ "Compare the growth of A and B", where B is no target: each is told against its own past, side by side."""
    beside = [m for m in mentions if m.role == "target"]
    meant = catalogue.metrics_meant(i for m in beside for i in m.asset_ids)
    if not meant or any(m.target_of for m in meant) or not words_of_growth(intent, left):
        return mentions
    return tuple(m.model_copy(update={"role": "metric"}) if m in beside else m for m in mentions)


def _nameless_targets(
    intent: Intent, spans: tuple[Span, ...], left: set[int], mentions: Iterable[Mention], catalogue: Catalogue
) -> Iterator[Mention]:
    """ "against target": whichever target the metric has."""
    behind, before = set(_behind_comparing(intent, spans)), set(_before_actual(intent, spans))
    whole = set(behind_shares(intent))
    groups = [(s.first, s.last) for s in spans if is_cut(s)]
    measured = {i for m in mentions if m.role in MEASURED for i in m.asset_ids}
    for at in sorted(left):
        held = set[int]() if at in behind | before else held_by(intent, at, groups)
        norm = intent.tokens[at].norm
        known = [m for m in catalogue.metrics.targets if is_target_called(m, norm)]
        beside = words_beside(intent, spans, at, at) if measured and not held else set[int]()
        held = held | beside
        if at in before | whole or beside:
            known = [m for m in known if measured & set(m.target_of)]
        against = ((at in behind or held) and (known or norm in TARGETS)) or (at in before and known)
        if against or (at in whole and known):  # "A as % of plan": what it is a part of
            left -= {at, *(held if against else ())}
            role: Role = "target" if against else "metric"
            targets = tuple(Target(kind="metric", asset_id=m.id) for m in known)
            yield Mention(text=intent.tokens[at].text, first=at, last=at, role=role, targets=targets)


def _behind_comparing(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    ends = [c.last for c in cues_of(spans, "compare")] + [t.last for t in times_of_both(intent, spans)]
    ends += joined_to_times(intent, spans)
    if cues_of(spans, "contrast"):  # "the gap between A and its target", "compare A to its target"
        yield from (at for at in range(2, len(intent.tokens)) if intent.pair_before(at) in _AND_ITS)
        ends += [at for at, t in enumerate(intent.tokens) if t.norm in SET_BESIDE and at > 2]
    dated = {at for s in spans if is_time(s, "time") for at in range(s.first, s.last + 1)}  # "vs the 2025 target"
    for end in ends:
        yield from [i for i in range(end + 1, len(intent.tokens)) if i not in intent.plain | dated][:1]


def _before_actual(intent: Intent, spans: tuple[Span, ...]) -> Iterator[int]:
    """ "plan vs actual": the target goes before what it is set for."""
    for cue in cues_of(spans, "compare"):
        behind = intent.tokens[cue.last + 1 : cue.last + 3]
        if cue.first and any(t.norm in ACTUAL for t in behind):
            yield cue.first - 1


def _changing(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], *, compared: bool
) -> tuple[tuple[Span, ...], tuple[TimeSpan, ...], bool]:
    """Words of change put in their place: the period before as what is compared with, or a course over time."""
    times = tuple(s.value for s in spans if isinstance(s.value, TimeSpan))
    if cues_of(spans, "trend"):
        left -= words_of_either_way(intent, left)
    words = _words_of_change(intent, spans, mentions, left)
    before = None if compared else period_before(intent, words, times) or unit_before(intent, words, times, mentions)
    if before:
        timed = any(t.found.type == "time" for t in times)  # without a period, "monthly growth" is of the newest unit
        times = (*(t for t in times if timed or t.found.text.casefold() not in ADVERBS), before)
        spans = tuple(s for s in spans if not isinstance(s.value, TimeSpan) or s.value in times)
        spans = (*spans, Span(before.first, before.last, "time", before))
    ranked = cues_of(spans, "top", "bottom", "sort", "sort_up")
    if not (compared or ranked) and (grown := steps_of_growth(intent, left, times)):
        times = grown
        spans = (*spans, *(Span(t.first, t.last, "time", t) for t in grown))
        left -= {t.first for t in grown}
    if steps := course_of_steps(intent, next(iter(cues_of(spans, "trend")), None), times):
        times = (*times, steps)
        spans = (*spans, Span(steps.first, steps.last, "time", steps))
    develops = asks_for_a_course(intent, left, times) or (asks_how(intent) and _over_time(spans, times))
    timed = compared or any(t.found.type != "grain" for t in times)
    develops = develops or (asks_whether_it_grows(intent, left) and not timed)
    develops = develops or (_asks_yes_or_no(intent) and bool(words_of_becoming(intent, left)) and not timed)
    course = bool(cues_of(spans, "trend")) or (_asks_yes_or_no(intent) and not timed)
    if not compared and course and (ways := words_of_either_way(intent, left)):
        left -= ways
        develops = True
    if not compared and (moving := words_of_moving(intent, left)):
        left -= moving
        develops = True
    if before or develops:
        left -= set(words_of_change(intent, left))
    return spans, times, develops


def _asks_yes_or_no(intent: Intent) -> bool:
    return intent.norm(0) in AUXILIARIES


def _words_of_change(intent: Intent, spans: tuple[Span, ...], mentions: Iterable[Mention], left: set[int]) -> list[int]:
    """Those of "fastest growing" too, which is one cue, of "the largest gap between", where what is compared is what is
    ranked by, and of "the largest plan variance", which says what it varies from."""
    cues = cues_of(spans, "top", "bottom")
    growing = {at for c in cues for at in range(c.first, c.last + 1) if intent.tokens[at].norm in GROWING}
    ends = {c.last for c in (*cues, *cues_of(spans, "sort", "sort_up"))}
    ends |= {m.last for m in _ordered_by(spans)}
    gaps = {c.first for c in cues_of(spans, "compare", "contrast") if c.first - 1 in ends}
    gaps |= {at for m in mentions if m.role == "target" for at in (m.first, m.last + 1) if at < len(intent.tokens)}
    return words_of_change(intent, left | growing | {at for at in gaps if intent.tokens[at].norm in _GAPS})


def _are_money(mentions: Iterable[Mention], catalogue: Catalogue) -> bool:
    metrics = catalogue.metrics_meant(i for m in mentions if m.role in MEASURED for i in m.asset_ids)
    return bool(metrics) and all(unit_of(m) in MONEY for m in metrics)


def _ordered_by(spans: tuple[Span, ...]) -> Iterator[Span]:
    """What an order is told by: "sorted by A", which may go on with "variance to its plan"."""
    sorting = cues_of(spans, "sort", "sort_up")
    starts = {c.last + 1 for c in (*sorting, *(cues_of(spans, "group") if sorting else ()))}
    yield from (s for s in spans if s.first in starts and s.what == "name")


def _without_unit(spans: tuple[Span, ...], average: Average) -> tuple[Span, ...]:
    """The unit of an average is no grouping by time."""
    return tuple(s for s in spans if not (isinstance(s.value, TimeSpan) and s.first in average.words))


def _over_time(spans: tuple[Span, ...], times: tuple[TimeSpan, ...]) -> bool:
    return bool(cues_of(spans, "trend")) or any(t.found.type == "grain" for t in times)


def _asks_of_data(intent: Intent, spans: tuple[Span, ...]) -> bool:
    """ "caveats for A", "how fresh is A"."""
    return any(intent.form(c.first, c.last) in asked_of_data() for c in cues_of(spans, "definition"))


def _unused_verbs(spans: tuple[Span, ...]) -> set[tuple[int, int]]:
    return {(s.first, s.last) for s in spans if isinstance(s.value, Match) and is_verb(s.value)}


def _is_of_somebody(intent: Intent, last: int) -> bool:
    """ "the people reporting to her": whoever that is, it is not said of nobody."""
    return any(t.norm in _HIM for t in intent.tokens[last + 1 : last + 2])


def _ranking(intent: Intent, spans: tuple[Span, ...]) -> Cue | None:
    """A number of places goes before a mere order, and which way it goes ("best first") before that there is one."""
    ordered = [c for kind in ("sort_up", "sort") for c in cues_of(spans, kind)]
    told = [c for c in ordered if _says_which_way(intent, c)]
    return next(iter([*cues_of(spans, "top", "bottom"), *told, *ordered]), None)


def _without_number_of_a_name(
    intent: Intent, ranking: Cue | None, mentions: tuple[Mention, ...], catalogue: Catalogue
) -> Cue | None:
    """ "the most 911 noise calls", of 911 calls: the name's own number says not how many are wanted."""
    if ranking is None or ranking.number is None or not intent.norm(ranking.last).isdigit():
        return ranking
    behind = [m for m in mentions if m.role in MEASURED and m.first > ranking.last]
    called = (s for m in behind for i in sorted(m.asset_ids) for s in catalogue.spellings(i))
    own = any(normal_form(s).split()[:1] == [intent.norm(ranking.last)] for s in called)
    return ranking.model_copy(update={"number": None}) if own else ranking


def _behind(intent: Intent, cue: Cue) -> int:
    """ "the highest A", "the highest number of A"."""
    at = cue.last + 1
    while at < len(intent.tokens) and intent.tokens[at].norm in _LEADING_ON:
        at += 1
    return at


def _judges(intent: Intent, ranking: Cue, mentions: Iterable[Mention]) -> bool:
    """ "the best", "the most efficient", and "top performing", which says how well."""
    said = {t.norm for t in intent.tokens[ranking.first : ranking.last + 1]}
    praised = (m for m in mentions if m.role in MEASURED and m.first == ranking.last + 1)
    judged = bool(said & JUDGING) or intent.norm(ranking.last + 1) in PERFORMING
    return judged or any(intent.norm(m.last) in PRAISING for m in praised)


def _says_which_way(intent: Intent, cue: Cue) -> bool:
    return any(intent.tokens[at].norm in WAYS_TO_SORT for at in range(cue.first, cue.last + 1))


def _cut_by(spans: Iterable[Span], mentions: Iterable[Mention]) -> list[int]:
    """Where the names of groups and of units of time begin."""
    return [m.first for m in mentions if m.role == "group"] + [s.first for s in spans if is_time(s, "grain")]


def _counted(intent: Intent, ranking: Cue | None, cut_by: Iterable[int], left: set[int]) -> tuple[Cue | None, set[int]]:
    """ "the 3 places with the highest", "which 3 days": the number stands before what is ranked, or is told as a
    limit."""
    if ranking is None or ranking.number is not None:
        return ranking, set()
    limit, words = limit_said(intent, left)
    if limit is not None:
        return ranking.model_copy(update={"number": limit}), words
    for first in cut_by:
        number = count_at(intent.tokens, first - 1)
        if number is not None and _are_all(intent, first):
            return ranking, {first - 1}
        if number is not None:
            return ranking.model_copy(update={"number": number}), {first - 1}
    return ranking, set()


def _are_all(intent: Intent, first: int) -> bool:
    """ "of the four places, which has", "which of our four places": how many there are in all, and not how many are
    wanted; "A of the four places which have" wants four."""
    of = first - 2 - (intent.norm(first - 2) in ARTICLES | _ALL_OURS)
    if intent.norm(of) not in _AMONG:
        return False
    asked = next((at for at in range(first + 1, first + 4) if intent.norm(at) in _WHICH), None)
    apart = asked is not None and (of == 0 or "," in intent.gap(asked - 1, asked))
    return intent.norm(of - 1) in _WHICH or apart


def _kind(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], *, ranked: bool, of_another: bool
) -> Kind:
    lineage, definition = cues_of(spans, "lineage"), cues_of(spans, "definition")
    if lineage or (definition and not _is_only_about(intent, definition, spans, mentions)):
        return "lineage" if lineage else "definition"
    if _WHAT_IS_ONE.match(intent.text) and len(spans) == len(mentions) == 1 and mentions[0].role == "metric":
        return "definition"
    if cues_of(spans, "catalogue"):
        return "catalogue"
    if ranked:
        return "ranking"
    times = [s.value.found.type for s in spans if isinstance(s.value, TimeSpan)]
    if of_another or any(m.role in ("target", "compared") for m in mentions) or "comparison" in times:
        return "comparison"
    if cues_of(spans, "trend") or "grain" in times or is_drawn_as_a_course(intent):
        return "trend"
    if any(m.role == "group" for m in mentions):
        return "breakdown"
    return "trend" if is_drawn(intent, spans) else "metric"


def _asks_what_a_cut_is(intent: Intent, spans: tuple[Span, ...], mentions: list[Mention]) -> bool:
    """ "what is a place", where places are what things are cut by; "who is A", of somebody."""
    if len(mentions) == 1 and mentions[0].role == "group" and cues_of(spans, "definition"):
        return True
    if len(spans) != 1 or len(mentions) != 1:
        return False
    role = mentions[0].role
    cut = role == "group" and bool(_WHAT_IS_ONE.match(intent.text))
    return cut or (role == "member" and bool(_WHO_IS.match(intent.text)))


def _is_only_about(intent: Intent, cues: list[Cue], spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> bool:
    """ "tell me about A in some year": a number of it, and not what it is."""
    known = asked_of_data()  # "what should I know about A in some year" asks for no number
    about = all(intent.norm(c.last) == "about" and intent.form(c.first, c.last) not in known for c in cues)
    cut = any(m.role in ("member", "group", "excluded", "compared") for m in mentions)
    return about and (cut or any(isinstance(s.value, TimeSpan | NumberFilter) for s in spans))


def _is_drawn_over(intent: Intent, times: tuple[TimeSpan, ...]) -> bool:
    """ "A 2025 vs 2024 as a line chart"; "MoM growth as a line chart" has no period to be drawn over."""
    return is_drawn_as_a_course(intent) and any(t.found.type == "time" for t in times)


def _asks_at_once(intent: Intent, mentions: Iterable[Mention]) -> bool:
    """Whether one number is asked for, and not as part of a name ("Average A")."""
    named = {at for m in mentions if m.role in MEASURED for at in range(m.first, m.last + 1)}
    said = [t.norm for at, t in enumerate(intent.tokens) if at not in named]
    return not _AT_ONCE.isdisjoint(said) or any(pair in HOW_MUCH for pair in itertools.pairwise(said))


def _compares(intent: Intent, spans: tuple[Span, ...]) -> str | None:
    cue = next(iter(cues_of(spans, "compare", "contrast")), None)
    return intent.text[intent.tokens[cue.first].start : intent.tokens[cue.last].end] if cue else None


def _asks_for_one(intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> bool:
    """ "which place has the highest …": one thing, and not one for each of several."""
    named = [m for m in mentions if m.role == "group"]
    grouped = [m for at, m in enumerate(named) if not any(m.same_as(other) for other in named[:at])]
    cues = cues_of(spans, "top", "bottom")
    if len(grouped) == 1 and cues and grouped[0].first == 0 and intent.norm(0) == "who":
        return all(c.number is None for c in cues)
    if len(grouped) == 1 and cues and _is_one_of_them(intent, grouped[0]):
        return True
    if not grouped:
        behind = {c.last + 1 for c in cues if c.number is None}
        units = (s for s in spans if s.what == "time" and s.first == s.last and s.first in behind)
        daily = any(intent.tokens[s.first].norm.endswith("ly") for s in units)  # "the maximum daily output"
        return bool(cues) and (daily or _asks_when(intent, spans) or any(_is_one_unit(intent, s) for s in spans))
    if len(grouped) > 1:
        grouped = [m for m in grouped if any(c.last + 1 == m.first and c.number is None for c in cues)]
    if len(grouped) != 1 or not cues:
        return False
    own = grouped[0]
    said = [t.norm for t in intent.tokens[own.first : own.last + 1]]
    word = intent.tokens[own.first + said.index("of") - 1 if "of" in said[1:] else own.last]
    behind_cue = any(c.last < own.first and c.last + 2 >= own.first for c in cues_of(spans, "group"))
    first_of_them = any(c.last + 1 == own.first for c in cues)  # "by the best place"
    return word.is_one and not ((behind_cue and not first_of_them) or word.norm.endswith("wise"))


def _asks_when(intent: Intent, spans: tuple[Span, ...]) -> bool:
    """ "when was A highest"."""
    return intent.norm(0) == "when" and any(c.first == 0 for c in cues_of(spans, "trend"))


def _is_one_of_them(intent: Intent, group: Mention) -> bool:
    """ "of all places, which has the most", "which of them has": one of them, whatever else they are called by."""
    before = {t.norm for t in intent.tokens[max(group.first - 3, 0) : group.first]}
    which = any(intent.norm(at) in _WHICH and intent.norm(at + 1) == "of" for at in range(group.first - 4, group.first))
    if which and intent.norm(group.last + 1) in _ONE_DOES:
        return True
    asked = (t.norm for t in intent.tokens[group.last + 1 : group.last + 6])
    words = list(itertools.dropwhile(lambda norm: norm not in _WHICH, asked))
    return bool(before & _AMONG) and len(words) > 1 and words[1] in _ONE_DOES


def _units_asked_for(intent: Intent, spans: tuple[Span, ...]) -> Iterator[Mention]:
    """Units of time as groups, which a word for how they came out may bind."""
    for span in spans:
        unit = span.value
        if not isinstance(unit, TimeSpan) or unit.found.type != "grain":
            continue
        if is_asked_for(intent, unit) or is_ranked(intent, unit):
            yield Mention(text=unit.found.text, first=unit.first, last=unit.last, role="group", targets=())


def _is_one_unit(intent: Intent, span: Span) -> bool:
    """ "which month", and not "which months" or "by month"."""
    word, before = intent.tokens[span.last], intent.tokens[max(span.first - 1, 0)].norm
    grain = isinstance(span.value, TimeSpan) and span.value.found.type == "grain"
    return grain and word.text.lower() == word.norm in _UNITS_OF_TIME and before not in ("by", "per", "each", "every")


def _each(intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...]) -> str | None:
    """ "the top thing of each place", "the top things by A per day": a ranking within every group, or of what is shared
    out, and not one over all of them."""
    grouped = [m for m in mentions if m.role == "group"]
    if not grouped or not cues_of(spans, "top", "bottom"):
        return None
    each = [m.text for m in grouped if m.first and intent.tokens[m.first - 1].norm in EACH and len(grouped) > 1]
    units = (s.value.found.text for s in spans if isinstance(s.value, TimeSpan) and is_time(s, "grain"))
    shared_out = (u for u in units if u.casefold().startswith("per "))
    return next(iter([*each, *shared_out]), None)


def _texts(intent: Intent, left: Iterable[int]) -> Iterator[str]:
    """Words in a row that were not understood, as one text."""
    return (_text(intent, run) for run in _runs(left))


def _text(intent: Intent, run: list[int]) -> str:
    return intent.text[intent.tokens[run[0]].start : intent.tokens[run[-1]].end]


def _runs(left: Iterable[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for at in [*sorted(left), -1]:
        if run and at != run[-1] + 1:
            yield run
            run = []
        run.append(at)


def _wanted(
    intent: Intent, left: Iterable[int], spans: tuple[Span, ...], mentions: tuple[Mention, ...]
) -> Iterator[tuple[str, str]]:
    """What kind of thing is asked for in the place of each text."""
    grouped = {c.last for c in cues_of(spans, "group")}
    measured = any(m.role in MEASURED for m in mentions)
    for run in _runs(left):
        before = next((at for at in range(run[0] - 1, -1, -1) if intent.tokens[at].norm not in ARTICLES), None)
        if before in grouped:
            yield _text(intent, run), "cut"
        elif not measured:
            yield _text(intent, run), "metric"
        elif (before is not None and intent.norm(before) in _BEFORE_A_MEMBER) or _names_beside(intent, run, mentions):
            yield _text(intent, run), "member"


def _names_beside(intent: Intent, run: list[int], mentions: Iterable[Mention]) -> bool:
    """ "XYZ weight", "the weight Nowhere": a name, by its capitals, right beside what is measured."""
    names = all(intent.tokens[at].text.isupper() or (at > 0 and intent.tokens[at].text[0].isupper()) for at in run)
    return names and any(m.first == run[-1] + 1 or m.last == run[0] - 1 for m in mentions if m.role in MEASURED)


__all__ = ["Mention", "Reading", "Role", "Target", "read"]
