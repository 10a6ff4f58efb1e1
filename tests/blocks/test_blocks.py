"""Every block is documented, keeps its secrets, and becomes settings of its store."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import SecretStr

from blocks import BLOCKS
from blocks.base import StoreBlock
from ecp.settings import Settings

FILLED: dict[str, Any] = {
    "dsn": "postgresql://u:hidden@db/ecp",
    "uri": "bolt://graph:7687",
    "password": "hidden",
    "cube_url": "http://cube:4000",
    "cube_token": "hidden",
    "warehouse": "postgresql://r:hidden@db/warehouse",
    "opa_url": "http://opa:8181",
    "embeddings_url": "http://models/v1",
    "embeddings_model": "small",
    "embeddings_key": "hidden",
}


@pytest.fixture(params=BLOCKS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> type[StoreBlock]:
    found: type[StoreBlock] = request.param
    return found


def filled(kind: type[StoreBlock]) -> StoreBlock:
    return kind(**{name: FILLED[name] for name in kind.model_fields if name in FILLED})


def test_a_block_says_what_it_is_and_what_each_field_means(kind: type[StoreBlock]) -> None:
    assert kind._block_type_name and kind._block_type_name.startswith("ECP ")
    assert kind._block_type_slug and re.fullmatch(r"[a-z0-9-]+", kind._block_type_slug)
    assert kind._description and kind._description.endswith(".")
    assert all(field.description for name, field in kind.model_fields.items())


def test_a_block_becomes_settings_that_exist(kind: type[StoreBlock]) -> None:
    given = filled(kind).to_settings()
    settings = Settings(**given, _env_file=None)  # type: ignore[arg-type]
    assert given
    for name, value in given.items():
        assert getattr(settings, name) == value


def test_no_secret_shows_in_a_block(kind: type[StoreBlock]) -> None:
    block = filled(kind)
    assert "hidden" not in repr(block) and "hidden" not in str(block.model_dump(mode="json"))
    secrets = [name for name, value in block if isinstance(value, SecretStr)]
    assert set(secrets) == {name for name in kind.model_fields if name in FILLED and "hidden" in FILLED[name]}
