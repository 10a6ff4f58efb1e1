"""What each part of a question is there for: the thing measured, what it is cut, limited or compared by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ecp.domain.answer import Kind
from ecp.domain.catalogue import Catalogue, departments_of
from ecp.domain.cover import Cover, Span, cover
from ecp.domain.intent import Intent, NumberFilter, TimeSpan, is_function_word
from ecp.domain.language import FILLERS, Cue
from ecp.domain.matching import Match, Target
from ecp.domain.values import Value
from ecp.domain.words import normal_form

Role = Literal["metric", "member", "excluded", "group", "target", "compared", "department", "descriptor", "order"]
_METRIC = frozenset({"metric", "term"})
_CUT = frozenset({"dimension", "entity"})
_ABOUT_A_DEPARTMENT = frozenset({"department", "team", "perspective", "view", "version", "definition"})
_LIST_WORDS = frozenset({"and", "or"})
_NEEDS_AN_OBJECT = frozenset({"group", "compare", "exclude"})


class Mention(Value):
    """A named part of the question and what it is there for."""

    text: str
    first: int
    last: int
    role: Role
    targets: tuple[Target, ...]
    method: Literal["exact", "typo"] = "exact"
    read_as: str | None = None


class Reading(Value):
    """The question with every content word in its place, or in `left`."""

    kind: Kind
    mentions: tuple[Mention, ...]
    times: tuple[TimeSpan, ...]
    numbers: tuple[NumberFilter, ...]
    ranking: Cue | None = None
    left: tuple[str, ...] = ()

    def of(self, *roles: Role) -> tuple[Mention, ...]:
        return tuple(m for m in self.mentions if m.role in roles)

    @property
    def department(self) -> str | None:
        """The department whose meaning the question itself asks for."""
        named = self.of("department")
        return next((t.asset_id for m in named for t in m.targets if t.kind == "department"), None)


def read(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue) -> Reading:
    """Gives every span its role. Never raises."""
    return _Reader(intent, cover(intent, matches), catalogue).read()


@dataclass
class _Reader:
    intent: Intent
    cover: Cover
    catalogue: Catalogue
    mentions: list[Mention] = field(default_factory=list)
    left: set[int] = field(default_factory=set)
    mode: Cue | None = None
    served: bool = True
    _explained: set[int] = field(default_factory=set)

    def read(self) -> Reading:
        self.left = set(self.cover.left)
        before: Span | None = None
        for span in self.cover.spans:
            self._leave_mode_if_over(before, span)
            self._take(span)
            before = span
        self._object_missing(len(self.intent.tokens))
        self._explain_around_departments()
        self._compare_in_pairs()
        return Reading(
            kind=self._kind(),
            mentions=tuple(self.mentions),
            times=self._times(),
            numbers=tuple(s.value for s in self.cover.spans if isinstance(s.value, NumberFilter)),
            ranking=self._ranking(),
            left=tuple(self._left_texts()),
        )

    def _take(self, span: Span) -> None:
        if isinstance(span.value, Cue):
            self._object_missing(span.first)
            if span.value.kind in _NEEDS_AN_OBJECT:
                self.mode, self.served = span.value, False
        elif isinstance(span.value, Match):
            self.mentions.append(self._mention(span, span.value))
            self.served = True
        elif self.mode is not None:
            self.served = True

    def _leave_mode_if_over(self, before: Span | None, span: Span) -> None:
        """A cue governs what follows it, and lists: "by A and B", not what comes after another preposition."""
        if before is None or not self.served or isinstance(before.value, Cue):
            return
        between = [t.norm for t in self.intent.tokens[before.last + 1 : span.first]]
        gap = self.intent.text[self.intent.tokens[before.last].end : self.intent.tokens[span.first].start]
        if (not between and "," not in gap) or any(word not in _LIST_WORDS for word in between):
            self.mode = None

    def _object_missing(self, until: int) -> None:
        """A cue whose object was not understood takes the fillers behind it, or itself, as not understood."""
        if self.mode is None or self.served:
            return
        behind = range(self.mode.last + 1, until)
        fillers = [at for at in behind if self.intent.tokens[at].norm in FILLERS]
        if not any(at in self.left for at in behind):
            self.left.update(fillers or range(self.mode.first, self.mode.last + 1))
        self.mode, self.served = None, True

    def _mention(self, span: Span, match: Match) -> Mention:
        start, end = self.intent.tokens[span.first].start, self.intent.tokens[span.last].end
        role = self._role(span, match)
        return Mention(
            text=self.intent.text[start:end],
            first=span.first,
            last=span.last,
            role=role,
            targets=_fitting(role, match.targets),
            method=match.method,
            read_as=match.read_as,
        )

    def _role(self, span: Span, match: Match) -> Role:
        kinds = {t.kind for t in match.targets}
        mode = self.mode.kind if self.mode else None
        if mode == "group" and kinds & _CUT:
            return "group"
        if mode == "group" and kinds & _METRIC:
            return "order" if self._ranking() else "metric"
        if mode == "compare" and kinds & _METRIC:
            return "target"
        if "member" in kinds and mode in ("compare", "exclude") and not kinds & _METRIC:
            return "compared" if mode == "compare" else "excluded"
        return self._free_role(span, match, kinds)

    def _free_role(self, span: Span, match: Match, kinds: set[str]) -> Role:
        others = [s.value for s in self.cover.spans if s is not span and isinstance(s.value, Match)]
        measured = any({t.kind for t in m.targets} & _METRIC for m in others)
        if "department" in kinds and measured and self._has_own_meaning(match, others):
            return "department"
        if kinds & _METRIC and not (measured and kinds & {"member", "department"}):
            return "metric"
        if "member" in kinds:
            return "member"
        if kinds & _CUT:
            return "descriptor" if self._beside_own_member(span, match) else "group"
        return "department" if "department" in kinds else "descriptor"

    def _has_own_meaning(self, match: Match, others: list[Match]) -> bool:
        """Some measured word of this question means something of its own to this department."""
        name = next(t.asset_id for t in match.targets if t.kind == "department")
        return any(
            normal_form(name) in _departments_of(t, self.catalogue)
            for other in others
            for t in other.targets
            if t.kind in _METRIC or t.kind == "member"
        )

    def _beside_own_member(self, span: Span, match: Match) -> bool:
        own = {t.asset_id for t in match.targets}
        return any(
            isinstance(s.value, Match)
            and any(t.kind == "member" and t.asset_id in own for t in s.value.targets)
            and (self._touch(s, span) or self._touch(span, s))
            for s in self.cover.spans
        )

    def _touch(self, a: Span, b: Span) -> bool:
        between = self.intent.tokens[a.last + 1 : b.first]
        return a.last < b.first and all(is_function_word(t, shouting=False) for t in between)

    def _explain_around_departments(self) -> None:
        """ "as that team sees it": words that only say that a department is meant."""
        for mention in self.mentions:
            if any(t.kind == "department" for t in mention.targets):
                near = {mention.first - 1, mention.last + 1}
                self.left -= {
                    at
                    for at in near
                    if 0 <= at < len(self.intent.tokens) and self.intent.tokens[at].norm in _ABOUT_A_DEPARTMENT
                }

    def _compare_in_pairs(self) -> None:
        """ "compare A and B": the first is what the others are compared with."""
        compared = [i for i, m in enumerate(self.mentions) if m.role == "compared"]
        if compared and not any(
            m.role == "member" and m.first < self.mentions[compared[0]].first for m in self.mentions
        ):
            self._change(compared[0], "member")
        targets = [i for i, m in enumerate(self.mentions) if m.role == "target"]
        if targets and not any(m.role == "metric" for m in self.mentions):
            self._change(targets[0], "metric")

    def _change(self, at: int, role: Role) -> None:
        self.mentions[at] = self.mentions[at].model_copy(update={"role": role})

    def _times(self) -> tuple[TimeSpan, ...]:
        return tuple(s.value for s in self.cover.spans if isinstance(s.value, TimeSpan))

    def _ranking(self) -> Cue | None:
        cues = (s.value for s in self.cover.spans if isinstance(s.value, Cue))
        return next((c for c in cues if c.kind in ("top", "bottom")), None)

    def _cued(self, kind: str) -> bool:
        return any(isinstance(s.value, Cue) and s.value.kind == kind for s in self.cover.spans)

    def _kind(self) -> Kind:
        for kind in ("definition", "lineage", "catalogue"):
            if self._cued(kind):
                return kind
        if self._ranking():
            return "ranking"
        if any(m.role in ("target", "compared") for m in self.mentions) or self._compares_periods():
            return "comparison"
        if self._cued("trend") or any(t.found.type == "grain" for t in self._times()):
            return "trend"
        return "breakdown" if any(m.role == "group" for m in self.mentions) else "metric"

    def _compares_periods(self) -> bool:
        return any(t.found.type == "comparison" for t in self._times())

    def _left_texts(self) -> Iterator[str]:
        """Words in a row that were not understood, as one text."""
        run: list[int] = []
        for at in [*sorted(self.left), -1]:
            if run and at != run[-1] + 1:
                yield self.intent.text[self.intent.tokens[run[0]].start : self.intent.tokens[run[-1]].end]
                run = []
            run.append(at)


def _fitting(role: Role, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    fit: dict[Role, frozenset[str]] = {
        "metric": _METRIC,
        "order": _METRIC,
        "target": _METRIC,
        "member": frozenset({"member"}),
        "excluded": frozenset({"member"}),
        "compared": frozenset({"member"}),
        "group": _CUT,
        "department": frozenset({"department"}),
    }
    return tuple(t for t in targets if t.kind in fit[role]) if role in fit else targets


def _departments_of(target: Target, catalogue: Catalogue) -> set[str]:
    asset = catalogue.assets[target.asset_id]
    return {normal_form(d) for d in departments_of(asset)}
