"""What a process that serves runs is configured by: its environment, or Prefect's blocks alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
from prefect.exceptions import PrefectException

from blocks.documents import completed, settings_of
from ecp.settings import Settings
from ecp.telemetry.logs import get_logger

_log = get_logger(__name__)
AGAIN_SECONDS = 2.0


async def configured(own: Settings | None = None) -> Settings:
    """The settings of this process; where they name no registry, completed by the blocks called `ECP_BLOCKS`."""
    own = own or Settings()
    if own.postgres_dsn is not None:
        return own
    return completed(own, await settings_of(own.blocks))


async def configured_at_last(own: Settings, wanted: Callable[[], bool]) -> Settings | None:
    """As `configured`, for a process that may begin before the orchestrator or the blocks are there: it looks until a
    registry is named. None: nobody wants it any more."""
    while wanted():
        try:
            settings = await configured(own)
        except (httpx.HTTPError, PrefectException, OSError, RuntimeError) as error:
            _log.warning("blocks_not_read", blocks=own.blocks, error=repr(error)[:200])
        else:
            if settings.postgres_dsn is not None or own.prefect_api_url is None:
                return settings
            _log.warning("no_registry_configured", blocks=own.blocks)
        await asyncio.sleep(AGAIN_SECONDS)
    return None
