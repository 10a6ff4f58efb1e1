"""The vector store: it lives in the registry's Postgres, so what is configured is the embedding model."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr

from blocks.base import StoreBlock


class VectorBlock(StoreBlock):
    """Which model turns texts into vectors. Without a URL it is the one that comes in a wheel."""

    _block_type_name = "ECP Vector Store"
    _block_type_slug = "ecp-vector-store"
    _description = "The embedding model behind the search by meaning."

    embeddings_url: str | None = Field(default=None, description="Base URL of an OpenAI-compatible embeddings API.")
    embeddings_model: str | None = Field(default=None, description="The model's name there.")
    embeddings_key: SecretStr | None = Field(default=None, description="Its API key.")

    def to_settings(self) -> dict[str, Any]:
        return {
            "embeddings_url": self.embeddings_url,
            "embeddings_model": self.embeddings_model,
            "embeddings_key": self.embeddings_key,
        }
