"""What every block of ours is: typed fields that are settings of one store, and a way to ask that store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from prefect.blocks.core import Block
from pydantic import ValidationError

from ecp.settings import Settings
from ecp.wiring import open_store


class StoreBlock(Block):
    """Configuration of one store, kept by Prefect with its secrets encrypted."""

    component: ClassVar[str]
    """The store as `ecp.wiring.Stores` names it."""
    settings: ClassVar[dict[str, str]]
    """Each field of the block, and the field of `ecp.settings.Settings` that it is."""

    def to_settings(self) -> dict[str, Any]:
        """Fields of `ecp.settings.Settings`, by name."""
        return {setting: getattr(self, field) for field, setting in self.settings.items()}

    @classmethod
    def from_settings(cls, settings: Settings) -> StoreBlock | None:
        """The block that says what the settings say; None where they say nothing of this store."""
        given = {field: getattr(settings, setting) for field, setting in cls.settings.items()}
        try:
            return cls(**{field: value for field, value in given.items() if value is not None})
        except ValidationError:
            return None

    @asynccontextmanager
    async def get_client(self) -> AsyncIterator[Any]:
        """The store itself, open; its Protocol is in `ecp.stores.protocols`."""
        async with open_store(Settings(**self.to_settings()), self.component) as store:
            yield store

    async def health(self) -> None:
        """Returns when the store answers. Raises `StoreError`."""
        async with self.get_client() as client:
            await client.ping()
