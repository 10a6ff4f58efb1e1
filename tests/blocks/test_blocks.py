"""Every block is documented, keeps its secrets, and becomes settings of its store."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from blocks import BLOCKS, RegistryBlock
from blocks.base import StoreBlock
from blocks.documents import completed
from ecp.errors import StoreError
from ecp.settings import Settings
from ecp.wiring import Stores

FILLED: dict[str, Any] = {
    "dsn": "postgresql://u:hidden@db/ecp",
    "env": "prod",
    "uri": "bolt://graph:7687",
    "user": "graph",
    "password": "hidden",
    "cube_url": "http://cube:4000",
    "cube_token": "hidden",
    "cube_model": "/models/cube",
    "warehouse_admin": "postgresql://o:hidden@db/warehouse",
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
    assert set(kind.settings) == {name for name in kind.model_fields if name in FILLED}
    settings = Settings(**given, _env_file=None)  # type: ignore[arg-type]
    assert given
    for name, value in given.items():
        assert getattr(settings, name) == value


def test_no_secret_shows_in_a_block(kind: type[StoreBlock]) -> None:
    block = filled(kind)
    assert "hidden" not in repr(block) and "hidden" not in str(block.model_dump(mode="json"))
    secrets = [name for name, value in block if isinstance(value, SecretStr)]
    assert set(secrets) == {name for name in kind.model_fields if name in FILLED and "hidden" in FILLED[name]}


def test_a_block_is_what_the_settings_say_and_says_it_again(kind: type[StoreBlock]) -> None:
    given = filled(kind).to_settings()
    block = kind.from_settings(Settings(**given, _env_file=None))  # type: ignore[arg-type]
    assert block is not None and block.to_settings() == given


def test_every_field_has_a_type_of_its_own_and_every_store_a_block(kind: type[StoreBlock]) -> None:
    assert all(field.annotation not in (Any, dict, None) for field in kind.model_fields.values())
    assert kind.__doc__ and kind.component in {field.name for field in dataclasses.fields(Stores)}
    assert {"registry", "embedder", "graph", "semantic", "policy"} == {block.component for block in BLOCKS}


def test_what_the_settings_do_not_say_is_no_block() -> None:
    assert RegistryBlock.from_settings(Settings(_env_file=None, home=Path("/nowhere"))) is None  # type: ignore[call-arg]


def test_blocks_fill_what_nothing_else_says() -> None:
    own = Settings(_env_file=None, home=Path("/nowhere"), opa_url="http://mine")  # type: ignore[call-arg]
    dsn = SecretStr("postgresql://theirs/ecp")
    found = {"opa_url": "http://theirs", "neo4j_uri": "bolt://theirs", "postgres_dsn": dsn}
    settings = completed(own, found)
    assert (settings.opa_url, settings.neo4j_uri) == ("http://mine", "bolt://theirs")
    assert settings.postgres_dsn == dsn


async def test_the_store_behind_a_block_answers_or_says_that_it_does_not(enterprise, kind: type[StoreBlock]) -> None:
    block = kind.from_settings(enterprise.settings)
    assert block is not None
    await block.health()
    with pytest.raises(StoreError):
        await RegistryBlock(dsn=SecretStr("postgresql://127.0.0.1:1/none")).health()
