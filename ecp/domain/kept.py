"""What is left of a question when another one that goes on from it takes something away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from ecp.domain.against import is_target_called
from ecp.domain.anew import Anew, head_of_list
from ecp.domain.assets import Entity
from ecp.domain.catalogue import Catalogue
from ecp.domain.limits import same_column
from ecp.domain.mentions import MEASURED, Mention, Role
from ecp.domain.reading import Reading
from ecp.domain.taking_away import Away, What
from ecp.domain.values import Value
from ecp.domain.words import tokens

GonePart = Literal["measured", "members", "groups", "bounds", "period", "comparison", "grain", "ranking"]
_MEMBERS: tuple[Role, ...] = ("member", "excluded", "compared")


class Gone(Value):
    """What is taken over no more, and words that would take something away that is not there or cannot be told.
    `named` are mentions of the new question that only say what is gone."""

    parts: tuple[tuple[GonePart, str], ...] = ()
    left: tuple[str, ...] = ()
    named: tuple[Mention, ...] = ()


def with_both(
    old: Reading, replaced: Iterable[Mention], words: Anew, catalogue: Catalogue
) -> tuple[Reading, tuple[str, ...]]:
    """ "both", where one member had taken the place of another: the two of them, or one compared with the other; of
    anything else the word was not understood."""
    if words.both is None:
        return old, ()
    before, now = list(replaced), [m for m in old.of("member") if _alike(m, replaced, catalogue)]
    if len(before) != 1 or len(now) != 1 or words.reading.of("member", "excluded", "compared"):
        return old, (words.both,)
    compared = now[0].model_copy(update={"role": "compared"}) if words.reading.compares else now[0]
    mentions = (*(m for m in old.mentions if m != now[0]), before[0], compared)
    return old.model_copy(update={"mentions": tuple(sorted(mentions, key=lambda m: m.first))}), ()


def kept_of(old: Reading, words: Anew, away: Iterable[Away], catalogue: Catalogue, text: str) -> tuple[Gone, Reading]:
    """The earlier reading without what the words of the new question, of which `text` is the text, take away."""
    taking = _Taking(old, catalogue)
    places = tokens(text)
    for one in away:
        named = next((m for m in words.reading.mentions if places[m.first].start == one.name), None)
        if one.name is not None and named is None:
            taking.left.append(one.text)
        elif one.what == "named":
            for mention in words.reading.mentions:
                taking.take_named(mention)
        elif named is None:
            taking.take_away(one.what, one.text)
        else:
            mentions = words.reading.mentions
            for mention in mentions:
                if head_of_list(mention, mentions, places, side_by_side=True) == named:
                    taking.take_away(one.what, one.text, mention)
    for mention in words.replaced:
        taking.take(mention)
    for span in words.replaced_times:
        taking.take_time(span.found.text)
    for mention in words.freed:
        taking.free(mention, summed=mention in words.summed)
    if words.total:
        taking.total(words.total, overall=words.overall)
    if words.everything and taking.is_limited():
        taking.left.append(words.everything)
    return Gone(parts=(*taking.parts, *taking.limits), left=tuple(taking.left), named=tuple(taking.named)), taking.old


def is_left_out(new: Reading, old: Reading, catalogue: Catalogue) -> bool:
    """Whether all that is named is left out by the earlier question."""
    left_out = old.model_copy(update={"mentions": old.of("excluded")})
    return is_there(new, old, catalogue) and all(_parts_named(m, left_out, catalogue) for m in new.mentions)


def is_there(new: Reading, old: Reading, catalogue: Catalogue) -> bool:
    """Whether all that is named is a part of the earlier question that it can do without."""
    more = (new.left, new.numbers, new.ranking, new.share, new.average, new.changed, new.compares, new.paths)
    if any(more) or new.times or not new.mentions:
        return False
    gone = [_parts_named(m, old, catalogue) for m in new.mentions]
    measured = old.of("metric", "order")
    taken = {m for parts in gone for m in parts}
    return all(gone) and (not measured or not set(measured) <= taken)


def called_as_its_target(new: Reading, old: Reading, catalogue: Catalogue) -> bool:
    """ "drop the plan", where that is what the earlier question's target is called, whatever its name is."""
    words = [t.norm for t in tokens(" ".join(new.left))]
    targets = catalogue.metrics_meant(i for m in old.of("target") for i in m.asset_ids)
    only = len(words) == 1 and not (new.mentions or new.times or new.numbers)
    return only and any(is_target_called(m, words[0], catalogue) for m in targets)


