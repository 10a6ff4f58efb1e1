"""What of a question would be dropped: every word, sign and cue has an effect, or it was not understood."""

from __future__ import annotations

from dataclasses import dataclass

from ecp.domain.accounting.apart import Apart
from ecp.domain.accounting.bounding import Bounding
from ecp.domain.accounting.entangled import Entangled
from ecp.domain.accounting.explained import Explained
from ecp.domain.accounting.overlooked import Overlooked
from ecp.domain.accounting.themselves import Themselves
from ecp.domain.accounting.unheard import Unheard
from ecp.domain.answer import EXPLAINS, Kind
from ecp.domain.beside import untold_beside
from ecp.domain.beyond import (
    added_together,
    all_beside,
    beyond_a_ranking,
    both_ways,
    like_for_like,
    second_questions,
    this_one,
    units_counted,
)
from ecp.domain.catalogue import Catalogue
from ecp.domain.changes import LONGEST_CUT, ChangeBound, words_of_change
from ecp.domain.cover import Span
from ecp.domain.intent import Intent
from ecp.domain.labels import labels, narrowings
from ecp.domain.language import CUTTING, ON_OFFER, PARTICLES, SOURCES
from ecp.domain.listing import FITTING, asks_for_cuts
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.pronouns import of_nobody_named
from ecp.domain.verbs import idle_words


def unaccounted(
    intent: Intent,
    spans: tuple[Span, ...],
    mentions: tuple[Mention, ...],
    kind: Kind,
    left: set[int],
    catalogue: Catalogue,
    before: tuple[Mention, ...] = (),
    *,
    divided: bool = False,
    changed: ChangeBound | None = None,
    alone: bool = True,
) -> set[int]:
    """The positions of all words that have no effect on the answer and should have one. `before` was measured in the
    question that this one goes on from; `divided`: one thing that is measured is a part of another; `changed`: the
    groups are bound by how they changed; `alone`: the question goes on from no other."""
    found = _Check(intent, spans, mentions, kind, catalogue, before, divided, changed).check(left)
    return found | set(of_nobody_named(intent, mentions, found)) if alone and kind not in EXPLAINS else found


