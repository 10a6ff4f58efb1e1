"""`python -m api.watching`: the process that runs watches; as many of them as one likes."""

from __future__ import annotations

import asyncio
import os
import signal

from api.tracking.environment import prepare
from ecp.settings import Settings


def main() -> None:
    settings = Settings()
    prepare(settings)  # before Prefect is imported for the first time
    asyncio.run(_keep(settings))


async def _keep(settings: Settings) -> None:
    from api.main import configure_logging
    from api.watching.service import open_keeper

    configure_logging(settings)
    told = asyncio.Event()
    loop, parent = asyncio.get_running_loop(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with open_keeper(settings) as keeper:
        # without whoever started it, nobody would end it
        await keeper.keep(lambda: not told.is_set() and os.getppid() == parent)


if __name__ == "__main__":
    main()
