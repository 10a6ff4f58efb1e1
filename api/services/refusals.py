"""How a run that ended, or a resolution that is stored, is told: the resolution, or the error that says why not."""

from __future__ import annotations

from api.services.core import body_of, denial
from ecp.domain.answer import Resolution
from ecp.errors import ECPError, ResolutionCancelled
from ecp.run import Run
from ecp.stores.protocols import StoredResolution


def outcome(run: Run) -> Resolution:
    """The resolution, or the error that says why there is none; both name the resolution and what was degraded."""
    if run.error is not None:
        run.error.extra = {**run.error_fields, **run.error.extra}
        raise run.error
    if run.resolution is None:
        raise ECPError("the resolution ended without an answer", resolution_id=run.resolution_id)
    return refused(run.resolution)


def as_answered(stored: StoredResolution) -> Resolution:
    """What the first call was told."""
    if stored.status == "cancelled":
        raise ResolutionCancelled("this resolution was cancelled", resolution_id=stored.resolution_id)
    return refused(body_of(stored))


def refused(resolution: Resolution) -> Resolution:
    if resolution.status != "access_denied":
        return resolution
    raise denial(
        resolution.authorization.reasons if resolution.authorization else (),
        resolution_id=resolution.resolution_id,
        degradations=[d.model_dump() for d in resolution.degradations],
    )
