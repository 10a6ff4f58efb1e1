"""The vector store: it lives in the registry's Postgres, so what is configured is the embedding model."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr

from blocks.base import StoreBlock


class VectorBlock(StoreBlock):
    """Which model turns texts into vectors. Without a URL it is the one that comes in a wheel."""

    _block_type_name = "ECP Vector Store"
    _block_type_slug = "ecp-vector-store"
    _description = "The embedding model behind the search by meaning."
    component: ClassVar[str] = "embedder"
    settings: ClassVar[dict[str, str]] = {
        "embeddings_url": "embeddings_url",
        "embeddings_model": "embeddings_model",
        "embeddings_key": "embeddings_key",
    }

    embeddings_url: str | None = Field(default=None, description="Base URL of an OpenAI-compatible embeddings API.")
    embeddings_model: str | None = Field(default=None, description="The model's name there.")
    embeddings_key: SecretStr | None = Field(default=None, description="Its API key.")

    async def health(self) -> None:
        """Returns when the model embeds a text. Raises `StoreError`."""
        async with self.get_client() as embedder:
            await embedder.embed(["health"])
