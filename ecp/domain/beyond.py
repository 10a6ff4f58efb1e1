"""What is asked of a ranking, or of a number, beyond what either answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.intent import Intent
from ecp.domain.language import ADDED_UP, ARTICLES, TOGETHER, Cue


def beyond_a_ranking(intent: Intent, ranked: Iterable[Cue]) -> Iterator[int]:
    """ "the total of the top five", "the top five together", "all but the top five": the positions of the words that
    ask for a number of those that are ranked, or for the others."""
    norms = [t.norm for t in intent.tokens]
    for cue in ranked:
        if cue.number is None or cue.number == 1:
            continue
        before = [at for at in range(cue.first) if norms[at] not in ARTICLES - {"of"}]
        yield from (at for at in before[-1:] if norms[at] == "but")
        if len(before) > 1 and norms[before[-1]] == "of" and norms[before[-2]] in ADDED_UP | {"total"}:
            yield before[-2]
        yield from (at for at, norm in enumerate(norms) if norm in TOGETHER)


def like_for_like(intent: Intent) -> Iterator[int]:
    """Which of them are alike, nobody has said."""
    norms = [t.norm for t in intent.tokens]
    for at in range(len(norms) - 2):
        if norms[at : at + 3] == ["like", "for", "like"]:
            yield from range(at, at + 3)
