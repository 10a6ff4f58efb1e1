"""What of a watch's history may still be shown."""

from __future__ import annotations

from ecp.domain.answer import Resolution
from ecp.domain.watch import WatchRun

ALWAYS = frozenset({"department", "permission"})
EVERYTHING = frozenset({"status", "definition", "period", "filters", "caveats", "confidence", "numbers"})


def withheld(body: Resolution, visible: Resolution) -> frozenset[str]:
    """The fields in which an answer, shown as it may be seen now, has less than it had."""
    less = {
        "numbers": body.results is not None and visible.results is None,
        "caveats": body.warnings != visible.warnings,
        "definition": body.answer != visible.answer,
        "status": (body.options, body.unresolved) != (visible.options, visible.unresolved),
    }
    return frozenset(field for field, gone in less.items() if gone)


def without(run: WatchRun, fields: frozenset[str]) -> WatchRun:
    return run.model_copy(update={"differences": tuple(d for d in run.differences if d.field not in fields)})
