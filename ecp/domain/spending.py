"""What people spend, where nobody has called it so: "which customers spent the most" is told by what came in."""

from __future__ import annotations

from ecp.domain.assets import Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_cut
from ecp.domain.forms import counts_people, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, PERSONS, POSSESSIVES, SHARES, VERB_BEHIND, WORKERS
from ecp.domain.matching import CUT, Match, Target
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.two_sides import verbs_of_their_kind
from ecp.domain.unnamed import MOST_COUNTS, is_income, is_kept_by_all

_SPENDING = frozenset({"spend", "spent", "spending", "pay", "paid"})
_PROFITS = frozenset({"profit", "margin", "surplus"})
_BUYERS = (PERSONS - WORKERS) | {"buyer", "shopper", "account", "diner", "patron"}


def told_by_what_they_spend(
    intent: Intent, spans: tuple[Span, ...], mentions: tuple[Mention, ...], left: set[int], catalogue: Catalogue
) -> tuple[tuple[Mention, ...], set[int]]:
    """ "the top ten customers by total spend", "what did each customer pay", where numbers are cut by customers and
    nothing else is measured: the sums of money that come in and are kept by them, but for what is left of these. Those
    who work for the enterprise spend its money, and bring none in; "how much did customers spend", all together, may be
    any of what came in. With the positions that this explains."""
    ways = set(verbs_of_their_kind(intent, [m for m in mentions if m.role == "member"], catalogue))
    words = [at for at in sorted(left - ways) if intent.norm(at) in _SPENDING]
    people = {m.first: m for m in mentions if m.role in (*MEASURED, "group") and intent.norm(m.last) in _BUYERS}
    measured = [m for m in mentions if m.role in MEASURED]
    parts = any(t.norm in SHARES for t in intent.tokens)
    if len(words) != 1 or parts or not people or any(m.first not in people for m in measured):
        return mentions, set()
    whose = next((m for m in reversed(people.values()) if m.first < words[0]), None)
    cut = _as_cut(whose, spans) if whose and not _are_all_of_them(intent, whose) else None
    if whose is None or cut is None or any(not counts_people(m) for m in catalogue.metrics_meant(whose.asset_ids)):
        return mentions, set()
    others = tuple(m for m in mentions if m.first not in people)
    kept = [m for m in catalogue.of_kind(Metric) if is_income(m) and is_kept_by_all(m, (*others, cut), catalogue)]
    kept = [m for m in kept if not names_of(m) & _PROFITS]
    if not 0 < len(kept) <= MOST_COUNTS:
        return mentions, set()
    targets = tuple(Target(kind="metric", asset_id=m.id) for m in kept)
    at = words[0]
    spent = Mention(text=intent.tokens[at].text, first=at, last=at, role="metric", targets=targets)
    return (*others, cut, spent), {at}


def _are_all_of_them(intent: Intent, whose: Mention) -> bool:
    before = intent.before(whose.first - 1, ARTICLES | POSSESSIVES)
    return intent.norm(before) in VERB_BEHIND and intent.tokens[whose.last].is_inflected


def _as_cut(mention: Mention, spans: tuple[Span, ...]) -> Mention | None:
    span = next((s for s in spans if s.first == mention.first and is_cut(s)), None)
    targets = tuple(t for t in span.value.targets if t.kind in CUT) if span and isinstance(span.value, Match) else ()
    return mention.model_copy(update={"role": "group", "targets": targets}) if targets else None