@dataclass(frozen=True)
class _Check(Explained, Entangled, Apart, Bounding, Themselves, Overlooked, Unheard):
    def check(self, left: set[int]) -> set[int]:
        explained = {*self._words_about_departments(), *self._units(), *self._words_about_times(), *self._aggregates()}
        explained |= {
            *self._how_long(),
            *self._money(),
            *self._how_often(),
            *self._each_once(),
            *self._how_large(),
            *self._names(),
            *self._kinds_of_kinds(),
            *self._said_beside_a_cut(),
            *self._one_by_one(),
            *self._absolute(),
            *self._how_many_there_are(),
            *self._newest_available(),
            *self._as_defined(),
            *self._under_way(),
            *self._of_the_whole(),
            *self._as_they_come(),
            *self._over_all_time(),
            *self._ever(),
            *self._cutting(),
            *self._comparatives(),
            *self._becoming(),
            *self._as_their_kind_is_called(),
        }
        explained |= {*self._populations(), *self._people_measured(), *self._who()}
        explained |= {*labels(self.intent, self.spans, left)}
        explained |= {*narrowings(self.intent, self.spans, self.mentions, left)}
        found = set(left) - explained
        found -= set(idle_words(self.intent, self.mentions, found, self.catalogue, self._metrics))
        if self._compares():
            found -= set(words_of_change(self.intent, found)) - self._growth_of_members(found)
        if self.changed:
            found -= {at for at in found if self.intent.tokens[at].text == self.changed.text}
        found.update(() if self.kind == "catalogue" else self._departments())
        found.update(self._signs(), self._second_rankings(), self._deeds_of_others())
        found.update(both_ways(self.intent, self._cues("exclude")))
        if self.kind == "catalogue":
            found -= {at for at in found if self._norm(at) in ON_OFFER}
        if self.kind == "definition" and asks_for_cuts(self.intent, self.spans):
            cuts = CUTTING - PARTICLES | FITTING  # "which dimensions can I break it down by"
            found -= {at for at in found if self._norm(at) in cuts or self._is_behind_a_cut(at)}
        if self.kind == "lineage":
            found -= {at for at in found if self._norm(at) in SOURCES | {"column"}}
        if self.kind in EXPLAINS:
            found.update(self._beyond_an_explanation(), self._values_of_all())
        else:
            found.update(
                self._what_will_be(),
                self._asks_for_no_number(),
                self._counted(),
                self._averages_compared(),
                self._entangled_times(),
                self._target_of_another_time(),
                self._compared_with_all_there_is(),
                self._crossed(),
                self._measured_elsewhere(),
                self._either(),
                self._numbers_of_groups(),
                self._bounds_of_one(),
                self._taken_out(),
                self._done_by_them(),
                self._number_one(),
                self._doing_of_counts(),
                self._counts_of_nothing(),
                self._members_of_the_first(),
                self._prices(),
                self._of_their_people(),
                self._units_named(),
                self._of_another_kind(),
                self._from_one_to_another(),
                self._from_another(),
                self._only_of_these(),
                self._end_of_what_adds_up(),
                self._between_members(),
                self._extremes(),
                self._extremes_of_each_unit(),
                self._from_one_unit(),
                self._which_of_them(),
                self._dated_by_themselves(),
            )
            found.update(
                self._durations(),
                self._listed_across(),
                self._alone_in_a_ranking(),
                self._quantities(),
                self._present(),
                self._latest_of_them(),
                self._both_of_one(),
                self._second_orders(),
                beyond_a_ranking(self.intent, self._cues("top", "bottom")),
                like_for_like(self.intent),
                added_together(self.intent, self._of(*MEASURED), add_up=self._add_up()),
                units_counted(self.intent, self.mentions),
                all_beside(self.intent, self.mentions),
                second_questions(self.intent, self.mentions),
                () if self.before else this_one(self.intent, self.mentions),
                self._bounds_of_a_gap(),
                self._sides_of_zero(),
                self._compared_in_two_ways(),
                self._each_its_own(),
                self._inside_another(),
                self._in_each(),
                self._bounds_of_a_group(),
            )
            found.update(
                self._one_of_the_groups(),
                self._actual_of_a_target(),
                self._each_with_its_time(),
                self._groups_against_groups(),
                self._each_of_a_kind(),
                self._each_measured(),
                self._first_of_each(),
                self._difference_of_two(),
                self._with_a_total(),
                self._amounts_beside(),
                self._rows(),
                self._how_many_did(),
                self._without_those_that(),
                self._ended_otherwise(),
                self._requests_or_names(),
                self._most_of_a_mean(),
                self._how_much_of_people(),
                self._the_same_people(),
                self._largest_by_a_rate(),
                self._sizes_of_each(),
                self._paid_by_others(),
                self._of_the_asker(),
                self._of_two_owners(),
                self._not_both(),
                self._at_busy_times(),
                self._good_counts(),
                self._many(),
                self._us(),
                self._said_otherwise(),
                self._by_another_name(),
                self._done_by_one(),
                self._whose_is_dropped(),
                self._kind_of_place(),
                self._any_kind_of_it(),
                self._units_behind_a_slash(),
                self._asked_what_it_is(),
                self._said_of_each(),
                self._of_all_of_them(),
                self._who_came(),
                self._of_one_of_them(),
                self._ranked_by_themselves(),
                untold_beside(self.intent, self.spans, self.mentions, self.catalogue),
            )
        return found

    def _add_up(self) -> bool:
        """Whether all that is measured is of one unit and adds up: else "A and B together" can only be side by side."""
        return len(self._units_measured) < 2 and all(m.aggregation == "sum" for m in self._metrics)

    def _is_behind_a_cut(self, at: int) -> bool:
        """ "break it down": the particle of a verb that cuts."""
        cuts = any(self._norm(i) in CUTTING - PARTICLES for i in range(max(0, at - LONGEST_CUT), at))
        return self._norm(at) in PARTICLES and cuts
