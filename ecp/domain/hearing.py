"""What the words of a question stand for, before it is asked what they do in it."""

from __future__ import annotations

from typing import NamedTuple

from ecp.domain.absent import with_bounds_of_none
from ecp.domain.asides import without_everywhere, words_in_passing
from ecp.domain.brackets import without_explanations
from ecp.domain.catalogue import Catalogue
from ecp.domain.changes import negated
from ecp.domain.cover import Span, cover, cues_of
from ecp.domain.dated_targets import with_times_of_targets
from ecp.domain.inside import counted_in_members
from ecp.domain.intent import Intent
from ecp.domain.joined import with_joined_times
from ecp.domain.labels import cut_by_what_it_is_based_on, without_all_counted, without_groupings
from ecp.domain.language import Cue
from ecp.domain.likes import as_their_likes, of_one_kind
from ecp.domain.matching import Match, without_changes
from ecp.domain.newest import with_newest
from ecp.domain.ordinary import as_they_are_meant
from ecp.domain.overlapping import with_overlaps_told, without_kind_of_a_term
from ecp.domain.own_dates import with_own_dates
from ecp.domain.relations import RelationPath, find_paths, is_verb, said_verbs, words_of_distance
from ecp.domain.restated import without_units_told
from ecp.domain.starting import with_own_starts, words_of_own_starts
from ecp.domain.states import with_states_of_now
from ecp.domain.things import things_as_cuts
from ecp.domain.two_sides import without_names_across
from ecp.domain.unnamed import course_of_a_day, trending_things

_HIM = frozenset({"him", "her", "them"})


class Heard(NamedTuple):
    """The spans of a question, as its words are meant here. `said` are the spans before those went that only explain;
    `turned` the words that turn something round, by where that is; `paths` lead over relations; `left` holds the
    positions of content words that no span explains."""

    intent: Intent
    spans: tuple[Span, ...]
    said: tuple[Span, ...]
    turned: dict[int, Cue]
    paths: tuple[RelationPath, ...]
    left: frozenset[int]


def hear(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue) -> Heard:
    """What each word stands for, as far as a name, a time, a number or a word of the language tells it."""
    matches = without_names_across(intent, without_changes(intent, matches), catalogue)
    matches = as_their_likes(intent, matches, catalogue)
    matches = with_overlaps_told(intent, as_they_are_meant(intent, matches, catalogue), catalogue)
    paths, spans, left = _over_relations(intent, (*matches, *said_verbs(intent, catalogue)), catalogue)
    said = tuple(s for s in spans if not (isinstance(s.value, Match) and (not s.value.targets or is_verb(s.value))))
    turned = negated(intent, cues_of(said, "exclude"))
    spans = tuple(s for s in said if s.value not in turned.values())
    intent, spans, explained_so = without_explanations(intent, spans, catalogue)
    spans, everywhere = without_everywhere(intent, without_all_counted(intent, spans, catalogue))
    spans = with_joined_times(intent, without_groupings(intent, spans))
    spans = with_times_of_targets(intent, spans, catalogue)
    left = left - words_of_distance(intent, paths) - set(words_in_passing(intent, spans)) - everywhere - explained_so
    spans, left = _as_what_they_are(intent, spans, left, catalogue)
    spans = without_kind_of_a_term(intent, spans, catalogue)
    return Heard(intent=intent, spans=spans, said=said, turned=turned, paths=paths, left=frozenset(left))


def _over_relations(
    intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue
) -> tuple[tuple[RelationPath, ...], tuple[Span, ...], set[int]]:
    """The ways over relations, the spans beside them, and what is left; verbs that lead nowhere are no verbs."""
    covered = cover(intent, matches)
    paths, spans = find_paths(intent, covered.spans, catalogue)
    verbs = set[tuple[int, int]]()
    while unused := _unused_verbs(spans):
        verbs |= unused
        covered = cover(intent, tuple(m for m in matches if (m.first, m.last) not in verbs or not is_verb(m)))
        paths, spans = find_paths(intent, covered.spans, catalogue)
    of_somebody = {at for first, last in verbs if _is_of_somebody(intent, last) for at in range(first, last + 1)}
    return tuple(paths), spans, set(covered.left) | of_somebody


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


def _unused_verbs(spans: tuple[Span, ...]) -> set[tuple[int, int]]:
    return {(s.first, s.last) for s in spans if isinstance(s.value, Match) and is_verb(s.value)}


def _is_of_somebody(intent: Intent, last: int) -> bool:
    """ "the people reporting to her": whoever that is, it is not said of nobody."""
    return any(t.norm in _HIM for t in intent.tokens[last + 1 : last + 2])
