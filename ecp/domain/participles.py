"""What the forms of a verb have in common."""

from __future__ import annotations

from ecp.domain.language import IRREGULAR

_OF_A_DEED = ("", "e", "ion", "ation", "ment", "al")


def is_participle(word: str) -> bool:
    return word in IRREGULAR or (word.endswith("ed") and len(word) > 4)


def stem(word: str) -> str:
    """What a verb's forms have in common."""
    bare = IRREGULAR.get(word, word)
    bare = bare[:-3] + "y" if bare.endswith("ied") else bare
    bare = bare.removesuffix("ing").removesuffix("ed").removesuffix("e")
    return bare[:-1] if len(bare) > 3 and bare[-1] == bare[-2] else bare


def deeds(verb: str) -> tuple[str, ...]:
    """What the deed of a verb may be called: a hire, an order, a promotion, a donation, an enrolment, a referral, an
    application, a cancellation, an admission, a suspension."""
    root = stem(verb)
    own = {
        "y": (f"{root[:-1]}ication",),
        "l": (f"{root}lation",),
        "t": (f"{root[:-1]}ssion",),
        "d": (f"{root[:-1]}sion",),
    }
    return (*(f"{root}{ending}" for ending in _OF_A_DEED), *own.get(root[-1:], ()))
