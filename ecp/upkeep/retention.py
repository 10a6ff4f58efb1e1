"""How long what is kept. Audit records are kept for ever, and nothing here names them."""

from __future__ import annotations

from ecp.errors import ResolutionNotFound
from ecp.settings import Settings

BATCH = 500
DAY = 86_400.0


def kept_seconds(settings: Settings) -> dict[str, float]:
    """By kind of row, in the order in which they are removed. Idempotency keys say themselves when they end; a
    process that has not been heard of for a day is gone."""
    return {
        "checkpoints": settings.keep_checkpoints_days * DAY,
        "resolutions": settings.keep_resolutions_days * DAY,
        "watch_runs": settings.keep_resolutions_days * DAY,
        "watch_deliveries": settings.keep_resolutions_days * DAY,
        "idempotency_keys": 0.0,
        "holders": DAY,
    }


def not_kept(settings: Settings, resolution_id: str) -> ResolutionNotFound:
    """The same for what never was, was removed or is not for this asker: which of them it is would tell of others."""
    days = settings.keep_resolutions_days
    detail = (
        f"there is no resolution with this id; one is kept for {days:g} days (ECP_KEEP_RESOLUTIONS_DAYS), "
        "then the audit trail alone has what was asked"
    )
    return ResolutionNotFound(detail, resolution_id=resolution_id)
