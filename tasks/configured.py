"""What a flow run on a worker is configured by: its environment, or Prefect's blocks alone."""

from __future__ import annotations

from blocks.documents import completed, settings_of
from ecp.settings import Settings


async def configured() -> Settings:
    """The settings of this process; where they name no registry, completed by the blocks called `ECP_BLOCKS`."""
    own = Settings()
    if own.postgres_dsn is not None:
        return own
    return completed(own, await settings_of(own.blocks))