def left_out_of_it(new: Reading, old: Reading, catalogue: Catalogue) -> Reading | None:
    """ "drop A", of numbers that are cut by places: the members with A left out."""
    named = new.of("member")
    cut = [i for g in old.of("group") for i in g.asset_ids]
    shown = all(any(same_column(i, j, catalogue) for i in m.asset_ids for j in cut) for m in named)
    if not named or len(named) != len(new.mentions) or new.left or new.times or new.numbers or not shown:
        return None
    return new.model_copy(update={"mentions": tuple(m.model_copy(update={"role": "excluded"}) for m in named)})


def _parts_named(named: Mention, old: Reading, catalogue: Catalogue) -> list[Mention]:
    """The parts of a question that a name stands for: what is called so, or is one of what is called so."""
    metrics = {m.id for m in catalogue.metrics_meant(named.asset_ids)}

    def is_meant(part: Mention) -> bool:
        if part.role in MEASURED:
            return bool(metrics & {m.id for m in catalogue.metrics_meant(part.asset_ids)})
        return _same(part, named) and part.role != "descriptor"

    found = [m for m in old.mentions if is_meant(m)]
    return [m for m in found if m.role == "target"] or found


def _same(one: Mention, other: Mention) -> bool:
    known = {(t.asset_id, t.member) for t in other.targets}
    return any((t.asset_id, t.member) in known for t in one.targets)


def _alike(member: Mention, others: Iterable[Mention], catalogue: Catalogue) -> bool:
    ids = {i for o in others for i in o.asset_ids}
    return any(same_column(i, j, catalogue) for i in member.asset_ids for j in ids)


