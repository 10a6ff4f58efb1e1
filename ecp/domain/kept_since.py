"""Questions for how the data behind a number are kept, where the whole of the question says nothing else: how often
they are loaded, when that was last, and since when there are any."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Literal, NamedTuple

from ecp.domain.against import is_target
from ecp.domain.assets import CalendarAsset, DataContract
from ecp.domain.catalogue import Catalogue
from ecp.domain.entries import is_denied
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.matching import METRIC, targets_of
from ecp.domain.mentions import Mention
from ecp.domain.sentences import Sentence
from ecp.domain.values import JsonObject, Value

_DATA = r"(?:data|number|figure|record|information|history)"
_WHAT = rf"(?:the |our |{_DATA} (?:on|for|of|about|behind) )*(?P<what>.+?)(?: {_DATA})?"
_BE = r"(?:is|are|was|were|get|gets|being|been)"
_LOADED = r"(?:updated|refreshed|loaded|reloaded)"
_LOAD = r"(?:update|refresh|load|reload)"
_LOADS = r"(?:update|refresh|load|loading|reload)"
_OFTEN = r"how (?:often|frequently|regularly)"
_WE = r"(?:i|we|you|they|one)"
_RATE = r"(?:frequency|cadence|schedule|cycle|interval|rhythm)"
_HAVE = r"(?:have|track|record|keep|collect|measure|store)"
_IN_STEPS = r"(?:hourly|daily|nightly|weekly|monthly|every (?:hour|day|night|week|month))"
_EARLIEST = r"(?:earliest|first|oldest|start) (?:date|day|record|data)"
_HOW_OFTEN = (
    re.compile(rf"{_OFTEN} {_BE} {_WHAT} (?:being )?{_LOADED}"),
    re.compile(rf"{_OFTEN} (?:do|doe) {_WHAT} (?:get )?(?:{_LOADED}|{_LOAD})"),
    re.compile(rf"{_OFTEN} (?:do|doe) {_WE} {_LOAD} {_WHAT}"),
    re.compile(rf"(?:what (?:is|are) )?(?:the )?{_LOADS} {_RATE} (?:of|for) {_WHAT}"),
    re.compile(rf"when (?:is|are|do|doe) {_WHAT} (?:get |being )?{_LOADED}"),
    re.compile(rf"(?:is|are) {_WHAT} {_LOADED} {_IN_STEPS}"),
    re.compile(rf"(?:is|are) {_WHAT} (?:still )?(?:up to date|current|fresh|stale|outdated)"),
    re.compile(rf"how (?:old|stale) (?:is|are) (?:the |our )?(?P<what>.+) {_DATA}"),
)  # fmt: skip
_LAST = (
    re.compile(rf"when {_BE} {_WHAT} (?P<said>(?:last|most recently) {_LOADED})"),
    re.compile(rf"when (?:was|were) {_WHAT} (?P<said>{_LOADED}(?: last)?)"),
    re.compile(rf"when (?:did|do) {_WE} (?P<said>last {_LOAD}) {_WHAT}"),
    re.compile(rf"when (?:did|do|doe) {_WHAT} (?P<said>last {_LOAD})"),
    re.compile(
        r"(?:what (?:is|are|was) |when (?:is|was) )?(?:the )?"
        rf"(?P<said>(?:last|latest|most recent|newest) {_LOADS}(?: date| time| day)?) (?:of|for|to) {_WHAT}"
    ),
)
_SINCE = (
    re.compile(rf"(?:since|from) when (?:do|did) {_WE} {_HAVE} {_WHAT}"),
    re.compile(rf"how far (?:back )?(?:do|doe) {_WHAT} (?:go|reach|date|extend)(?: back)?"),
    re.compile(rf"how far back (?:do|can) {_WE} (?:{_HAVE}|go|look|see)(?: (?:with|for|on|at))? {_WHAT}"),
    re.compile(rf"when (?:do|doe) {_WHAT} (?:start|begin)"),
    re.compile(rf"(?:what (?:is|are) )?(?:the )?{_EARLIEST} (?:of|for|on|with|in) {_WHAT}"),
    re.compile(rf"how (?:much|many year of) (?:history|data) (?:do {_WE} have|is there) (?:of|for|on) {_WHAT}"),
)  # fmt: skip
_SINCE_WHEN_ANY = re.compile(
    rf"(?:(?:since|from) when do {_WE} {_HAVE} (?:the |our |any )?{_DATA}"
    rf"|how far back (?:do|doe) (?:the |our |your )?{_DATA} (?:go|reach|date)(?: back)?"
    rf"|when (?:do|doe|did) (?:the |our |your )?{_DATA} (?:start|begin))"
)
_IN_A_TIME = re.compile(
    rf"(?:do {_WE} have|is there|are there|have {_WE} got) (?:any )?{_DATA} (?:on|for|about|of) (?P<what>.+?) "
    r"(?P<when>(?:before|after|since|from|in|for|until|prior to|during|earlier than|older than) .+)"
)

_ABOUT_DATA = frozenset({"data", "number", "figure", "record", "information", "history", "back", "frequency"})

Asks = Literal["often", "last", "since"]


class Kept(Value):
    """How often the data are loaded, when that was last, or since when there are any; `said`: by which words."""

    asks: Asks
    said: str = "data"


class Asked(NamedTuple):
    kept: Kept
    mentions: tuple[Mention, ...]
    times: tuple[TimeSpan, ...] = ()
    listed: tuple[str, ...] = ()


def asked_of_keeping(intent: Intent, catalogue: Catalogue) -> Asked | None:
    """None where the question says anything else, or names nothing that is measured."""
    return _Sentence(intent, catalogue).asked() if intent.tokens else None


class _Sentence(Sentence):
    def asked(self) -> Asked | None:
        if _SINCE_WHEN_ANY.fullmatch(self.said) and (calendar := next(self.catalogue.of_kind(CalendarAsset), None)):
            return Asked(Kept(asks="since"), (), listed=(calendar.id,))
        patterns: tuple[tuple[Asks, tuple[re.Pattern[str], ...]], ...] = (
            ("last", _LAST), ("often", _HOW_OFTEN), ("since", _SINCE),
        )  # fmt: skip
        for asks, ways in patterns:
            for found in self.read(ways):
                what = self._measured(found)
                if what and not (asks == "since" and is_target(what, self.catalogue)):
                    gap = "said" if "said" in found.groupdict() else "what"
                    return Asked(Kept(asks=asks, said=self.mention(found, gap, "descriptor", ()).text), (what,))
        for found in self.read((_IN_A_TIME,)):
            what, when = self._measured(found), self._time(found)
            if what and when:
                return Asked(Kept(asks="since", said=when.found.text), (what,), (when,))
        return None

    def _measured(self, found: re.Match[str]) -> Mention | None:
        """What is named is measured, and is no number of things, which may be loaded and old themselves, but where it
        is said that data are."""
        targets = targets_of(found["what"], self.catalogue)
        known = bool(targets) and all(t.kind in METRIC for t in targets)
        if not known or not self.catalogue.metrics_meant(t.asset_id for t in targets):
            return None
        mention = self.mention(found, "what", "metric", targets)
        return mention if not self.intent.tokens[mention.last].is_inflected or _ABOUT_DATA & set(self._norms) else None

    @property
    def _norms(self) -> list[str]:
        return [t.norm for t in self.intent.tokens]

    def _time(self, found: re.Match[str]) -> TimeSpan | None:
        """The time that is the whole of the gap."""
        gap = self.mention(found, "when", "descriptor", ())
        times = (t for t in self.intent.times if t.found.type == "time" and t.last == gap.last)
        return next((t for t in times if t.first in (gap.first, gap.first + 1)), None)


def contracts_of(metric_id: str, catalogue: Catalogue) -> Iterator[DataContract]:
    yield from (c for c in catalogue.of_kind(DataContract) if metric_id in c.metrics)


def with_contracts(told: JsonObject, catalogue: Catalogue, denied: Collection[str]) -> JsonObject:
    """An entry of a metric with what its contracts say of its loads."""
    own = (c for c in contracts_of(told["id"], catalogue) if not is_denied(c.id, denied))
    said = [{"id": c.id, "name": c.name, "definition": c.definition, "freshness_hours": c.freshness_hours} for c in own]
    return told | {"contracts": said}


def with_beginning(told: JsonObject, begins: date, end: date | None) -> JsonObject:
    """An answer with the first day there are data of, and whether there are any of a time that ends on a day."""
    return told | {"data_from": begins.isoformat(), "has_data": None if end is None else end >= begins}
