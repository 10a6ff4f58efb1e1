"""The semantic layer: a Cube server, or our engine over the warehouse."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr

from blocks.base import StoreBlock


class SemanticBlock(StoreBlock):
    """Who executes plans. Without a Cube URL the embedded engine does, over the warehouse."""

    _block_type_name = "ECP Semantic Layer"
    _block_type_slug = "ecp-semantic-layer"
    _description = "The Cube server, or the warehouse of the embedded engine."

    cube_url: str | None = Field(default=None, description="Base URL of Cube's REST API.")
    cube_token: SecretStr | None = Field(default=None, description="Token sent in the Authorization header.")
    warehouse: SecretStr | None = Field(default=None, description="Read-only connection string of the warehouse.")

    def to_settings(self) -> dict[str, Any]:
        return {"cube_url": self.cube_url, "cube_token": self.cube_token, "warehouse": self.warehouse}
