"""The registry: Postgres."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, SecretStr

from blocks.base import StoreBlock


class RegistryBlock(StoreBlock):
    """Where assets, traces, checkpoints and the audit trail are kept."""

    _block_type_name = "ECP Registry"
    _block_type_slug = "ecp-registry"
    _description = "The Postgres that holds assets, traces, checkpoints and the audit trail."
    component: ClassVar[str] = "registry"
    settings: ClassVar[dict[str, str]] = {"dsn": "postgres_dsn", "env": "env"}

    dsn: SecretStr = Field(description="Connection string of the registry's database.")
    env: Literal["local", "prod"] = Field(
        default="local", description="prod: nobody who runs its questions shows their words in runs, logs or notices."
    )
