"""What every block of ours is: typed fields that become settings of one store."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from prefect.blocks.core import Block


class StoreBlock(Block):
    """Configuration of one store, kept by Prefect with its secrets encrypted."""

    @abstractmethod
    def to_settings(self) -> dict[str, Any]:
        """Fields of `ecp.settings.Settings`, by name."""
