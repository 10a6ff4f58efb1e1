"""Two sides of one number: "the ratio of A to B", "which sells more, A or B", "compare A to B"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from ecp.domain.assets import Dimension
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import measures, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import ARTICLES
from ecp.domain.matching import Match
from ecp.domain.mentions import Mention
from ecp.domain.participles import deeds

SET_AGAINST = frozenset({"to", "against", "vs", "versus"})
_WAYS = frozenset({"in", "with", "by", "via", "through", "using", "on"})
RELATIVE = _WAYS | {"who", "that", "which", "those", "of"}


def without_names_across(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue) -> tuple[Match, ...]:
    """ "compare A to B", where something is called "A to B", too: the two are compared."""
    asked = {c.last + 1 for c in intent.cues if c.kind in ("compare", "contrast") and intent.norm(c.first) == "compare"}
    return tuple(m for m in matches if m.first not in asked or not _is_of_two(m, catalogue))


def _is_of_two(match: Match, catalogue: Catalogue) -> bool:
    words = match.form.split()
    halves = ((words[:at], words[at + 1 :]) for at, word in enumerate(words) if word in SET_AGAINST)
    return any(all(measures(" ".join(half), catalogue) for half in pair) for pair in halves)


def verbs_of_their_kind(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[int]:
    """The positions of "pay" in "who pay in A", "paying by A", where A is a method of payment: they say only what kind
    of thing A is."""
    for mention in mentions:
        at = intent.before(mention.first - 1, _WAYS | ARTICLES)
        dimensions = (d for i in mention.asset_ids if (d := catalogue.get(i, Dimension)))
        led = at < mention.first - 1 and intent.norm(at + 1) in _WAYS
        if led and any(names_of(d) & set(deeds(intent.norm(at))) for d in dimensions):
            yield at


def one_or_the_other(intent: Intent, members: list[Mention]) -> tuple[Mention, Mention] | None:
    """The only two members of one kind that are told with nothing but "or" between them, where each other member limits
    both."""
    pairs = [(a, b) for a, b in pairwise(members) if a.asset_ids & b.asset_ids and _is_or(intent, a, b)]
    if len(pairs) != 1:
        return None
    one, other = pairs[0]
    apart = (m for m in members if m not in (one, other))
    return None if any(m.asset_ids & one.asset_ids for m in apart) else (one, other)


def _is_or(intent: Intent, one: Mention, other: Mention) -> bool:
    return "or" in {intent.norm(at) for at in range(one.last + 1, other.first)}