class _Taking:
    """Takes one thing after another out of a reading."""

    def __init__(self, old: Reading, catalogue: Catalogue) -> None:
        self.old = old
        self.catalogue = catalogue
        self.parts: list[tuple[GonePart, str]] = []
        self.left: list[str] = []
        self.named: list[Mention] = []
        self.limits: list[tuple[GonePart, str]] = []

    def is_limited(self) -> bool:
        return bool(self.old.of(*_MEMBERS) or self.old.paths or self.old.numbers or self.old.changed)

    def take(self, named: Mention) -> None:
        """What something else is wanted instead of; it was not understood where it was not asked for."""
        gone = [m for m in self.old.mentions if _same(m, named)]
        if not gone:
            self.left.append(named.text)
        self._without(gone)

    def take_named(self, named: Mention) -> None:
        """What is called so; with a side of what is computed of two, that is gone as well."""
        gone = _parts_named(named, self.old, self.catalogue)
        self.named.append(named)
        self._without(gone)
        if any(m.role in MEASURED for m in gone) and self.old.share:
            self._change(share=None)
        if any(m.role in ("target", "compared") for m in gone) and not self.old.of("target", "compared"):
            kind = self.old.kind if self._explicit() or self.old.kind != "comparison" else "metric"
            self._change(kind=kind, compares=self.old.compares if self._explicit() else None)
        if any(m.role == "group" for m in gone) and not self.old.of("group") and not self._grains():
            self._take_grouping()

    def _explicit(self) -> bool:
        return any(t.found.type == "comparison" for t in self.old.times)

    def _grains(self) -> bool:
        return any(t.found.type == "grain" for t in self.old.times)

    def take_time(self, text: str) -> None:
        gone = [t for t in self.old.times if t.found.text.casefold() == text.casefold()]
        if not gone:
            self.left.append(text)
        self._change(times=tuple(t for t in self.old.times if t not in gone))
        self.parts += [("period", t.found.text) for t in gone]

    def free(self, named: Mention, *, summed: bool) -> None:
        """ "all places": no longer the one place, and as one. "Each place": no longer the one, or each of several that
        were chosen. Where none was chosen, all of them were wanted already."""
        chosen = [m for m in self.old.of(*_MEMBERS) if self._is_of(m, named)]
        if self._is_ranked(named):
            self._take_limit()
        if len(chosen) > 1 and not summed:
            return
        before = len(self.parts)
        self._without(chosen)
        self._without_paths(lambda dimension: any(self._same(dimension, i) for i in self._columns(named)))
        if summed and len(self.parts) > before:
            self.named.append(named)

    def _is_ranked(self, named: Mention) -> bool:
        """Whether these are the groups that are shown, and not those within which each has its own first."""
        within = [g for g in self.old.of("group") if g.text in (*self.old.within, self.old.each)]
        cut = named.role == "group" or any(self._is_of(g, named) for g in self.old.of("group"))
        return cut and not any(self._is_of(g, named) for g in within)

    def _take_limit(self) -> None:
        """All of them, in the order they had."""
        ranking = self.old.ranking
        if ranking is None or not (ranking.number or ranking.nth or ranking.both_ends or self.old.singular):
            return
        self.limits.append(("ranking", "limit"))
        whole = ranking.model_copy(update={"number": None, "nth": None, "both_ends": False})
        self._change(ranking=whole, singular=False)

    def take_away(self, what: What, text: str, named: Mention | None = None) -> None:
        before = len(self.parts)
        if what == "filters":
            self._take_filters(named)
        elif what == "grouping":
            self._take_grouping()
        elif what == "ranking" and self.old.ranking:
            self.parts.append(("ranking", text))
            self._change(ranking=None, by_change=None, judges=False, singular=False, each=None)
        elif what == "comparison":
            self._take_comparison()
        if len(self.parts) == before:
            self.left.append(text)
        self.named += [named] if named else []

    def total(self, word: str, *, overall: bool) -> None:
        """The whole instead of its groups. With a bound on each of them, it is not told of which, nor what of that is
        chosen is meant by all of it."""
        if self.old.of("group") or any(t.found.type == "grain" for t in self.old.times):
            self._take_grouping()
            if self.old.numbers or self.old.changed:
                self.left.append(word)
        elif overall and self.is_limited():
            self.left.append(word)

    def _take_filters(self, named: Mention | None) -> None:
        if named is None:
            self._without(list(self.old.of("member", "excluded")))
            self._without_paths(lambda _: True)
            self.parts += [("bounds", n.text) for n in self.old.numbers]
            self._change(numbers=())
        elif "member" in named.kinds:
            self._without([m for m in self.old.of("member", "excluded") if _same(m, named)])
        else:
            self.free(named, summed=True)

    def _take_grouping(self) -> None:
        self._without(list(self.old.of("group")))
        self.parts += [("grain", t.found.text) for t in self.old.times if t.found.type == "grain"]
        self._change(
            times=tuple(t for t in self.old.times if t.found.type != "grain"),
            kind="metric" if self.old.kind in ("trend", "breakdown", "ranking") else self.old.kind,
            ranking=None, by_change=None, judges=False, singular=False, each=None,
        )  # fmt: skip

    def _take_comparison(self) -> None:
        self._without(list(self.old.of("target", "compared")))
        self.parts += [("comparison", t.found.text) for t in self.old.times if t.found.type == "comparison"]
        self._change(
            times=tuple(t for t in self.old.times if t.found.type != "comparison"),
            kind="metric" if self.old.kind == "comparison" else self.old.kind,
            compares=None,
        )

    def _without(self, gone: list[Mention]) -> None:
        parts: dict[Role, GonePart] = {"group": "groups", "compared": "comparison", "target": "comparison"}
        parts |= {"member": "members", "excluded": "members"}
        self.parts += [(parts.get(m.role, "measured"), m.text) for m in gone]
        self._change(mentions=tuple(m for m in self.old.mentions if m not in gone))

    def _without_paths(self, on: Callable[[str], bool]) -> None:
        entities = {p.entity: self.catalogue.get(p.entity, Entity) for p in self.old.paths}
        gone = [p for p in self.old.paths if on((e.dimension if (e := entities[p.entity]) else None) or "")]
        self.parts += [("members", p.text) for p in gone]
        self._change(paths=tuple(p for p in self.old.paths if p not in gone))

    def _is_of(self, member: Mention, named: Mention) -> bool:
        return any(self._same(i, j) for i in member.asset_ids for j in self._columns(named))

    def _columns(self, named: Mention) -> list[str]:
        entities = (self.catalogue.get(i, Entity) for i in named.asset_ids)
        return [*named.asset_ids, *(e.dimension for e in entities if e and e.dimension)]

    def _same(self, one: str, other: str) -> bool:
        return same_column(one, other, self.catalogue)

    def _change(self, **changes: Any) -> None:
        self.old = self.old.model_copy(update=changes)
