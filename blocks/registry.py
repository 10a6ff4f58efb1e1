"""The registry: Postgres."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr

from blocks.base import StoreBlock


class RegistryBlock(StoreBlock):
    """Where assets, traces, checkpoints and the audit trail are kept."""

    _block_type_name = "ECP Registry"
    _block_type_slug = "ecp-registry"
    _description = "The Postgres that holds assets, traces, checkpoints and the audit trail."

    dsn: SecretStr = Field(description="Connection string of the registry's database.")

    def to_settings(self) -> dict[str, Any]:
        return {"postgres_dsn": self.dsn}
