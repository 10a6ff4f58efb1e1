"""The blocks as Prefect keeps them: registered, saved under one name, and read again by a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from blocks import BLOCKS
from ecp.settings import Settings

Begun = Callable[[str], None]


async def register(settings: Settings, name: str, begun: Begun = lambda what: None) -> dict[str, str]:
    """Makes every type known, and saves what the settings say under `name`; by slug, what was done. `begun` is told
    before each."""
    done: dict[str, str] = {}
    for kind in BLOCKS:
        slug = kind.get_block_type_slug()
        begun(f"registering {slug}")
        done[slug] = await _saved(kind, settings, name)
    return done


async def listed(name: str, begun: Begun = lambda what: None) -> dict[str, str]:
    """By slug of each type: `saved` under this name, or `missing`. `begun` is told before each."""
    found: dict[str, str] = {}
    async with get_client() as client:
        for kind in BLOCKS:
            slug = kind.get_block_type_slug()
            begun(f"looking for {slug}")
            found[slug] = await _standing(client, slug, name)
    return found


async def settings_of(name: str) -> dict[str, Any]:
    """What the blocks saved under `name` say, as fields of `Settings`; of those that are not there, nothing."""
    found: dict[str, Any] = {}
    async with get_client() as client:
        for kind in BLOCKS:
            if await _standing(client, kind.get_block_type_slug(), name) == "saved":
                block: Any = await kind.aload(name, client=client)
                found |= {field: value for field, value in block.to_settings().items() if value is not None}
    return found


def completed(own: Settings, found: Mapping[str, Any]) -> Settings:
    """The settings, with what the blocks say wherever nothing else says anything."""
    return own.model_copy(update={field: found[field] for field in found.keys() - own.model_fields_set})


async def _saved(kind: Any, settings: Settings, name: str) -> str:
    await kind.register_type_and_schema()
    block = kind.from_settings(settings)
    if block is None:
        return "registered; the settings say nothing of it"
    await block.save(name, overwrite=True)
    return "saved"


async def _standing(client: Any, slug: str, name: str) -> str:
    try:
        await client.read_block_type_by_slug(slug)
        await client.read_block_document_by_name(name, slug)
    except ObjectNotFound:
        return "missing"
    return "saved"
