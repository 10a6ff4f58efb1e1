"""What a selection took over from the question before it, told where the definitions are."""

from __future__ import annotations

from ecp.domain.answer import ResolvedMetric
from ecp.domain.selection.asking import Selection
from ecp.domain.values import Value


class Before(Value):
    """What an inherited word meant in the earlier answer. `whose`: who asked it, where words may mean other things to
    them; the word is then read anew."""

    mention: str
    metric: str
    whose: str | None = None


def with_what_was_taken(selection: Selection, before: tuple[Before, ...]) -> Selection:
    """The selection with every inherited definition saying so, and a note where it is another one now."""
    known = {b.mention: b for b in before}
    metrics = tuple(_told(m, known.get(m.mention)) for m in selection.concepts.metrics)
    changed = [(m, b) for m in metrics if (b := known.get(m.mention)) and b.metric != m.id]
    notes = tuple(
        f"“{b.mention}” is {m.name} here; in the question before, by {b.whose}, it was not" for m, b in changed
    )
    concepts = selection.concepts.model_copy(update={"metrics": metrics})
    return selection.model_copy(update={"concepts": concepts, "notes": notes})


def _told(metric: ResolvedMetric, before: Before | None) -> ResolvedMetric:
    if before is None:
        return metric
    anew = f"the word is of the question before, by {before.whose}, and was read anew"
    told = anew if before.whose else "as in the question before"
    return metric.model_copy(update={"reason": f"{metric.reason}; {told}"})
