"""The demo under other words: nothing may depend on what the demo's things are called."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz.distance import Levenshtein

from ecp.domain.assets import Dimension
from ecp.domain.words import singular
from ecp.packs.loader import LoadedPack, load_pack
from ecp.packs.yaml_nodes import read_yaml
from tests.support.vocabulary import ENGLISH, TECHNICAL_WORDS, WORD, all_words

CONSONANTS = "bdfgklmnprtvz"
SYLLABLE = (CONSONANTS, "aeiou", CONSONANTS)
FAR_APART = 3
# Values under these keys belong to the contract, to Cube or to time, not to the enterprise.
KEPT_KEYS = frozenset(
    {"kind", "severity", "aggregation", "grain", "better", "type", "rule", "relationship", "primary_key", "public"}
    | {"timezone", "named_for", "relative", "week_start", "start", "end", "as_of", "status", "operator", "direction"}
    | {"attribute", "seed", "version", "cube", "warehouse", "questions"}
)
# Keys under these are ids of the pack.
KEYS_ARE_IDS = frozenset({"members", "links"})


class Renaming(dict[str, str]):
    """Old word → new word, both lower-case and singular. Without words it changes nothing."""

    def __init__(self, words: dict[str, str] | None = None, codes: dict[str, str] | None = None) -> None:
        super().__init__(words or {})
        self.codes = codes or {}

    def text(self, text: str) -> str:
        """A sentence, an identifier or SQL in the new words; case and plural as they were."""
        return WORD.sub(lambda match: self._word(match.group()), text)

    def value(self, value: Any, key: str | None = None) -> Any:
        """A document, a question or a query: every string in it but those that the contract fixes."""
        if isinstance(value, str):
            return value if key in KEPT_KEYS else self.text(value)
        if isinstance(value, (list, tuple)):
            return [self.value(item, key) for item in value]
        if isinstance(value, dict):
            keys_too = key in KEYS_ARE_IDS
            return {self.text(k) if keys_too else k: self.value(v, k) for k, v in value.items()}
        return value

    def _word(self, word: str) -> str:
        if word in self.codes:
            return self.codes[word]
        lower = word.lower()
        new = self.get(singular(lower))
        if new is None:
            return word
        new += "s" if lower not in self and singular(lower) != lower else ""
        if len(word) > 1 and word.isupper():
            return new.upper()
        return new.capitalize() if word[0].isupper() else new


def rename_pack(source: Path, target: Path, seed: int) -> Renaming:
    """Copies a pack with its Cube model, warehouse and questions to `target` under words drawn from `seed`.

    Facts are drawn from numbers, not from names: the copy has the same figures.
    """
    pack = load_pack(source)
    renaming = draw_names(all_words(source), _codes(pack), seed)
    for file in sorted(source.rglob("*.yaml")):
        _write_yaml(file, target / file.relative_to(source), renaming)
    for file in sorted((pack.cube or target).glob("*.yml")):
        _write_yaml(file, target / "cube" / "model" / file.name, renaming)
    for file in sorted((pack.warehouse or target).glob("*.sql")):
        copy = target / "warehouse" / file.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(renaming.text(file.read_text()))
    return renaming


def draw_names(words: Iterable[str], codes: Iterable[str], seed: int) -> Renaming:
    """A pronounceable word of no language for each word, far enough from each other to survive typing errors."""
    source = random.Random(seed)
    taken: list[str] = []
    renamed = {word: _draw(source, taken) for word in sorted(words)}
    return Renaming(renamed, {code: _draw(source, taken).upper() for code in sorted(codes)})


def _draw(source: random.Random, taken: list[str]) -> str:
    while True:
        word = "".join(source.choice(letters) for letters in SYLLABLE * 2)
        if word not in ENGLISH | TECHNICAL_WORDS and all(Levenshtein.distance(word, t) >= FAR_APART for t in taken):
            taken.append(word)
            return word


def _codes(pack: LoadedPack) -> set[str]:
    """Values such as `AU`: two or three capitals, told from words by their case."""
    values = [
        value
        for asset in pack.assets
        if isinstance(asset, Dimension)
        for member in asset.members
        for value in (*member.values, *(v for variation in member.variations for v in variation.values))
    ]
    return {v for v in values if isinstance(v, str) and re.fullmatch(r"[A-Z]{2,3}", v)}


def _write_yaml(source: Path, target: Path, renaming: Renaming) -> None:
    documents = [renaming.value(document.value) for document in read_yaml(source.read_text())]
    if source.suffix == ".yml":
        documents = [renaming.value(yaml.safe_load(source.read_text()))]
    for document in documents:
        if isinstance(document, dict) and document.get("kind") == "pack" and document.get("cube"):
            document["cube"] = "cube/model"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=1000))
