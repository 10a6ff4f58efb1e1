"""Which words are ordinary English, from the vocabulary of the tokenizer that comes with the embedding model."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ecp.domain.participles import is_a_verb

_WORD_START = "▁"


class CommonWords:
    """Common words and verbs only: rarer ones and names are unknown to it. Loaded when first asked."""

    def __call__(self, word: str) -> bool:
        return word in _words() or is_a_verb(word)


@cache
def _words() -> frozenset[str]:
    """One set for the process."""
    spec = find_spec("wordllama")
    assert spec and spec.origin
    folder = Path(spec.origin).parent / "tokenizers"
    file = next(iter(sorted(folder.glob("*.json"))))
    vocabulary = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(w[1:].lower() for w in vocabulary if w.startswith(_WORD_START) and w[1:].isalpha() and len(w) > 3)
