"""The verb of a request for an order: "order places by A", whatever else is called an order."""

from __future__ import annotations

from collections.abc import Collection

from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES, BEFORE_HEADING
from ecp.domain.matching import CUT, METRIC, Match

_VERB = "order"
_ALL_OF_THEM = ARTICLES | {"all", "our"}
_HOW_MANY = ARTICLES | {"number", "count", "amount", "total", "average", "of", "their"}


def ordering_verb(intent: Intent, matches: Collection[Match]) -> int | None:
    """Where it stands: at the head, before what is ordered and what it is ordered by."""
    at = intent.after(0, BEFORE_HEADING)
    if intent.norm(at) != _VERB or intent.tokens[at].text.lower() != _VERB:
        return None
    if any(m.first == at < m.last for m in matches):
        return None
    ordered = intent.after(at + 1, _ALL_OF_THEM)
    ends = [m.last for m in matches if m.first == ordered and any(t.kind in CUT for t in m.targets)]
    decided = {m.first for m in matches if any(t.kind in METRIC for t in m.targets)}
    by = (end + 1 for end in ends if intent.norm(end + 1) == "by")
    return at if any(not decided.isdisjoint(range(b + 1, intent.after(b + 1, _HOW_MANY) + 1)) for b in by) else None
