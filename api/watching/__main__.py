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
    from tasks.configured import configured_at_last

    configure_logging(settings)
    told = asyncio.Event()
    loop, parent = asyncio.get_running_loop(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)

    def wanted() -> bool:
        """Without whoever started it, nobody would end it."""
        return not told.is_set() and os.getppid() == parent

    complete = await configured_at_last(settings, wanted)
    if complete is not None:
        configure_logging(complete)  # blocks may say that nobody's words are to be shown
        async with open_keeper(complete) as keeper:
            await keeper.keep(wanted)


if __name__ == "__main__":
    main()
