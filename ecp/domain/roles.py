"""What each name in a question is there for, by the words before it and between its neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from ecp.domain.assets import Dimension, Entity
from ecp.domain.catalogue import Catalogue, departments_of
from ecp.domain.cover import Span, cues_of, is_cut, is_limit, is_measured, is_time, metrics_of
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    COUNTING,
    CUTTING,
    DISTINCT,
    EVERY,
    EVERYTHING,
    FILLERS,
    HOURLY,
    HOW_MUCH,
    IN_ALL,
    KINDS,
    LIST_WORDS,
    NUMERIC_CUES,
    PERSONS,
    POSSESSIVE,
    POSSESSIVES,
    SHARES,
    VERB_BEHIND,
    Cue,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.listing import METRICS_CALLED
from ecp.domain.matching import Match, Target
from ecp.domain.mentions import CUT, METRIC, Mention, Role, fitting
from ecp.domain.ordinary import unequal
from ecp.domain.participles import is_participle
from ecp.domain.standing import held_by, is_before_them, told_of
from ecp.domain.things import owns_the_next
from ecp.domain.words import normal_form

ABOUT_A_DEPARTMENT = frozenset(
    {"department", "team", "perspective", "view", "viewpoint", "version", "definition", "sense", "according", "count"}
)
_NEEDS_AN_OBJECT = frozenset({"group", "compare", "exclude"})
_GOVERNS = _NEEDS_AN_OBJECT | {"sort", "sort_up"}
_IN_LISTS = LIST_WORDS | {"the", "a", "an", "also", "both", "either"}
_LIST_SIGNS = frozenset(",;&/+")
_NARROWS = frozenset({"only", "just"})
_MAY_STAND_BEFORE_ANYTHING = frozenset({"over"})
_BEFORE_A_MEMBER = frozenset({"in", "for", "at", "of", "from", "within", "on"})
_CERTAIN = POSSESSIVES | {"the"}
_OF_EACH = frozenset({"list", "breakdown", "split", "distribution", "segmentation", "spread"})
_BEFORE_WHOSE = frozenset({"to", "from", "of", "with", "among"})
_DOES = frozenset({"do", "doe", "does", "did"})
_MEANING = frozenset({"use", "mean", "define", "understand"})
_FOR_WHOM = frozenset({"for", "to"})


@dataclass
class Walk:
    """Goes through the spans in order. Afterwards every name is in `mentions`, and `left` holds the positions of
    words that could not be put in their place. `before` was measured in the question that this one goes on from."""

    intent: Intent
    spans: tuple[Span, ...]
    catalogue: Catalogue
    left: set[int]
    before: tuple[Mention, ...] = ()
    mentions: list[Mention] = field(default_factory=list)
    mode: Cue | None = None
    object: str | None = None
    ranked: bool = False
    metrics: list[Match] = field(default_factory=list)

    def run(self) -> None:
        named = [s.value for s in self.spans if isinstance(s.value, Match)]
        self.metrics = [m for m in named if {t.kind for t in m.targets} & METRIC]
        self.ranked = any(isinstance(s.value, Cue) and s.value.kind in RANKINGS for s in self.spans)
        before: Span | None = None
        for span in self.spans:
            self._leave_mode_if_over(before, span)
            self._take(span)
            before = span
        if not self._ends_in_by():
            self._lose_unserved(len(self.intent.tokens))

    def _ends_in_by(self) -> bool:
        """ "what can I slice it by"."""
        asks = any(isinstance(s.value, Cue) and s.value.kind == "definition" for s in self.spans)
        return asks and self.mode is not None and self.mode.last == len(self.intent.tokens) - 1

    def _take(self, span: Span) -> None:
        if isinstance(span.value, Cue) and self._is_by_whom_not(span.value):
            return
        if isinstance(span.value, Cue):
            self.object = "cut" if self._leads_to_the_first(span) else self.object
            self._lose_unserved(span.first)
            self._start(span.value)
        elif isinstance(span.value, Match):
            self.mentions.append(self._mention(span, span.value))
        elif self.mode is not None:
            self._serve_without_name(span)

    def _is_by_whom_not(self, cue: Cue) -> bool:
        """ "not shipped by A": who did not, and no cut."""
        leads = self.mode is not None and self.mode.kind == "exclude" and self.mode.last + 2 == cue.first
        return leads and self._norm(cue.first) == "by" and is_participle(self._norm(cue.first - 1))

    def _leads_to_the_first(self, span: Span) -> bool:
        """ "A by the top five places": those are what it is cut by."""
        if self.mode is None or self.mode.kind != "group" or not cues_of([span], "top", "bottom"):
            return False
        before = [self._norm(at) for at in range(self.mode.first, span.first)]
        behind = next((s for s in self.spans if s.first == span.last + 1), None)
        leads = before[0] == "by" and _ARTICLES | POSSESSIVES | {"by"} >= set(before)
        return leads and behind is not None and is_cut(behind)

    def _start(self, cue: Cue) -> None:
        behind = self.intent.tokens[cue.last + 1 : cue.last + 2]
        if cue.kind == "group" and cue.first == 0 and any(t.norm in ("what", "which") for t in behind):
            return  # "by what can I slice it"
        if cue.kind in _GOVERNS:
            self.mode, self.object = cue, None
        elif cue.kind in NUMERIC_CUES and self._sets_beside(cue):
            self.mode, self.object = cue.model_copy(update={"kind": "compare"}), None
        elif cue.kind in NUMERIC_CUES and not self._is_preposition(cue):
            self._lose(cue)

    def _sets_beside(self, cue: Cue) -> bool:
        """ "is it higher in A than in B", "is A's higher than B's": two of a kind, and no bound on groups."""
        behind = next((s for s in self.spans if s.first > cue.last), None)
        if self._norm(cue.last) != "than" or not isinstance(behind, Span) or any(is_cut(s) for s in self.spans):
            return False
        between = {self._norm(at) for at in range(cue.last + 1, behind.first)}
        here = {t.asset_id for t in behind.value.targets} if isinstance(behind.value, Match) else set[str]()
        alike = any(m.role == "member" and m.asset_ids & here for m in self.mentions)
        return alike and self._is_member(behind) and between <= _BEFORE_A_MEMBER | _ARTICLES | {"that", "those"}

    def _is_preposition(self, cue: Cue) -> bool:
        """ "over the last two years", "over all": not a bound; "over plan" would be one that is not understood, and
        "this over that" another one."""
        behind = next((s.value for s in self.spans if s.first > cue.last), None)
        targets = behind.targets if isinstance(behind, Match) else ()
        alike = {t.asset_id for t in targets if t.kind == "member"}
        measured = any(t.kind in METRIC for t in targets) or any(m.asset_ids & alike for m in self.mentions)
        return self._norm(cue.first) in _MAY_STAND_BEFORE_ANYTHING and behind is not None and not measured

    def _serve_without_name(self, span: Span) -> None:
        """A time or a bound behind a cue: what is compared or cut by it, never what is left out."""
        assert self.mode is not None
        if self.mode.kind == "exclude" and self.object and span.what == "time" and not self._is_joined(span):
            self.mode = None
            return
        if self.mode.kind == "exclude":
            self._lose(self.mode)
            self.left.update(range(span.first, span.last + 1))
        if self.mode.kind in ("compare", "group") and span.what == "number":
            self._lose(self.mode)
        self.object = self.object or span.what

    def _is_joined(self, span: Span) -> bool:
        """ "without A and 2024", and not "without A, 2024"."""
        before = [s.last for s in self.spans if s.last < span.first]
        return any(self._norm(at) in LIST_WORDS for at in range(before[-1] + 1 if before else 0, span.first))

    def _leave_mode_if_over(self, before: Span | None, span: Span) -> None:
        """A cue governs what follows it, and lists: "by A and B", not what comes after another preposition."""
        if self.mode is None or self.object is None or before is None or isinstance(before.value, Cue):
            return
        between = {self._norm(at) for at in range(before.last + 1, span.first)}
        gap = self.intent.gap(before.last, span.first)
        joined = bool(between & LIST_WORDS)
        again = _BEFORE_A_MEMBER if self.mode.kind == "exclude" and self._is_alike(before, span) else frozenset[str]()
        listed = (joined or bool(_LIST_SIGNS & set(gap))) and between <= _IN_LISTS | again
        if not listed or not self._goes_on(before, span, joined):
            self._lose_denominator(span, listed)
            self.mode = None

    @staticmethod
    def _is_alike(before: Span, span: Span) -> bool:
        """ "except in A and in B": two of one kind."""
        if not (isinstance(before.value, Match) and isinstance(span.value, Match)):
            return False
        ids = [{t.asset_id for t in s.value.targets if t.kind == "member"} for s in (before, span)]  # type: ignore[union-attr]
        return bool(ids[0] & ids[1])

    def _lose_denominator(self, span: Span, listed: bool) -> None:
        """ "per place and worker", where workers are measured: a quotient that no one has defined."""
        measured = isinstance(span.value, Match) and any(t.kind in METRIC for t in span.value.targets)
        if listed and measured and self.mode is not None and self._norm(self.mode.last) == "per":
            self._lose(self.mode)

    def _goes_on(self, before: Span, span: Span, joined: bool) -> bool:
        """Whether the list has one more of its kind; times and bounds may stand in any."""
        if not (isinstance(before.value, Match) and isinstance(span.value, Match)):
            return True
        kinds = {"member": {"member"}, "metric": METRIC, "cut": CUT}.get(self.object or "", set[str]())
        here = [t for t in span.value.targets if t.kind in kinds]
        alike = {t.asset_id for t in before.value.targets} & {t.asset_id for t in here}
        return bool(here) and (joined or self.object != "member" or bool(alike))

    def _lose_unserved(self, until: int) -> None:
        """A cue whose object was not understood takes the fillers behind it, or itself, as not understood."""
        if self.mode is not None and self.object is None and self.mode.kind in _NEEDS_AN_OBJECT:
            behind = range(self.mode.last + 1, until)
            fillers = [at for at in behind if self._norm(at) in FILLERS]
            if not any(at in self.left for at in behind):
                self.left.update(fillers or range(self.mode.first, self.mode.last + 1))
        self.mode = None

    def _lose(self, cue: Cue) -> None:
        self.left.update(range(cue.first, cue.last + 1))

    def _norm(self, at: int) -> str:
        return self.intent.norm(at)

    # roles

    def _mention(self, span: Span, match: Match) -> Mention:
        start, end = self.intent.tokens[span.first].start, self.intent.tokens[span.last].end
        role = self._role(span, match)
        return Mention(
            text=self.intent.text[start:end],
            first=span.first,
            last=span.last,
            role=role,
            targets=fitting(role, match.targets),
            method=match.method,
            read_as=match.read_as,
        )

    def _role(self, span: Span, match: Match) -> Role:
        kinds = {t.kind for t in match.targets}
        if "member" in kinds and unequal(self.intent, span.first):
            return self._serve("member", "excluded")
        if self.mode is not None and (role := self._governed(self.mode, span, match, kinds)):
            return role
        if "member" in kinds and (but := self._but_before(span)) is not None:
            self._start(Cue(kind="exclude", first=but, last=but))
            return self._serve("member", "excluded")
        return self._free_role(span, match, kinds)

    def _but_before(self, span: Span) -> int | None:
        """ "all but A", "everywhere but the A": from here on, as behind "except"."""
        before = next((at for at in range(span.first - 1, -1, -1) if self._norm(at) not in _ARTICLES - {"of"}), None)
        return before if before is not None and self._norm(before) == "but" else None

    def _governed(self, mode: Cue, span: Span, match: Match, kinds: set[str]) -> Role | None:
        if mode.kind == "exclude":
            return self._excluded(mode, span, kinds)
        if mode.kind == "compare":
            self._is_held_to(span, match)
            return self._compared(mode, kinds)
        if kinds & METRIC and mode.kind == "group" and self._is_all_that_is_measured(mode):
            return self._measured_by(mode, span, match, kinds)
        if "member" in kinds and kinds & CUT and self._is_compared_with_its_like(span, match):
            return None
        if "member" in kinds and kinds & CUT and mode.kind == "group" and self._is_who_did(mode):
            self.object = self.object or "member"
            return "member"
        if kinds & CUT and mode.kind == "group":
            if self._is_anothers_place(span) or self._is_across_all_of_another(mode, span):
                self.left.update(range(span.first, span.last + 1))
            described = owns_the_next(self.intent, self.spans, span) or self._is_whose_place(span)
            described = described or self._is_of_the_next(mode, span) or self._is_of_what_ranks(span)
            return "descriptor" if described else self._serve("cut", "group")
        if kinds & METRIC and mode.kind == "group" and self._says_what_is_cut(span):
            return "descriptor"
        if kinds & METRIC and self._norm(mode.last) in ("by", "of"):
            return self._measured_by(mode, span, match, kinds)
        if kinds & METRIC and mode.kind == "group":
            self._lose(mode)
        if "member" in kinds and mode.kind == "group" and self._says_whose_cut(span):
            return "descriptor"
        if "member" in kinds and mode.kind == "group":
            if self._norm(mode.last) == "per":
                self._lose(mode)
            self.object = self.object or "member"
        return None

    def _says_whose_cut(self, span: Span) -> bool:
        """ "by shop kind", where the kind is called kind of shop as well, and shops are a member of something else."""
        behind = self._noun_behind(span)
        targets = behind.value.targets if behind is not None and isinstance(behind.value, Match) else ()
        cuts = [d for t in targets if t.kind in CUT and (d := self.catalogue.get(t.asset_id, Dimension))]
        return bool(cuts) and all(self._norm(span.last) in names_of(d) for d in cuts)

    def _says_what_is_cut(self, span: Span) -> bool:
        """ "by case kind level", where the level is called the kind of a case as well, and cases are counted."""
        behind = self._noun_behind(span)
        targets = behind.value.targets if behind is not None and isinstance(behind.value, Match) else ()
        cuts = [d for t in targets if t.kind in CUT and (d := self.catalogue.get(t.asset_id, Dimension))]
        nouns = {self._norm(at) for at in range(span.first, span.last + 1)}
        return bool(cuts) and all(nouns <= names_of(d) for d in cuts)

    def _is_across_all_of_another(self, mode: Cue, span: Span) -> bool:
        """ "across all author books", which are measured beside something else: all of them, and not by author."""
        behind = self._noun_behind(span)
        across = self._norm(mode.last) == "across" and self._norm(mode.last + 1) == "all"
        return across and behind is not None and is_measured(behind)

    def _is_compared_with_its_like(self, span: Span, match: Match) -> bool:
        """ "by place, men vs women", where something is called men, too."""
        own = {t.asset_id for t in match.targets if t.kind == "member"}
        behind = self.spans[self.spans.index(span) + 1 :][:2]
        if len(behind) < 2 or behind[0].first != span.last + 1 or behind[1].first != behind[0].last + 1:
            return False
        compares = isinstance(behind[0].value, Cue) and behind[0].value.kind == "compare"
        return compares and self._has_member_of(own, behind[1])

    def _is_who_did(self, mode: Cue) -> bool:
        """ "cancelled by customers or drivers", where these are who it may have been."""
        return self._norm(mode.last) == "by" and mode.first > 0 and is_participle(self._norm(mode.first - 1))

    def _is_all_that_is_measured(self, mode: Cue) -> bool:
        """ "the top places by tests", "a breakdown of tests", where tests are also what other numbers are cut by."""
        cut = any(m.role == "group" for m in self.mentions)
        return len(self.metrics) == 1 and (self._norm(mode.last) == "of" or (cut and self._norm(mode.last) == "by"))

    def _excluded(self, mode: Cue, span: Span, kinds: set[str]) -> Role | None:
        between = {self._norm(at) for at in range(mode.last + 1, span.first)}
        if "member" not in kinds or (between & _NARROWS and self._norm(mode.last) == "not"):
            self._lose(mode)
            self.mode = None
            return None
        return self._serve("member", "excluded")

    def _compared(self, mode: Cue, kinds: set[str]) -> Role | None:
        if kinds & METRIC:
            return self._serve("metric", "target")
        if "member" in kinds:
            return self._serve("member", "compared")
        self._lose(mode)
        self.mode = None
        return None

    def _measured_by(self, mode: Cue, span: Span, match: Match, kinds: set[str]) -> Role | None:
        """ "ranked by", "top five by": what decides the order; "places by weight": what is measured. "By plan variance"
        is by how it came out against the plan."""
        varies = told_of(self.intent, span.last) & self.left if self._is_target(match) else set[int]()
        if self.ranked and varies:
            self.left -= varies
            return self._serve("metric", "target")
        if self.ranked:
            return self._serve("metric", "order")
        if any(m.kinds & METRIC for m in self.mentions) or mode.kind != "group" or self._are_some_things(mode):
            self._lose(mode)
        self.object = "metric"
        return None

    def _are_some_things(self, mode: Cue) -> bool:
        """ "films by plays", where films are a member: each of them is asked for, of which nothing is known."""
        before = self.mentions[-1] if self.mentions else None
        if before is None or before.last + 1 != mode.first or any(m.role != "member" for m in self.mentions):
            return False
        word = self.intent.tokens[before.last]
        compared = any(isinstance(s.value, Cue) and s.value.kind in ("compare", "contrast") for s in self.spans)
        return self._norm(mode.last) == "by" and word.text == f"{word.norm}s" and not compared

    def _serve(self, what: str, role: Role) -> Role:
        self.object = self.object or what
        return role

    def _is_held_to(self, span: Span, match: Match) -> bool:
        """ "did it stay within the plan": a target behind a word for keeping to it."""
        if not self._is_target(match):
            return False
        groups = [(s.first, s.last) for s in self.spans if is_cut(s)]
        words = held_by(self.intent, span.first, groups)
        words |= told_of(self.intent, span.last)
        if is_before_them(self.intent, span.first, span.last, groups):
            words.add(span.first - 1)
        self.left -= words
        return bool(words)

    def _is_target(self, match: Match) -> bool:
        metrics = self.catalogue.metrics_meant(t.asset_id for t in match.targets)
        return bool(metrics) and all(m.target_of for m in metrics)

    def _free_role(self, span: Span, match: Match, kinds: set[str]) -> Role:
        if self._is_held_to(span, match):
            return "target"
        if "domain" in kinds and not self.metrics and "domain" in (self._norm(span.first - 1), self._behind(span)):
            return "descriptor"
        if self._is_no_list_of(match, kinds):
            return "descriptor"
        measured = len(self.metrics) > (1 if kinds & METRIC else 0)
        if "department" in kinds and self._is_departments_view(span, match, kinds):
            return "department"
        if kinds & METRIC and not (measured and kinds & {"member", "department"}):
            return "metric"
        if kinds & METRIC and "member" not in kinds and self._is_no_department(span, match):
            return "metric"
        if "member" in kinds:
            return "member"
        if kinds & CUT:
            describes = self._beside_own_member(span, match) or self._tells_whose(span) or self._is_all_of_ours(span)
            describes = (describes and not self._is_each(span, match)) or owns_the_next(self.intent, self.spans, span)
            describes = describes or self._is_whose_place(span) or self._is_of_what(span) or self._is_of_both(span)
            describes = describes or self._is_what_it_is(span) or self._are_theirs(span) or self._is_what_has_it(span)
            describes = describes or self._is_of_what_ranks(span) or self._is_of_the_next_asked(span)
            describes = describes or self._is_of_which(span) or self._says_it_is_a_department(span)
            describes = describes or (self._is_what_they_are(span) and not self._is_each(span, match))
            if not describes and not self._is_the_whole_of_each(span) and self._is_a_certain_one(span):
                describes = True
                self.left.update(at for at in range(span.first, span.last + 1) if self._norm(at) not in EVERYTHING)
            return "descriptor" if describes else "group"
        return "department" if "department" in kinds else "descriptor"

    def _is_no_list_of(self, match: Match, kinds: set[str]) -> bool:
        """ "what metrics do we have for people", where a domain is called People, and nothing is kept by them."""
        if not {"domain"} < kinds <= CUT | {"domain"}:
            return False
        cut = [self.catalogue.assets[t.asset_id] for t in match.targets if t.kind in CUT]
        kept = any(isinstance(a, Dimension) or (isinstance(a, Entity) and a.dimension) for a in cut)
        asked = any(t.text.lower() in METRICS_CALLED for t in self.intent.tokens)
        return not kept and (asked or bool(self.metrics))

    def _is_each(self, span: Span, match: Match) -> bool:
        """ "of each place (A, B)", "which place (A or B) has the most", "of the different A places": one by one, though
        it says which."""
        own = {t.asset_id for t in match.targets}
        several = sum(self._has_member_of(own, s) for s in self.spans) > 1
        which = self.ranked and several and self._norm(span.first - 1) in ("which", "what")
        members = {at for m in self.mentions if m.role == "member" for at in range(m.first, m.last + 1)}
        at = span.first - 1
        while at in members:
            at -= 1
        apart = at < span.first - 1 and self._norm(at) in DISTINCT
        return which or apart or self._norm(span.first - 1) in EVERY

    def _behind(self, span: Span) -> str:
        return self._norm(span.last + 1) if span.last + 1 < self._count else ""

    def _others(self, span: Span) -> list[Match]:
        return [s.value for s in self.spans if s is not span and isinstance(s.value, Match)]

    # departments

    def _is_departments_view(self, span: Span, match: Match, kinds: set[str]) -> bool:
        """Whether a department is named for its meaning of what is measured, and not as what is measured or as a
        place that has a number of its own."""
        others = self._others(span)
        about = self._speaks_of_a_view(span) or self._owns_a_view(span)
        if not about and (kinds & CUT or (kinds & METRIC and self._is_listed_with_a_measure(span))):
            return False
        measured = [o for o in others if {t.kind for t in o.targets} & METRIC]
        if not about and self._is_named_twice(span, match):
            return False
        known: list[Match | Mention] = [*(others if about else measured), *self.before]
        meant = any(self._has_own_meaning(match, o) for o in known)
        behind = next((o for o in measured if o.first == span.last + 1), None)
        if not meant or (behind is not None and not self._has_own_meaning(match, behind)):
            return False
        placed = "member" in kinds and span.first > 0 and self._norm(span.first - 1) in _BEFORE_A_MEMBER
        return about or not placed

    def _says_it_is_a_department(self, span: Span) -> bool:
        """ "for the A team", of a department A: who sees it so, where teams are a kind of thing, too."""
        named = any(m.role == "department" and m.last == span.first - 1 for m in self.mentions)
        return named and span.first == span.last and self._norm(span.first) in ABOUT_A_DEPARTMENT

    def _is_named_twice(self, span: Span, match: Match) -> bool:
        """ "sold goods income", where both words are called the same number: that one, whoever has another of it."""
        behind = next((o for o in self.metrics if o.first == span.last + 1), None)
        own = {m.id for m in self.catalogue.metrics_meant(t.asset_id for t in match.targets if t.kind in METRIC)}
        meant = {m.id for m in self.catalogue.metrics_meant(t.asset_id for t in behind.targets)} if behind else set()
        return bool(own & meant) and self.intent.gap(span.last, span.last + 1).isspace()

    def _speaks_of_a_view(self, span: Span) -> bool:
        near = {self._norm(at) for at in (span.first - 1, span.first - 2, span.last + 1) if 0 <= at < self._count}
        said_as = span.first > 0 and self._norm(span.first - 1) == "as"
        return bool(near & ABOUT_A_DEPARTMENT) or said_as or self._is_who_means_it(span)

    def _is_who_means_it(self, span: Span) -> bool:
        """ "which A does D use", "what does A mean for D"."""
        before, further = (self._norm(at) if at >= 0 else "" for at in (span.first - 1, span.first - 2))
        uses = before in _DOES and self._behind(span) in _MEANING
        return uses or (before in _FOR_WHOM and further == "mean")

    def _is_no_department(self, span: Span, match: Match) -> bool:
        """Whether what is called like a department is measured: beside what that department has no meaning of its own
        of, or listed with it."""
        meant = any(self._has_own_meaning(match, other) for other in self._others(span))
        about = self._speaks_of_a_view(span) or self._owns_a_view(span)
        twice = not about and self._is_named_twice(span, match)
        return twice or self._is_listed_with_a_measure(span) or not (meant or self._speaks_of_a_view(span))

    def _owns_a_view(self, span: Span) -> bool:
        """ "that team's cases", and not "which place's cases"."""
        own = self.intent.tokens[span.last].text.lower().endswith(POSSESSIVE)
        return own and self._norm(span.first - 1) not in EVERY | {"which", "what"}

    def _is_listed_with_a_measure(self, span: Span) -> bool:
        """ "income and cases", "income, cases", "cases & income"."""
        for one, other in ((a, b) for a, b in pairwise(self.spans) if span in (a, b)):
            between = {self._norm(at) for at in range(one.last + 1, other.first)}
            signs = set(self.intent.gap(one.last, other.first)) & _LIST_SIGNS
            joined = (between & LIST_WORDS or signs) and between <= _IN_LISTS | IN_ALL
            if joined and is_measured(other if one is span else one):
                return True
        return False

    @property
    def _count(self) -> int:
        return len(self.intent.tokens)

    def _has_own_meaning(self, match: Match, other: Match | Mention) -> bool:
        name = normal_form(next(t.asset_id for t in match.targets if t.kind == "department"))
        return any(name in self._departments_of(t) for t in other.targets if t.kind in METRIC or t.kind == "member")

    def _departments_of(self, target: Target) -> set[str]:
        if target.member is not None:
            member = self.catalogue.member(target.asset_id, target.member)
            return {normal_form(d) for v in (member.variations if member else ()) for d in v.departments}
        return {normal_form(d) for d in departments_of(self.catalogue.assets[target.asset_id])}

    # descriptors

    def _beside_own_member(self, span: Span, match: Match) -> bool:
        """ "the X area", "area X": the dimension's name beside its own member only describes it. With a preposition
        between them, it is what the member is cut by."""
        own = {t.asset_id for t in match.targets}
        named = [s for s in self.spans if isinstance(s.value, Match)]
        at = named.index(span)
        beside = [(named[at - 1], span)] if at else []
        beside += [(span, named[at + 1])] if at + 1 < len(named) else []
        return any(self._touch(a, b) and self._has_member_of(own, a if b is span else b) for a, b in beside)

    def _has_member_of(self, dimensions: set[str], span: Span) -> bool:
        targets = span.value.targets if isinstance(span.value, Match) else ()
        return any(t.kind == "member" and t.asset_id in dimensions for t in targets)

    def _tells_whose(self, span: Span) -> bool:
        """ "paid to customers in A", "paid to A customers": whose it is, told by a member of something else; no cut was
        asked for."""
        measured = self._is_fronted(span) or any(m.last < span.first and m.kinds & METRIC for m in self.mentions)
        plural = self._is_plural(span)
        bounded = any(s.what == "number" for s in self.spans)
        if plural and (self.ranked or not measured) and self._is_who_does(span):
            return True
        if self.ranked or bounded or not (measured and plural):
            return False
        at = self.spans.index(span)
        kind = self.spans[at - 1] if at and self.spans[at - 1].last == span.first - 1 else None
        if self._is_member(kind):
            return kind is not None and self._norm(self._before_members(kind)) in _BEFORE_WHOSE | {"for", "on"}
        if self._is_the_other_side(span):
            return True
        if self._norm(span.last) not in PERSONS:
            return self._is_who_does(span)
        behind = self.spans[at + 1] if at + 1 < len(self.spans) else None
        told = behind is not None and self._is_member(behind) and self._place_before(behind) == span.last + 1
        return told and self._norm(span.first - 1) in _BEFORE_WHOSE

    def _is_plural(self, span: Span) -> bool:
        """A short word is its own normal form, and a plural where its dimension is called so without its ending."""
        said, norm = self.intent.tokens[span.last].text.lower(), self._norm(span.last)
        own = {t.asset_id for t in span.value.targets} if isinstance(span.value, Match) else set[str]()
        names = self.catalogue.names.get(norm[:-1], ()) if norm.endswith("s") else ()
        return said != norm or any(n.asset_id in own and n.member is None for n in names)

    def _before_members(self, last: Span) -> int:
        """Where the word stands that leads on to a list of members."""
        inside = {at for s in self.spans if self._is_member(s) for at in range(s.first, s.last + 1)}
        at = last.first - 1
        while at in inside or self._norm(at) in LIST_WORDS | {"vs", "versus", "the", "our"}:
            at -= 1
        return at

    def _is_fronted(self, span: Span) -> bool:
        """ "for A shops, show what was sold": told before what is measured."""
        at = self.spans.index(span)
        alone = at > 0 and self._before_members(self.spans[at - 1]) == 0
        comma = span.last + 1 < self._count and "," in self.intent.gap(span.last, span.last + 1)
        return alone and comma and self._norm(0) == "for"

    def _is_the_other_side(self, span: Span) -> bool:
        """ "sent to customers", "paid to shops", "income from customers": whoever they are, and nothing else is told of
        them."""
        way = span.first - 1
        people = self._norm(span.last) in PERSONS and self._norm(way) in ("to", "from")
        paid = self._norm(way) == "to" and is_participle(self._norm(way - 1))
        behind = self._behind(span)
        ends = behind in ("", "by", "per", "in", "during", "and") or any(
            s.first == span.last + 1 and s.what == "time" for s in self.spans
        )
        return (people or paid) and ends

    def _is_who_does(self, span: Span) -> bool:
        """ "how many cases did teams close", "in which place do teams close", "cases that teams close": whoever they
        are."""
        before = self._before_subject(span)
        if self._norm(before) == "that" and any(m.last == before - 1 for m in self.mentions):
            return self._norm(span.last) in PERSONS and span.last + 1 in self.left
        many = (self._norm(0), self._norm(1)) in HOW_MUCH
        asked = many or self._norm(0) == "what" or any(m.role == "group" and m.last < span.first for m in self.mentions)
        return asked and self._norm(before) in VERB_BEHIND and self._is_kept(span)

    def _is_kept(self, span: Span) -> bool:
        """Whether all that is measured is kept by what a name cuts by."""
        own = [t.asset_id for t in span.value.targets if t.kind in CUT] if isinstance(span.value, Match) else []
        metrics = self.catalogue.metrics_meant(t.asset_id for m in self.metrics for t in m.targets)
        return any(all(is_cut_by(m, i, self.catalogue) for m in metrics) for i in own)

    def _before_subject(self, span: Span) -> int:
        """What stands before "the A workers"."""
        named = {at for m in self.mentions if m.role == "member" for at in range(m.first, m.last + 1)}
        at = span.first - 1
        while at > 0 and (at in named or self._norm(at) in _ARTICLES | {"our"}):
            at -= 1
        return at

    def _is_whose_place(self, span: Span) -> bool:
        """ "by customer place": the place of customers, by which numbers are cut, and no customer."""
        behind = self._noun_behind(span)
        return behind is not None and is_cut(behind) and self._norm(span.last) in PERSONS

    def _is_of_the_next(self, mode: Cue, span: Span) -> bool:
        """ "by shop place", of one noun before the other: the place of shops."""
        behind = self._noun_behind(span)
        if behind is None or not is_cut(behind) or is_measured(behind) or self._place_of_nouns(mode) != span.first:
            return False
        further = self._noun_behind(behind)
        return further is None or not is_cut(further)

    def _is_of_the_next_asked(self, span: Span) -> bool:
        """ "which shop place has the most": the place of shops, one of them."""
        behind = self._noun_behind(span)
        if behind is None or not self.ranked or self._norm(span.first - 1) not in ("which", "what"):
            return False
        return is_cut(behind) and not is_measured(behind) and self.intent.tokens[behind.last].is_one

    def _place_of_nouns(self, mode: Cue) -> int:
        """Where what is cut by begins."""
        at = mode.last + 1
        return at + (self._norm(at) in ARTICLES)

    def _is_anothers_place(self, span: Span) -> bool:
        """ "by customer place", where only shops have a place: its name says whose it is."""
        behind = self._noun_behind(span)
        if behind is None or not (isinstance(span.value, Match) and isinstance(behind.value, Match)):
            return False
        own = {t.asset_id for t in span.value.targets if t.kind in CUT}
        called = [self.catalogue.spellings(t.asset_id)[:1] for t in behind.value.targets if t.kind in CUT]
        owners = [" ".join(normal_form(name).split()[:-1]) for names in called for name in names]
        whose = [
            {n.asset_id for n in self.catalogue.names.get(o, ()) if n.kind in CUT and not n.member} for o in owners
        ]
        return any(whose) and not any(own & ids for ids in whose)

    def _is_a_certain_one(self, span: Span) -> bool:
        """ "in the place", "our firm's": one of them that the question does not name, and not each. "The place and the
        number of cases", "the place distribution" ask for each."""
        said = self.intent.tokens[span.last].text.lower()
        whose = said.endswith(POSSESSIVE)
        singular = (said[:-2] if whose else said) == self._norm(span.last)
        certain = span.first > 0 and self._norm(span.first - 1) in _CERTAIN
        ends = span.last + 1 == self._count or not (
            self._norm(span.last + 1) in LIST_WORDS | CUTTING | {"wise"}
            or (not whose and any(s.first == span.last + 1 and is_measured(s) for s in self.spans))
            or _LIST_SIGNS & set(self.intent.gap(span.last, span.last + 1))
        )
        return singular and certain and ends and not (self._is_told_of_each(span) or self.ranked) and bool(self.metrics)

    def _is_the_whole_of_each(self, span: Span) -> bool:
        """ "the share of each thing within its place", by each of both."""
        whose = self._norm(span.first - 1) in ("its", "their") and self._norm(span.first - 2) == "within"
        parts = any(self._norm(at) in SHARES for at in range(self._count))
        return whose and parts and any(m.role == "group" for m in self.mentions)

    def _is_told_of_each(self, span: Span) -> bool:
        """ "and the place name", "and the name of the place", "each work and its place"."""
        before = [self._norm(span.first - at) for at in (3, 2, 1)]
        named = before[:2] == ["name", "of"] or self._norm(span.last + 1) == "name"
        its = before[1] in LIST_WORDS and before[2] in ("its", "their")
        return named or (its and any(m.role == "group" for m in self.mentions))

    def _are_theirs(self, span: Span) -> bool:
        """ "which place's people earn the most": the place is asked for, and those of each place together."""
        at = self.spans.index(span)
        own = self.spans[at - 1] if at and self.spans[at - 1].last == span.first - 1 else None
        if own is None or not is_cut(own) or self._norm(own.first - 1) not in ("which", "what"):
            return False
        whose = self.intent.text[self.intent.tokens[own.last].start : self.intent.tokens[span.first].start].lower()
        return whose.rstrip().endswith(POSSESSIVE) and self._norm(span.last) in PERSONS and bool(self.ranked)

    def _is_what_has_it(self, span: Span) -> bool:
        """ "which place makes the best quality goods", "which has the lowest loss rate for goods": what the number
        is of, where the places are ranked; "for each of the goods" asks for each, and "the most goods" counts them."""
        groups = [m for m in self.mentions if m.role == "group" and self._norm(m.first - 1) in ("which", "what")]
        if not (self.ranked and groups and self.mentions[-1].kinds & METRIC and self._is_plural(span)):
            return False
        between = [self._norm(at) for at in range(self.mentions[-1].last + 1, span.first)]
        counted = not between and self._norm(self.mentions[-1].first - 1) in COUNTING
        together = (
            between in ([], ["for"], ["of"]) and not counted and not self.intent.gap(span.first - 1, span.first).strip()
        )
        own = {t.asset_id for t in span.value.targets if t.kind in CUT} if isinstance(span.value, Match) else set[str]()
        metrics = self.catalogue.metrics_meant(self.mentions[-1].asset_ids)
        return together and all(any(is_cut_by(m, i, self.catalogue) for i in own) for m in metrics)

    def _is_what_it_is(self, span: Span) -> bool:
        """ "the A shop", "the A and B shops", where A is the place of shops: what has that name, and nobody asked for
        each shop."""
        named = self._members_before(span)
        if not named or self.ranked or not self.metrics or self._norm(named[0].first - 1) not in _CERTAIN:
            return False
        singular = not self.intent.tokens[span.last].is_inflected
        return singular == (len(named) == 1)

    def _is_of_which(self, span: Span) -> bool:
        """ "which place had the highest output for A goods", "the highest output by place for A goods": the goods are
        those of A, where the places are ranked; nobody asked for each of them."""
        named = self._members_before(span)
        chosen = self.ranked or any(s.what == "number" for s in self.spans)
        if not (named and chosen and self._is_plural(span) and any(m.kinds & METRIC for m in self.mentions)):
            return False
        before = self._before_members(named[-1])
        if self._norm(before) in COUNTING:
            return self._is_one_asked_for(span)
        leads = self._norm(before) in _BEFORE_WHOSE | _BEFORE_A_MEMBER and self._norm(before - 1) not in EVERY
        return leads and (self._is_one_asked_for(span) or self._is_another_cut(span))

    def _is_what_they_are(self, span: Span) -> bool:
        """ "in A and B places", "between A and B places", "for A material by place", "A's team's": what has that name,
        told by the kind of members right before it; nobody asked for each of them, as "list", "a breakdown" and
        "compare A in B places" do."""
        named = self._members_before(span)
        bounded = any(s.what == "number" for s in self.spans)
        if not named or self.ranked or bounded or not self.metrics or not self._is_kept(span):
            return False
        own = {t.asset_id for s in named if isinstance(s.value, Match) for t in s.value.targets}
        compared = bool(cues_of(self.spans, "compare", "contrast"))
        alone = compared and sum(self._has_member_of(own, s) for s in self.spans) < 2
        if alone or any(self._norm(at) in _OF_EACH for at in range(self._count)):
            return False
        leads = self._norm(self._before_members(named[-1])) in _BEFORE_A_MEMBER | {"between"}
        owned = self._said(named[-1]).endswith(POSSESSIVE) and self._said(span).endswith(POSSESSIVE)
        return compared or leads or owned

    def _said(self, span: Span) -> str:
        return self.intent.text[self.intent.tokens[span.first].start : self.intent.tokens[span.last].end].lower()

    def _is_one_asked_for(self, span: Span) -> bool:
        """ "which place", "in which month", before it."""
        asked = [s for s in self.spans if self._norm(s.first - 1) in ("which", "what") and s.last < span.first]
        return any(is_cut(s) or is_time(s, "grain") for s in asked)

    def _is_another_cut(self, span: Span) -> bool:
        """Whether a cut stands before it, or behind a "by" after it; "in each place" asks for the goods of each."""
        before = any(m.role == "group" and self._norm(m.first - 1) not in EVERY for m in self.mentions)
        cues = [s for s in self.spans if isinstance(s.value, Cue) and s.value.kind == "group" and s.first > span.last]
        by = [cue.last + 1 for cue in cues if self._norm(cue.last) == "by"]
        return before or any(s.first in by and is_cut(s) for s in self.spans)

    def _members_before(self, span: Span) -> list[Span]:
        """The members in a list that ends right before what they are, without a sign behind the last of them."""
        named: list[Span] = []
        for one in reversed(self.spans[: self.spans.index(span)]):
            between = {self._norm(at) for at in range(one.last + 1, named[0].first if named else span.first)}
            ends = not named and not between and not self.intent.gap(one.last, span.first).strip()
            listed = bool(named) and between <= LIST_WORDS
            if not (ends or listed) or not isinstance(one.value, Match) or {t.kind for t in one.value.targets} & METRIC:
                break
            if not any(t.kind == "member" for t in one.value.targets):
                break
            named.insert(0, one)
        return named

    def _is_of_what(self, span: Span) -> bool:
        """ "the total shop output", "our shop output", "shop output by place": where it comes from; nobody asked for
        each shop."""
        behind = self._noun_behind(span)
        if behind is None or not is_measured(behind) or self.ranked or self._norm(span.last) == HOURLY:
            return False
        if isinstance(span.value, Match) and span.value.form.split()[-1] != self._norm(span.last):
            return False  # "our seasonal output", by an adjective
        cues = [s for s in self.spans if isinstance(s.value, Cue) and s.value.kind == "group"]
        grouped = any(s.first == cue.last + 1 and is_cut(s) for cue in cues for s in self.spans)
        at = self.spans.index(span)
        of_a_kind = at > 0 and self.spans[at - 1].last == span.first - 1 and self._is_member(self.spans[at - 1])
        if grouped and self._norm(span.last) in KINDS:  # "case type output by place": cut by both
            return False
        return grouped or of_a_kind or self._norm(span.first - 1) in ("total", "overall", "our")

    def _is_of_what_ranks(self, span: Span) -> bool:
        """ "the top places by shop output", "which place has the most shop output": whose output it is that the places
        are ranked by; nobody asked for each shop."""
        behind, before = self._noun_behind(span), span.first - 1
        if behind is None or not is_measured(behind) or not self.ranked or is_participle(self._norm(behind.first)):
            return False
        cues = [s.value for s in self.spans if isinstance(s.value, Cue) and s.last == before]
        cued = any(cue.kind in RANKINGS | {"group"} and self._norm(cue.last) not in EVERY for cue in cues)
        adds_up = all(m.aggregation == "sum" for m in metrics_of(behind, self.catalogue))
        return cued and adds_up and any(m.role == "group" for m in self.mentions)

    def _is_of_both(self, span: Span) -> bool:
        """ "A vs B goods": the goods of either; single ones have no other side."""
        plural = self._is_plural(span)
        beside = any(m.role == "compared" and m.last == span.first - 1 for m in self.mentions[-1:])
        return plural and beside and not self.intent.gap(span.first - 1, span.first).strip()

    def _noun_behind(self, span: Span) -> Span | None:
        """The name that a noun in the singular stands before, without a sign between them."""
        at = self.spans.index(span) + 1
        behind = self.spans[at] if at < len(self.spans) else None
        singular = not self.intent.tokens[span.last].is_inflected
        together = behind is not None and behind.first == span.last + 1
        return behind if singular and together and not self.intent.gap(span.last, span.last + 1).strip() else None

    def _is_all_of_ours(self, span: Span) -> bool:
        """ "sold in our places": in all of them, as the number itself is."""
        plural = self._is_plural(span)
        leads = _BEFORE_A_MEMBER | VERB_BEHIND | {"have", "has"}
        ours = self._norm(span.first - 1) == "our" and self._norm(span.first - 2) in leads
        measured = any(m.last < span.first and m.kinds & METRIC for m in self.mentions)
        return plural and ours and measured and not self.ranked

    def _place_before(self, span: Span) -> int | None:
        """Where the preposition before a member stands."""
        at = span.first - 1 - (self._norm(span.first - 1) in _ARTICLES)
        return at if self._norm(at) in _BEFORE_A_MEMBER else None

    def _is_member(self, span: Span | None) -> bool:
        return span is not None and is_limit(span)

    def _touch(self, a: Span, b: Span) -> bool:
        between = range(a.last + 1, b.first)
        if self._is_dimension(a) and "(" in self.intent.gap(a.last, b.first):
            return all(self._norm(at) in ("in", "not") for at in between)  # "place in (A, B)"
        before_member = _ARTICLES | _COPULAS if self._is_dimension(a) else _ARTICLES
        return a.last < b.first and all(self._norm(at) in before_member for at in between)

    def _is_dimension(self, span: Span) -> bool:
        word = self.intent.tokens[span.last]
        named = isinstance(span.value, Match) and any(t.kind in CUT for t in span.value.targets)
        return named and not word.is_inflected


RANKINGS = frozenset({"top", "bottom", "sort", "sort_up"})
_ARTICLES = frozenset({"the", "a", "an", "of"})
# "where its name is A", "is not A"
_COPULAS = frozenset({"is", "are", "was", "be", "equal", "not", "isnt", "to"})
