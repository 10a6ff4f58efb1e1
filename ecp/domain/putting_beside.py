"""Words of a question that goes on from another which put what it says beside what was asked for: "with A", "add A",
"include last year", "show A too"."""

from __future__ import annotations

from ecp.domain.catalogue import Catalogue
from ecp.domain.language import ADDING, ONLY
from ecp.domain.limits import same_column
from ecp.domain.mentions import Mention
from ecp.domain.reading import Reading
from ecp.domain.words import Token, tokens

AGAINST = "vs"

_BEFORE = frozenset(
    {"and", "now", "then", "please", "ok", "okay", "but", "can", "could", "you", "we", "let", "us", "s"}
)
_SHOWING = frozenset({"show", "give", "display", "put", "see", "me"})
_HEADS = (
    ("together", "with"), ("along", "with"), ("alongside",), ("next", "to"), ("beside",), ("include",), ("including",),
    ("add", "in"), ("add",), ("bring", "in"), ("with",), ("plus",),
)  # fmt: skip
_TAILS = (
    ("as", "well"), ("alongside",), ("side", "by", "side"), ("along", "with", "it"), ("along", "with", "that"),
    ("next", "to", "it"), ("next", "to", "that"), ("beside", "it"), ("beside", "that"), ("with", "it"),
    *((word,) for word in sorted(ADDING)),
)  # fmt: skip
# "Add up the places", "add them together": no more is to be shown.
_SUMMING = frozenset({"up", "together", "them", "these", "those", "both", "all"})


def put_beside(text: str) -> str | None:
    """What a follow-up says beside the words that put it beside what was asked for; None where there are none."""
    words = tokens(text)
    words = words[:-1] if words and words[-1].norm == "please" else words
    if any(w.norm in ONLY for w in words):
        return None
    first = _behind(words, 0, _BEFORE | ADDING)
    shown = _behind(words, first, _SHOWING)
    head = next((len(h) for h in _HEADS if _norms(words, shown, len(h)) == h), 0)
    tail = next((len(t) for t in _TAILS if _norms(words, len(words) - len(t), len(t)) == t), 0)
    adds = head or tail or any(w.norm in ADDING for w in words[:first])
    told = words[shown + head : len(words) - tail]
    if not adds or not told or (head and told[0].norm in _SUMMING):
        return None
    return text[told[0].start : told[-1].end]


def is_held_against(alone: Reading, against: Reading, catalogue: Catalogue, *, of_a_time: bool) -> bool:
    """Whether what is put beside is what something is held against: its target, or another time. `alone` is what was
    said, `against` the same as what is compared with; `of_a_time`: its time may stand beside the one before."""
    targets = against.of("target")
    if against.left or against.ranking or against.numbers:
        return False
    if targets:
        return all(m.target_of for t in targets for m in catalogue.metrics_meant(t.asset_ids))
    return of_a_time and not alone.mentions and [t.found.type for t in alone.times] in (["time"], ["year"])


def is_one_more(alone: Reading, old: Reading, catalogue: Catalogue) -> bool:
    """Whether it is another number beside the earlier ones, or another member beside those of the same kind."""
    more = (alone.left, alone.numbers, alone.ranking, alone.share, alone.average, alone.changed, alone.compares)
    if any(more) or alone.times or alone.paths:
        return False
    measured, members = alone.of("metric"), alone.of("member")
    if measured:
        return len(measured) == len(alone.mentions)
    kept = old.of("member")
    known = all(any(_on_one_column(m, k, catalogue) for k in kept) for m in members)
    return bool(members) and len(members) == len(alone.mentions) and known


def _on_one_column(one: Mention, other: Mention, catalogue: Catalogue) -> bool:
    return any(same_column(a, b, catalogue) for a in one.asset_ids for b in other.asset_ids)


def _behind(words: tuple[Token, ...], at: int, passed: frozenset[str]) -> int:
    return next((i for i in range(at, len(words)) if words[i].norm not in passed), len(words))


def _norms(words: tuple[Token, ...], at: int, many: int) -> tuple[str, ...]:
    return tuple(w.norm for w in words[max(at, 0) : at + many])
