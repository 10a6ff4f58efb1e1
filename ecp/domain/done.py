"""What is measured where only a deed says it: "the top ten crops produced", "how much wheat did we produce"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, cues_of
from ecp.domain.forms import sum_of, yield_of
from ecp.domain.intent import Intent
from ecp.domain.language import LIGHT_VERBS, VERB_BEHIND
from ecp.domain.matching import targets_of
from ecp.domain.meant import asks_how_often
from ecp.domain.mentions import MEASURED, Mention
from ecp.domain.participles import is_participle
from ecp.domain.superlatives import counts_of, what_came_of
from ecp.domain.unnamed import LIMITING, is_name_kept


def told_by_its_deed(
    intent: Intent, spans: Iterable[Span], mentions: Iterable[Mention], catalogue: Catalogue
) -> Iterator[Mention]:
    """What came of the only deed, where nothing else is measured and it is asked how much that was, how often it was
    done, or with which things the most: what is kept by all that is named here, the likeliest first."""
    known, spans = tuple(mentions), tuple(spans)
    if any(m.role in MEASURED for m in known) or cues_of(spans, "exclude"):
        return
    named = {at for s in spans for at in range(s.first, s.last + 1)}
    did = next((at for at, t in enumerate(intent.tokens) if t.norm in VERB_BEHIND), len(intent.tokens))
    words = (at for at in range(1, len(intent.tokens)) if at not in named)
    verbs = [at for at in words if _is_a_deed(intent, at, behind=at > did + 1)]
    if len(verbs) != 1 or not any(m.role in LIMITING for m in known):
        return
    forms = _asked_for(intent, spans, intent.norm(verbs[0]), catalogue)
    targets = (t for form in forms for t in targets_of(form, catalogue) if is_name_kept(t.asset_id, known, catalogue))
    if target := next(targets, None):
        text = intent.tokens[verbs[0]].text
        meant = target.model_copy(update={"primary": False})
        yield Mention(text=text, first=verbs[0], last=verbs[0], role="metric", targets=(meant,))


def _is_a_deed(intent: Intent, at: int, *, behind: bool) -> bool:
    """`behind`: a verb may stand there in any form, behind "did"."""
    norm = intent.norm(at)
    return (behind or is_participle(norm)) and norm not in LIGHT_VERBS and at not in intent.plain


def _asked_for(intent: Intent, spans: tuple[Span, ...], verb: str, catalogue: Catalogue) -> tuple[str, ...]:
    """What is called so, by what is asked of the deed."""
    words = range(2, len(intent.tokens))
    if any(asks_how_often(intent, at) for at in words):
        return counts_of(verb, catalogue)
    amount = tuple(form for form in (sum_of(verb, catalogue), yield_of(verb, catalogue)) if form)
    if any(intent.pair_before(at) == ("how", "much") for at in words):
        return amount
    return (*what_came_of(verb, catalogue), *amount) if cues_of(spans, "top", "bottom") else ()
