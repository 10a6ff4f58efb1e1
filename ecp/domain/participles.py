"""What the forms of a verb have in common."""

from __future__ import annotations

from ecp.domain.language import IRREGULAR


def is_participle(word: str) -> bool:
    return word in IRREGULAR or (word.endswith("ed") and len(word) > 4)


def stem(word: str) -> str:
    """What a verb's forms have in common."""
    bare = IRREGULAR.get(word, word)
    bare = bare[:-3] + "y" if bare.endswith("ied") else bare
    bare = bare.removesuffix("ing").removesuffix("ed").removesuffix("e")
    return bare[:-1] if len(bare) > 3 and bare[-1] == bare[-2] else bare
