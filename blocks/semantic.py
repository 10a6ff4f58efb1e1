"""The semantic layer: a Cube server, or our engine over the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr

from blocks.base import StoreBlock
from ecp.packs.cube_model import model_folder
from ecp.settings import Settings


class SemanticBlock(StoreBlock):
    """Who executes plans. Without a Cube URL the embedded engine does, over the warehouse."""

    _block_type_name = "ECP Semantic Layer"
    _block_type_slug = "ecp-semantic-layer"
    _description = "The Cube server, or the warehouse of the embedded engine."
    component: ClassVar[str] = "semantic"
    settings: ClassVar[dict[str, str]] = {
        "cube_url": "cube_url",
        "cube_token": "cube_token",
        "cube_model": "cube_model",
        "warehouse": "warehouse",
        "warehouse_admin": "warehouse_admin",
    }

    cube_url: str | None = Field(default=None, description="Base URL of Cube's REST API.")
    cube_token: SecretStr | None = Field(default=None, description="Token sent in the Authorization header.")
    cube_model: Path | None = Field(default=None, description="Folder of the Cube model; shared where workers are far.")
    warehouse: SecretStr | None = Field(default=None, description="Read-only connection string of the warehouse.")
    warehouse_admin: SecretStr | None = Field(
        default=None, description="Connection string with which a pack's SQL may load the warehouse."
    )

    @classmethod
    def from_settings(cls, settings: Settings) -> StoreBlock | None:
        """As its parent; where the model lies is said also when it is the default of this home."""
        return super().from_settings(settings.model_copy(update={"cube_model": model_folder(settings).absolute()}))
