"""What a webhook is told of a run of a watch."""

from __future__ import annotations

from datetime import datetime

from ecp.domain.values import JsonObject, Value
from ecp.domain.watch import Watch, WatchRun


class Delivery(Value):
    """A notice on its way. `delivery_id` stays the same however often it is sent."""

    delivery_id: str
    watch_id: str
    url: str
    body: JsonObject
    made_at: datetime
    attempts: int = 0


def notice(delivery_id: str, watch: Watch, run: WatchRun, *, discreet: bool) -> JsonObject:
    """`discreet`: that it changed and in what, nothing of the question's words and no values."""
    body: JsonObject = {
        "delivery_id": delivery_id,
        "watch_id": watch.watch_id,
        "resolution_id": run.resolution_id,
        "at": run.at.isoformat(),
        "outcome": run.outcome,
        "changed": [d.field for d in run.differences],
    }
    if discreet:
        return body
    differences = [d.model_dump(mode="json") for d in run.differences]
    return body | {"concept": watch.concept, "differences": differences}
