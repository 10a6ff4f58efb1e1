"""Questions that no number answers: about things and people, metrics as such, and what is known of data."""

from __future__ import annotations

from collections.abc import Iterable

from ecp.domain.belonging import asked_of_belonging
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.downstream import (
    asks_where_kept,
    freshness_named,
    origins_named,
    reports_named,
    sources_named,
    users_named,
)
from ecp.domain.explaining import asked_of_data
from ecp.domain.governed import asked_of_metrics
from ecp.domain.hearing import Heard
from ecp.domain.intent import Intent, TimeSpan
from ecp.domain.issues_asked import asks_for_issues, asks_for_metrics_with_issues
from ecp.domain.kept_since import asked_of_keeping
from ecp.domain.listing import asks_for_dimensions
from ecp.domain.matching import Match
from ecp.domain.meant_by import asked_of_meanings
from ecp.domain.mentions import Mention
from ecp.domain.reading import Reading
from ecp.domain.related import asked_over_relations
from ecp.domain.roles import Walk


def asked_of_things(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue, *, alone: bool) -> Reading | None:
    """A question about people and things, metrics as such or what belongs to a member; `alone`: no number was told
    before."""
    asked = asked_over_relations(intent, matches, catalogue, alone=alone)
    if asked.paths or asked.left:
        left = () if asked.left is None else (asked.left,)
        return Reading(kind="catalogue", left=left, paths=asked.paths, of_relations=True)
    if whole := asked_of_metrics(intent, catalogue):
        named, wanted = whole.mentions, whole.governed
        return Reading(kind=whole.kind, mentions=named, left=whole.left, governed=wanted, of_cuts=whole.of_cuts)
    if meanings := asked_of_meanings(intent, catalogue):
        return Reading(kind="definition", mentions=(meanings.mention,), meant_by=meanings.meant)
    if data := asked_of_keeping(intent, catalogue):
        named, listed = data.mentions, data.listed
        return Reading(kind="definition", kept=data.kept, mentions=named, times=data.times, listed=listed)
    if within := asked_of_belonging(intent, catalogue):
        told = within.belonging
        return Reading(kind="definition", mentions=within.mentions, listed=(told.subject,), belonging=told)
    return None


def asked_of_what_is_known(
    heard: Heard, walk: Walk, catalogue: Catalogue, before: tuple[Mention, ...]
) -> Reading | None:
    """A question about what is known of data, where they come from, who uses them, or by what numbers are cut."""
    intent, spans, named = heard.intent, heard.spans, walk.mentions
    if not before and all(s.what == "cue" for s in spans) and asks_for_dimensions(intent, walk.left):
        return Reading(kind="catalogue", of_dimensions=True)
    if asks_for_issues(intent, spans, named, catalogue):
        return _of_issues(intent, spans, named)
    if origins := origins_named(intent, named, catalogue):
        return Reading(kind="lineage", sources=origins)
    if (fresh := freshness_named(intent, named, catalogue)) and asks_of_data(intent, spans):
        return Reading(kind="definition", sources=fresh, of_data=True)
    if users := users_named(intent, named, catalogue):
        return Reading(kind="catalogue", sources=users)
    if asks_where_kept(intent, named, catalogue):
        return Reading(kind="lineage", mentions=tuple(named))
    walk.left |= reports_named(intent)
    if sources := sources_named(intent, named, catalogue):
        return Reading(kind="catalogue", sources=sources)
    return None


def _of_issues(intent: Intent, spans: tuple[Span, ...], mentions: Iterable[Mention]) -> Reading:
    """What is known to be wrong with what is named, or which metrics have something known to be wrong with them."""
    named = tuple(mentions)
    return Reading(
        kind="catalogue" if asks_for_metrics_with_issues(intent, named) else "definition",
        mentions=named,
        times=tuple(s.value for s in spans if isinstance(s.value, TimeSpan)),
        of_data=True,
        of_issues=True,
    )


def asks_of_data(intent: Intent, spans: tuple[Span, ...]) -> bool:
    """ "caveats for A", "how fresh is A"."""
    return any(intent.form(c.first, c.last) in asked_of_data() for c in cues_of(spans, "definition"))
