"""The registry on Postgres."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from ecp.stores.postgres import Database, Pool
from ecp.stores.protocols import Embedder
from ecp.stores.registry.assets import Assets
from ecp.stores.registry.auditing import Auditing
from ecp.stores.registry.feedback import FeedbackPart
from ecp.stores.registry.holding import Holding
from ecp.stores.registry.keys import Keys
from ecp.stores.registry.publishing import Publishing
from ecp.stores.registry.resolutions import Resolutions
from ecp.stores.registry.searching import Searching
from ecp.stores.registry.upkeep import Upkeep
from ecp.stores.registry.watching import Watching


class PostgresRegistry(
    Assets, Publishing, Searching, Resolutions, Holding, Auditing, FeedbackPart, Keys, Watching, Upkeep
):
    """The Protocol `Registry`, each part in a module of its own, over one pool and on one event loop.

    `timeout` in seconds bounds every call but publishing, rolling back and reading a catalogue.
    """

    def __init__(
        self,
        pool: Pool,
        embedder: Embedder,
        *,
        timeout: float = 2.0,
        key_lifetime: timedelta = timedelta(hours=24),
        holder: str | None = None,
        lease: float = 20.0,
    ) -> None:
        database = Database(pool, "registry", timeout=timeout)
        Assets.__init__(self, database)
        Holding.__init__(self, database, holder or uuid4().hex, lease)
        FeedbackPart.__init__(self, database, embedder)
        Keys.__init__(self, database, key_lifetime)

    async def ping(self) -> None:
        await self._db.ping()

    async def close(self) -> None:
        await self._db.close()
