"""Assets as the rows that are stored and searched: pure, and the same for registry and vector store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from ecp.domain.assets import AnyAsset, Dimension, Entity, QueryTemplate, TribalKnowledge
from ecp.domain.catalogue import Name, names_of
from ecp.stores.postgres import json_text, stored

CANDIDATE_KINDS = ("metric", "term", "dimension", "entity", "domain", "query_template")
"""What a phrase of a question can mean."""


@dataclass(frozen=True)
class Document:
    """One thing to be found by meaning: an asset, a dimension's member or an entity's instance.

    `digest` identifies kind and text: whatever has it shares one embedding.
    """

    asset_id: str
    kind: str
    member: str | None
    text: str

    @property
    def digest(self) -> str:
        return sha256(f"{self.kind}\0{self.text}".encode()).hexdigest()


@dataclass(frozen=True)
class StoredAsset:
    """An asset, ready to be written."""

    asset_id: str
    kind: str
    digest: str
    body: str
    names: tuple[Name, ...]
    documents: tuple[Document, ...]


def stored_asset(asset: AnyAsset) -> StoredAsset:
    body = json_text(asset.model_dump(mode="json"))
    digest = sha256(body.encode()).hexdigest()
    return StoredAsset(asset.id, asset.kind, digest, body, tuple(names_of(asset)), tuple(documents_of(asset)))


def documents_of(asset: AnyAsset) -> Iterator[Document]:
    """Name, synonyms and definition of everything in an asset that a phrase can mean."""
    yield _document(asset, None, asset.name or _words_of(asset.id), asset.synonyms, _said(asset))
    if isinstance(asset, Dimension):
        for member in asset.members:
            yield _document(asset, member.id, member.name, member.synonyms, member.definition)
    if isinstance(asset, Entity):
        for instance in asset.instances:
            yield _document(asset, instance.id, instance.name, instance.synonyms, "")


def _document(asset: AnyAsset, member: str | None, name: str, synonyms: tuple[str, ...], definition: str) -> Document:
    parts = (name, ", ".join(synonyms), definition)
    return Document(asset.id, asset.kind, member, stored(". ".join(p for p in parts if p)))


def _said(asset: AnyAsset) -> str:
    if isinstance(asset, TribalKnowledge):
        return " ".join((asset.definition, asset.message, asset.impact)).strip()
    if isinstance(asset, QueryTemplate):
        return " ".join((asset.definition, *asset.phrases)).strip()
    return asset.definition


def _words_of(asset_id: str) -> str:
    return asset_id.replace("_", " ").replace("-", " ")
