"""The words of the demo enterprise, derived from its pack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from ecp.domain.assets import AnyAsset, Dimension, Entity, Metric, Pack, Term
from ecp.domain.language import CUES, FILLERS, FUNCTION_WORDS
from ecp.domain.words import singular
from ecp.packs.loader import load_pack

DEMO = Path(__file__).resolve().parents[2] / "deployments" / "demo"

# `APAC`, `Quotestream`, `net_revenue` and `LoadMarks` fall into the words they are made of.
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


TIME_WORDS = _listed("""
    day daily week weekly month monthly quarter quarterly year yearly annual annually date time period fiscal calendar
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep oct nov dec monday tuesday wednesday thursday friday saturday sunday
    last next previous current ago since until half today yesterday begin start end
""")
# Words of the contract, of YAML models and of SQL: renaming them would change the language, not the enterprise.
TECHNICAL_WORDS = _listed("""
    metric term dimension entity domain tribal knowledge data contract validation rule lineage template query pack
    member value name code count sum number version id type key only one base share noise trend season draw average
    digest load loaded mark dataset amount max at
""")
ENGLISH = FUNCTION_WORDS | FILLERS | {word for cue in CUES for word in cue} | TIME_WORDS


def words_of(text: str) -> Iterator[str]:
    """Lower-case singular words of a text or an identifier."""
    return (singular(word.lower()) for word in WORD.findall(text))


def governed_words(pack: Path = DEMO) -> set[str]:
    """Words of ids, names, synonyms, departments and roles that are the enterprise's own, not English."""
    texts = [t for asset in load_pack(pack).assets for t in _said_by(asset)]
    return _own(texts)


def all_words(pack: Path = DEMO) -> set[str]:
    """`governed_words`, and those of the Cube model and of the tables."""
    loaded = load_pack(pack)
    texts = [t for asset in loaded.assets for t in _said_by(asset)]
    if loaded.cube:
        for file in loaded.cube.rglob("*.y*ml"):
            texts += _names_in(yaml.safe_load(file.read_text()))
    if loaded.warehouse:
        for file in loaded.warehouse.glob("*.sql"):
            texts += re.findall(r"\b(?:schema|table) (?:if not exists )?([\w.]+)", file.read_text())
    return _own(texts)


def _own(texts: Iterable[str]) -> set[str]:
    found = {word for text in texts for word in words_of(text) if len(word) > 1}
    return found - ENGLISH - TECHNICAL_WORDS


def _said_by(asset: AnyAsset) -> Iterator[str]:
    if isinstance(asset, (Metric, Term, Dimension, Entity, Pack)):
        yield from (asset.id, asset.name, *asset.synonyms)
    if isinstance(asset, Metric):
        yield from asset.departments
    if isinstance(asset, Term):
        yield from (d for choice in asset.metrics for d in choice.departments)
    if isinstance(asset, Dimension):
        for member in asset.members:
            yield from (member.id, member.name, *member.synonyms)
            yield from (d for variation in member.variations for d in variation.departments)
    if isinstance(asset, Entity):
        for instance in asset.instances:
            yield from (instance.id, instance.name, *instance.synonyms)
    if asset.access:
        yield from (*(asset.access.departments or ()), *(asset.access.roles or ()))


def _names_in(model: Any) -> Iterator[str]:
    for cube in model.get("cubes", ()):
        yield cube["name"]
        for field in ("measures", "dimensions"):
            yield from (m["name"] for m in cube.get(field, ()))
