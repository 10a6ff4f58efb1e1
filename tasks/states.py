"""How a resolution's status is named as the final state of its flow run."""

from __future__ import annotations

from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Failed

_COMPLETED = {
    "complete": None,
    "disambiguation_required": "NeedsClarification",
    "unresolved": "Unresolved",
    "access_denied": "Denied",
}

DEGRADED = "Degraded"
NEVER_USED = "nothing was asked for: made ahead and never used, or begun by hand without its parameter"


def final_state(status: str, *, degraded: bool = False, message: str | None = None) -> State[Any]:
    """The state a flow returns for a resolution of this status. `degraded` matters only to a complete one."""
    if status == "timed_out":
        return Failed(name="TimedOut", message=message)
    if status == "cancelled":
        return Cancelled(message=message)
    if status not in _COMPLETED:
        return Failed(message=message)
    name = DEGRADED if status == "complete" and degraded else _COMPLETED[status]
    return Completed(name=name, message=message)
