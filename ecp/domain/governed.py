"""Questions about metrics as such, where the whole of the question says nothing else: whose they are, what somebody
calls by a word, which have a target, in which unit they are told, and how far they have been agreed on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

from ecp.domain.against import is_target
from ecp.domain.assets import Metric, QueryTemplate, Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent
from ecp.domain.language import MONEY_OR_SHARE, PRONOUNS, TARGETS, TIME_UNITS, UNITS
from ecp.domain.matching import METRIC, Target, targets_of
from ecp.domain.meant_by import the_member
from ecp.domain.mentions import Mention
from ecp.domain.sentences import Sentence
from ecp.domain.units import unit_in_full
from ecp.domain.values import JsonObject, Value
from ecp.domain.words import normal_form

Sort = Literal["ratio", "percent", "level"]
TIERS = tuple(range(1, 6))
_TARGET = "target"
_ANYBODY = frozenset({"people", "everybody", "everyone", "department", "team", "company", "enterprise", "business"})
_NO_SORT = "of metrics it is kept which are ratios, percentages or levels, and in which unit each is told"
_HEAD = r"(?:(?:please|show|list|tell|give|name|me|us|all|the|our|which|what|are|how many) )*"
_ASKED = rf"{_HEAD}(?:metric|kpi|kpis|measure|indicator)"
_THE = r"(?:the |our )?"
_WHOSE = rf"{_THE}(?P<who>\S+(?: \S+){{0,4}}?)(?: department| team)?"
_WHAT = r"(?:the |our |a |an )?(?P<what>.+)"
_USING = r"(?:have|track|follow|monitor|look at|report on|(?P<uses>use|rely on|work with))"
_RELYING = r"(?:use|rely on|work with|track|(?:is|are) (?:using|relying on|working with|tracking))"
_USED = r"(?:used|tracked|followed|monitored|reported|relied on|looked at)"
_SOMEBODY = r"(?:who|which department|what department|which part of the business)"
_CALLING = (
    r"(?:call|mean by|mean with|understand by|understand under|consider|consider to be|consider as|count as|regard as|"
    r"treat as|refer to as|define as|class as|classify as)"
)
_WITH = r"(?:have|has|with|that have|which have|that has|do have)"
_LACKING = r"(?:(?:have|has|with|that have|which have) no|do not have|dont have|without|are without|that lack|lack)"
_TIER = r"(?:(?:certified|certification) )?tier(?: of)?"
_NUMBERS = r"(?P<tiers>\d(?: (?:(?:or|and|to) )?(?:tier )?\d)*)(?: (?:or|and) (?P<side>better|worse))?"
_LEADING_TO_A_TIER = r"(?:(?:are|is|of|in|at|on|as|with|have|that|which|certified|certification|a|the) )*"
_USED_BY = (
    re.compile(rf"{_ASKED} (?:(?:do|doe) )?{_WHOSE} {_USING}"),
    re.compile(rf"{_ASKED} (?:(?:that|which) )?(?:are )?{_USED} (?:by|in) {_WHOSE}"),
)
_USERS = (re.compile(rf"{_SOMEBODY} {_RELYING} {_WHAT}"), re.compile(rf"{_SOMEBODY} (?:is|are) {_WHAT} {_USED} by"))
_A_USER = (
    re.compile(rf"(?:do|doe) {_WHOSE} (?:use|rely on|work with) {_WHAT}"),
    re.compile(rf"(?:is|are) {_WHAT} used (?:by|in) {_WHOSE}"),
)
_CALLED = (
    re.compile(rf"what (?:do|doe) {_WHOSE} {_CALLING} {_WHAT}"),
    re.compile(rf"how (?:do|doe) {_WHOSE} (?:define|calculate|compute|measure|count|determine) {_WHAT}"),
)
_COUNTED_SO = re.compile(rf"what (?:is|are) {_WHAT} (?:for|to|according to) {_WHOSE}")
_LIMITED = r"(?P<limit> (?:for|by|in|per|on|of|at|since|during) .+)?"
_TARGETED = re.compile(rf"{_ASKED} {_WITH} (?:any |a |an )?(?P<what>.+?)(?: set| defined)?{_LIMITED}")
_UNTARGETED = re.compile(rf"{_ASKED} {_LACKING} (?:any |a |an )?(?P<what>.+?)(?: set| defined)?{_LIMITED}")
_TIERED = (
    re.compile(rf"{_ASKED} {_LEADING_TO_A_TIER}{_TIER} {_NUMBERS}"),
    re.compile(rf"{_HEAD}{_TIER} {_NUMBERS} (?:certified )?metric(?: are there| do we have)?"),
)
_CERTIFIED = (
    re.compile(rf"{_ASKED} (?:(?:that|which) )?(?:are )?(?:not (?:yet )?)?(?:certified|uncertified)"),
    re.compile(rf"{_HEAD}(?:certified|uncertified) metric(?: are there)?"),
)
_TOLD_AS = r"(?:(?:told|expressed|measured|kept|given|reported|stated|shown) )?(?:(?:in|as) )?(?:a |an )?"
_SORTED = (
    re.compile(
        rf"{_ASKED} (?:(?:that|which) )?(?:is|are) (?P<no>(?:not|no) )?{_TOLD_AS}(?P<sort>\w+)(?: (?:metric|measure))?"
    ),
)
_SAID_IN = r"(?:told|expressed|measured|kept|given|reported|stated|shown|quoted|denominated)"
_UNIT = r"(?P<unit>\S+(?: \S+){0,2}?)"
_WITH_ITS_UNIT = r"(?:(?:that|which) )?(?:have|has|with|use|using)"
_TOLD_IN = (
    re.compile(rf"{_ASKED} (?:(?:that|which) )?(?:(?:is|are) )?(?P<sure>{_SAID_IN} )in (?:the unit )?{_UNIT}"),
    re.compile(rf"(?:what|which) (?:is|are) (?P<sure>{_SAID_IN} )in {_UNIT}"),
    re.compile(rf"{_ASKED} {_WITH_ITS_UNIT} (?P<sure>(?:the |a )?unit(?: of measure| of)?(?: is| are)? ){_UNIT}"),
    re.compile(rf"{_ASKED} whose (?P<sure>unit is ){_UNIT}"),
    re.compile(rf"{_ASKED} {_WITH_ITS_UNIT} {_UNIT}(?P<sure> as (?:their|it|the|a) unit)"),
    re.compile(rf"{_ASKED} (?:(?:that|which) )?(?:(?:is|are|do we have|do you have) )?(?P<sure>)in {_UNIT}"),
)
_OF_MONEY = re.compile(rf"{_HEAD}(?P<unit>\S+) (?:metric|kpi|kpis|measure|indicator)(?: are there| do we have)?")
_UNITS_ANYWHERE = frozenset(UNITS.values()) | TIME_UNITS
_NOTHING_IN_IT = "nothing is told in this unit: “the unit of A” says in which one A is"
_IN_CHARGE = (
    re.compile(
        rf"{_ASKED} (?:is|are) {_THE}(?P<who>\S+(?: \S+){{0,4}}?) (?:responsible|accountable|in charge) (?:for|of)"
    ),
    re.compile(rf"{_ASKED} (?:do|doe) {_THE}(?P<who>\S+(?: \S+){{0,4}}?) (?:look after|maintain)"),
)
_NONE_OWNED = "it owns no metric by the pack: ask which metrics it uses"
_WHAT_IS_OWNED = re.compile(rf"what (?:do|doe) {_WHOSE} own")
_OWNED = (
    re.compile(rf"{_ASKED} (?:do|doe) {_WHOSE} own"),
    re.compile(rf"{_ASKED} (?:(?:that|which) )?(?:(?:is|are) )?(?:owned|maintained) by {_WHOSE}"),
    _WHAT_IS_OWNED,
)
_SET = r"(?: set| defined| planned| there)?"
_HAVING_ONE = (
    re.compile(rf"(?:is|are) there (?:a |an |any )?(?P<plan>\S+){_SET} for (?:the |our )?(?P<what>.+)"),
    re.compile(rf"(?:do|doe) (?:the |our )?(?P<what>.+) have (?:a |an |any )?(?P<plan>\S+){_SET}"),
    re.compile(rf"do (?:we|you) have (?:a |an |any )?(?P<plan>\S+){_SET} for (?:the |our )?(?P<what>.+)"),
)
_OTHER_NAMES = (
    re.compile(rf"what (?:is|are) {_WHAT} (?:also|else|otherwise|sometimes) (?:called|known as|named|referred to as)"),
    re.compile(rf"what (?:else|other name) (?:is|are) {_WHAT} (?:called|known as|named|referred to as|known by)"),
    re.compile(rf"(?:what (?:is|are) )?(?:the )?(?:alias|aliase|aka|other name|alternative name) (?:of|for) {_WHAT}"),
    re.compile(rf"what (?:is|are) {_WHAT} (?:short|an abbreviation|an acronym) (?:for|of)"),
)
_UNLIKE = (
    re.compile(r"how (?:do|doe|is|are) (?:the )?(?P<what>.+?) (?:differ|different) from (?:the )?(?P<other>.+)"),
    re.compile(r"what (?:distinguishe|distinguish|separate) (?:the )?(?P<what>.+?) from (?:the )?(?P<other>.+)"),
)
_SOURCES = r"(?:source )?(?:column|field|table|system|source|database|data)"
_FEED = r"(?:feed|feed into|make up|underlie|(?:is|are) behind|(?:is|are) used (?:for|in|by|to calculate)|go into)"
_COME = r"(?:come|taken|drawn|derived)"
_COMING_FROM = (
    re.compile(
        rf"(?:from )?(?:which|what) {_SOURCES} (?:do|doe|is|are) {_WHAT} (?:come|taken|drawn|derived)(?: from)?"
    ),
    re.compile(rf"(?:which|what) {_SOURCES} {_FEED} {_WHAT}"),
    re.compile(rf"(?:what (?:is|are) )?(?:the )?(?:source|underlying) (?:column|field) (?:of|for|behind) {_WHAT}"),
)
_CAN_BE_CUT = (
    re.compile(rf"(?:can|could) {_WHAT} be (?:cut|filtered|broken out|told) by (?:the )?(?P<by>.+)"),
    re.compile(rf"(?:is|are) {_WHAT} (?:available|kept|known|told) (?:by|per|for each) (?:the )?(?P<by>.+)"),
    re.compile(rf"(?:do|doe) {_WHAT} exist (?:by|per|for each) (?:the )?(?P<by>.+)"),
)
_TEMPLATE = "template"
_ABOUT = rf"(?: (?:for|on|about|with|of) {_WHAT})?"
_TEMPLATES = (
    re.compile(rf"{_HEAD}(?:query |question |standard )?template(?: (?:is there|are there|do we have|exist))?{_ABOUT}"),
    re.compile(rf"(?:is|are) there (?:a |any )?(?:query |question |standard )?template{_ABOUT}"),
    re.compile(rf"do we have (?:a |any )?(?:query |question |standard )?template{_ABOUT}"),
)
_NOT_TOLD = "who may see what is decided by the policy for whoever asks: ask for it itself"
_SEE = r"(?:see|view|access|query|look at)"
_SEEING = (
    re.compile(rf"(?P<said>who (?:may|can|could|is allowed to|are allowed to|(?:is|are) able to) {_SEE}) {_WHAT}"),
    re.compile(rf"(?P<said>(?:who|which role|which department) (?:has|have) access) to {_WHAT}"),
    re.compile(rf"(?P<said>why (?:can not|cannot|cant|can|can t|could not) (?:i|we)(?: not)? {_SEE}) {_WHAT}"),
    re.compile(rf"(?P<said>why (?:am i|are we) not (?:allowed|able|permitted) to {_SEE}) {_WHAT}"),
    re.compile(rf"(?P<said>why (?:is|are)) {_WHAT} (?:hidden|denied|restricted|masked)(?: to me| from me| for me)?"),
    re.compile(rf"(?P<said>(?:am i|are we) (?:allowed|able|permitted) to {_SEE}) {_WHAT}"),
    re.compile(rf"(?P<said>do (?:i|we) have access) to {_WHAT}"),
)
_HELP = (
    re.compile(r"what (?:can|could) you (?:do|tell|answer|help with|help (?:me|us) with)(?: (?:for )?(?:me|us))?"),
    re.compile(r"how (?:can|could) you help(?: me| us)?"),
)
_SORTS: dict[str, Sort] = {
    **dict.fromkeys(("rate", "ratio", "quotient"), "ratio"),
    **dict.fromkeys(("percent", "percentage", "percents"), "percent"),
    **dict.fromkeys(("level", "stock", "snapshot"), "level"),
}
_UNSORTED = frozenset(
    {
        "count",
        "counter",
        "amount",
        "number",
        "figure",
        "value",
        "sum",
        "total",
        "average",
        "mean",
        "flow",
        "money",
        "monetary",
        "currency",
        "additive",
        "hourly",
        "daily",
        "weekly",
        "monthly",
        "quarterly",
        "yearly",
        "annual",
        "proportion",
        "share",
    }
)


class Governed(Value):
    """Which metrics are wanted: those that somebody uses (`user`), those with a target, of `plans` where these are
    named, or without one (`targeted`), those of some `tiers`, those of a `sort` by their unit or by how they add up,
    those told in a `unit`, which is written in full, the targets that are set for some (`targets_of`), or the
    `templates` that ask for these; all there are where nothing of it is said. `users`: who uses what is named is asked;
    `certified`: which are certified, of which nothing is kept but the tiers."""

    user: str | None = None
    targeted: bool | None = None
    plans: tuple[str, ...] = ()
    targets_of: tuple[str, ...] = ()
    tiers: tuple[int, ...] = ()
    sort: Sort | None = None
    unit: str | None = None
    users: bool = False
    templates: bool = False
    certified: bool = False


class Asked(NamedTuple):
    """What is asked, with what it names; `left` are the words that have no meaning beside it; `of_cuts`: by what it can
    be cut."""

    kind: Literal["catalogue", "definition", "lineage"]
    mentions: tuple[Mention, ...]
    governed: Governed | None = None
    left: tuple[str, ...] = ()
    of_cuts: bool = False


def asked_of_metrics(intent: Intent, catalogue: Catalogue) -> Asked | None:
    """None where the question says anything else, or names what is none of this."""
    return _Sentence(intent, catalogue).asked() if intent.tokens else None


class _Sentence(Sentence):
    def asked(self) -> Asked | None:
        return (
            self._used_by()
            or self._users()
            or self._called()
            or self._with_targets()
            or self._of_tiers()
            or self._of_a_sort()
            or self._in_a_unit()
            or self._owned()
            or self._with_a_target()
            or self._explained()
            or self._seen()
            or self._templates()
            or self._helped()
        )

    def _used_by(self) -> Asked | None:
        for found in self.read(_USED_BY):
            if whose := self.department(found) or self._owner(found):
                return Asked("catalogue", (whose,), Governed(user=whose.targets[0].asset_id))
        for found in self.read(_IN_CHARGE):
            if normal_form(found["who"]) in self._owners() and not targets_of(found["who"], self.catalogue):
                target = Target(kind="owner", asset_id=found["who"])
                owner = self.mention(found, "who", "descriptor", (target,))
                return Asked("catalogue", (owner,), Governed(user=found["who"]))
        return None

    def _owners(self) -> set[str]:
        """Whoever owns metrics and is no department, which may use more than it owns."""
        owners = {normal_form(m.owner) for m in self.catalogue.of_kind(Metric) if m.owner}
        return owners - set(self.catalogue.departments)

    def _users(self) -> Asked | None:
        for found in self.read(_USERS):
            if what := self._measured(found):
                return Asked("definition", (what,), Governed(users=True))
        for found in self.read(_A_USER):  # who does tells whether one does
            what = self._measured(found) if self.department(found) else None
            if what:
                return Asked("definition", (what,), Governed(users=True))
        return None

    def _called(self) -> Asked | None:
        """What a department calls by a word that is a word of its own, or counts to a member; of any other word it does
        not speak."""
        for found in self.read((*_CALLED, _COUNTED_SO)):
            whose, member = (
                self.department(found),
                the_member(targets_of(found["what"], self.catalogue), self.catalogue),
            )
            if whose and member:
                return Asked("definition", (whose, self.mention(found, "what", "member", (member,))))
        for found in self.read(_CALLED):
            whose, what = self.department(found), self._measured(found)
            if whose and what:
                own = any(whose.targets[0].asset_id in users_of(m.id, self.catalogue) for m in self._meant(what))
                return Asked("definition", (whose, what), left=() if own else (whose.text,))
        return None

    def _with_targets(self) -> Asked | None:
        for pattern, targeted in ((_TARGETED, True), (_UNTARGETED, False)):
            if (found := pattern.fullmatch(self.said)) and (plans := self._plans(found)) is not None:
                left = (found["limit"].strip(),) if found["limit"] else ()
                return Asked("catalogue", (), Governed(targeted=targeted, plans=plans), left)
        return None

    def _of_tiers(self) -> Asked | None:
        for found in self.read(_TIERED):
            if tiers := _tiers(found):
                return Asked("catalogue", (), Governed(tiers=tiers))
        certified = next(self.read(_CERTIFIED), None)
        return Asked("catalogue", (), Governed(certified=True)) if certified else None

    def _of_a_sort(self) -> Asked | None:
        """ "which metrics are rates", where nothing is called so: by their units and how they add up; of what else
        they may be nothing is kept."""
        for found in self.read(_SORTED):
            sort, told = found["sort"], found["sort"] in _SORTS and not found["no"]
            if (sort in _SORTS or sort in _UNSORTED) and not targets_of(sort, self.catalogue):
                left = () if told else (f"{found['no'] or ''}{sort} ({_NO_SORT})",)
                return Asked("catalogue", (), Governed(sort=_SORTS.get(sort)), left)
        return None

    def _in_a_unit(self) -> Asked | None:
        """ "which metrics are in hours": by their units, and not by a word of what they are called; where none is,
        nothing else is an answer. What members are called so stands for these."""
        for found in self.read(_TOLD_IN):
            unit, targets = unit_in_full(found["unit"]), targets_of(found["unit"], self.catalogue)
            told = self.catalogue.metrics.units
            if unit in told and (found["sure"] or all(t.kind in METRIC for t in targets)):
                return Asked("catalogue", (), Governed(unit=unit))
            if unit in _UNITS_ANYWHERE - told and (found["sure"] or not targets):
                said = self.mention(found, "unit", "descriptor", ()).text
                return Asked("catalogue", (), Governed(unit=unit), (f"{said} ({_NOTHING_IN_IT})",))
        for found in self.read((_OF_MONEY,)):
            unit = unit_in_full(found["unit"])
            known = unit in MONEY_OR_SHARE and unit in self.catalogue.metrics.units
            if known and not targets_of(found["unit"], self.catalogue):
                return Asked("catalogue", (), Governed(unit=unit))
        return None

    def _owned(self) -> Asked | None:
        """What an owner owns; a department that owns nothing is not said to own what it uses."""
        for found in self.read(_OWNED):
            who, owners = found["who"], {normal_form(m.owner) for m in self.catalogue.of_kind(Metric) if m.owner}
            whose = self.department(found)
            target = Target(kind="owner", asset_id=who)
            if who in owners and not targets_of(who, self.catalogue):
                owner = self.mention(found, "who", "descriptor", (target,))
                return Asked("catalogue", (owner,), Governed(user=who))
            partly = any(set(who.split()) <= set(owner.split()) for owner in owners)
            unknown = not (targets_of(who, self.catalogue) or who in PRONOUNS | _ANYBODY | {"whom"})
            if not partly and (whose or (unknown and found.re is not _WHAT_IS_OWNED)):
                said = self.mention(found, "who", "department" if whose else "descriptor", ())
                return Asked("catalogue", (whose or said,), Governed(), (f"{said.text} ({_NONE_OWNED})",))
        return None

    def _with_a_target(self) -> Asked | None:
        """ "is there a plan for A", "does A have a target": those that are set for it, if any."""
        for found in self.read(_HAVING_ONE):
            what = self._measured(found)
            plans = self._plans_called(found["plan"]) if self._is_a_plan(found["plan"]) else None
            if what and plans is not None and not is_target(what, self.catalogue):
                meant = tuple(sorted(m.id for m in self._meant(what)))
                return Asked("catalogue", (what,), Governed(plans=plans, targets_of=meant))
        return None

    def _is_a_plan(self, said: str) -> bool:
        """Whether a word is one for targets, and names nothing that is none."""
        named = self.catalogue.metrics_meant(t.asset_id for t in targets_of(said, self.catalogue))
        return all(m.target_of for m in named) and (bool(named) or said == _TARGET or said in TARGETS)

    def _explained(self) -> Asked | None:
        """What else something is called, how two differ, by what it can be cut, and from what columns it comes."""
        for found in self.read(_OTHER_NAMES):
            if what := self._measured(found) or self._member(found):
                return Asked("definition", (what,))
        for found in self.read(_UNLIKE):
            one, other = self._measured(found), self._measured(found, "other")
            if one and other and self._are_unlike(one, other):
                return Asked("definition", (one, other))
        for found in self.read(_CAN_BE_CUT):
            named, what = targets_of(found["by"], self.catalogue), self._measured(found)
            by = [t for t in named if t.kind != "department"]
            if what and by and all(t.kind in ("dimension", "entity") and not t.member for t in by):
                return Asked("definition", (what,), of_cuts=True)
        for found in self.read(_COMING_FROM):
            if what := self._measured(found):
                return Asked("lineage", (what,))
        return None

    def _are_unlike(self, one: Mention, other: Mention) -> bool:
        """Whether it is asked what they are, and not how far a number is from its target."""
        target = is_target(one, self.catalogue) != is_target(other, self.catalogue)
        return not target and {m.id for m in self._meant(one)} != {m.id for m in self._meant(other)}

    def _seen(self) -> Asked | None:
        """ "who may see A", "why can't I see A": whoever may not is denied what A is, and nobody is told of others."""
        for found in self.read(_SEEING):
            if what := self._measured(found):
                said = self.mention(found, "said", "descriptor", ()).text
                return Asked("definition", (what,), left=(f"{said} ({_NOT_TOLD})",))
        return None

    def _templates(self) -> Asked | None:
        """ "which templates are there", "is there a template for A"."""
        if targets_of(_TEMPLATE, self.catalogue):
            return None
        for found in self.read(_TEMPLATES):
            what = self._measured(found) if found["what"] else None
            if what or not found["what"]:
                meant = tuple(sorted(m.id for m in self._meant(what))) if what else ()
                return Asked("catalogue", (what,) if what else (), Governed(templates=True, targets_of=meant))
        return None

    def _member(self, found: re.Match[str]) -> Mention | None:
        member = the_member(targets_of(found["what"], self.catalogue), self.catalogue)
        return self.mention(found, "what", "member", (member,)) if member else None

    def _helped(self) -> Asked | None:
        """Whoever asks what he can be helped with is told what can be asked for; "help" alone says nothing."""
        asked = next(self.read(_HELP), None)
        named = targets_of(self.said, self.catalogue)
        return Asked("catalogue", (), Governed()) if asked and not named else None

    def _owner(self, found: re.Match[str]) -> Mention | None:
        """Somebody who uses metrics and is called like nothing else: he may own some."""
        who = found["who"]
        known = who in PRONOUNS | _ANYBODY or targets_of(who, self.catalogue) or not found.groupdict().get("uses")
        return None if known else self.mention(found, "who", "descriptor", (Target(kind="owner", asset_id=who),))

    def _measured(self, found: re.Match[str], gap: str = "what") -> Mention | None:
        """What is named is measured, and is nothing else."""
        targets = targets_of(found[gap], self.catalogue)
        known = targets and all(t.kind in METRIC for t in targets)
        mention = self.mention(found, gap, "metric", targets) if known else None
        return mention if mention and self._meant(mention) else None

    def _plans(self, found: re.Match[str]) -> tuple[str, ...] | None:
        """The targets that are called so, or end so; none for any target; None where something else is named."""
        named = self._measured(found)
        meant = {m.id for m in self._meant(named)} if named and is_target(named, self.catalogue) else set[str]()
        plans = self._plans_called(found["what"])
        return tuple(sorted({*meant, *(plans or ())})) or plans

    def _plans_called(self, said: str) -> tuple[str, ...] | None:
        """Those that are called so, or end so ("plan", of every plan of something); none for any target."""
        if said == _TARGET:
            return ()
        plans = self.catalogue.metrics.targets
        meant = {m.id for m in plans if any(_ends(s, said) for s in self.catalogue.spellings(m.id))}
        terms = {t.asset_id for t in targets_of(said, self.catalogue)}
        meant |= {m.id for m in self.catalogue.metrics_meant(terms) if m in plans}
        if not meant and said in TARGETS and plans:
            return ()
        return tuple(sorted(meant)) or None

    def _meant(self, mention: Mention) -> list[Metric]:
        return self.catalogue.metrics_meant(t.asset_id for t in mention.targets)


def _ends(spelling: str, said: str) -> bool:
    words, own = said.split(), normal_form(spelling).split()
    return own[-len(words) :] == words


def _tiers(found: re.Match[str]) -> tuple[int, ...]:
    """The tiers that are told; none where one of them is no tier."""
    told = [int(digit) for digit in re.findall(r"\d", found["tiers"])]
    if not set(told) <= set(TIERS):
        return ()
    if found["side"]:
        best = found["side"] == "better"
        return tuple(t for t in TIERS if (t <= told[0] if best else t >= told[0])) if len(told) == 1 else ()
    if " to " in found["tiers"]:
        return tuple(range(told[0], told[-1] + 1)) if len(told) == 2 else ()
    return tuple(told)


def governed_metrics(asked: Governed, catalogue: Catalogue, denied: Collection[str] = ()) -> Iterator[Metric]:
    """The metrics that are wanted, as somebody sees it to whom all that is `denied` is not there."""
    wanted = used_by(asked.user, catalogue, denied) if asked.user else None
    targets = [m for m in catalogue.metrics.targets if m.id not in denied]
    held = {i for m in targets if not asked.plans or m.id in asked.plans for i in m.target_of}
    for metric in catalogue.of_kind(Metric):
        fits = asked.targeted is None or ((metric.id in held) == asked.targeted and not metric.target_of)
        fits = fits and (not asked.targets_of or _is_set_for(metric, asked))
        fits = fits and (wanted is None or metric.id in wanted)
        fits = fits and (asked.sort is None or _is_of(metric, asked.sort))
        fits = fits and (asked.unit is None or unit_in_full(metric.unit or "") == asked.unit)
        if fits and metric.id not in denied and (not asked.tiers or metric.certification_tier in asked.tiers):
            yield metric


def templates_of(asked: Governed, catalogue: Catalogue, denied: Collection[str] = ()) -> Iterator[QueryTemplate]:
    """The templates that ask for what is named, or all; those alone of which everything may be seen."""
    for template in catalogue.of_kind(QueryTemplate):
        told = {template.id, *template.metrics, *template.dimensions}
        if told.isdisjoint(denied) and (not asked.targets_of or set(asked.targets_of) & set(template.metrics)):
            yield template


def _is_set_for(metric: Metric, asked: Governed) -> bool:
    named = not asked.plans or metric.id in asked.plans
    return named and bool(set(metric.target_of) & set(asked.targets_of))


def _is_of(metric: Metric, sort: Sort) -> bool:
    """Whatever is told in percent is a ratio and no level, even if it is taken at the end of a period."""
    percent = unit_in_full(metric.unit or "") == "percent"
    if sort == "level":
        return metric.is_stock and not percent
    return percent or (sort == "ratio" and metric.aggregation == "ratio")


def used_by(department: str, catalogue: Catalogue, denied: Collection[str] = ()) -> set[str]:
    """What the words of the pack mean to a department, and what it owns."""
    own = normal_form(department)
    found = {m.id for m in catalogue.of_kind(Metric) if own in map(normal_form, m.departments)}
    found |= {m.id for m in catalogue.of_kind(Metric) if set(own.split()) <= set(normal_form(m.owner or "").split())}
    return found.union(*(_meant_by(own, term) for term in catalogue.of_kind(Term) if term.id not in denied))


def _meant_by(department: str, term: Term) -> set[str]:
    """What a word means to a department: its own meaning, else the only general one."""
    own = {c.metric for c in term.metrics if department in map(normal_form, c.departments)}
    general = {c.metric for c in term.metrics if not c.departments}
    return own or (general if len(general) == 1 else set())


def users_of(metric_id: str, catalogue: Catalogue, denied: Collection[str] = ()) -> dict[str, list[str]]:
    """The departments that have a metric as their own, with the words by which they mean it."""
    metric = catalogue.get(metric_id, Metric)
    found: dict[str, list[str]] = {_spelt(d, catalogue): [] for d in (metric.departments if metric else ())}
    for term in (t for t in catalogue.of_kind(Term) if t.id not in denied):
        for department in (d for c in term.metrics if c.metric == metric_id for d in c.departments):
            found.setdefault(_spelt(department, catalogue), []).append(term.name)
    return found


def _spelt(department: str, catalogue: Catalogue) -> str:
    """A department as it is told, however a document writes it."""
    return catalogue.departments[normal_form(department)]


def with_users(told: JsonObject, catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    """An entry of a metric with who uses it, and what each calls it."""
    if told["kind"] != "metric":
        return told
    used = users_of(told["id"], catalogue, denied).items()
    return told | {"used_by": [{"department": d, "terms": terms} for d, terms in used]}
