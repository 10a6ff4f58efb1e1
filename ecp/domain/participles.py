"""What the forms of a verb have in common."""

from __future__ import annotations

from ecp.domain.language import IRREGULAR

_OF_A_DEED = ("", "e", "ion", "ation", "ment", "al")
_OF_WHAT_COMES_OF_IT = ("ing", "ure")


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
    application, a cancellation, an admission, a suspension, a loss, a tale."""
    root = stem(verb)
    own = {
        "y": (f"{root[:-1]}ication",),
        "l": (f"{root}lation", f"{root[:-2]}ale"),
        "s": (f"{root}s",),
        "c": (f"{root}tion",),
        "t": (f"{root[:-1]}ssion",),
        "d": (f"{root[:-1]}sion",),
    }
    return (*(f"{root}{ending}" for ending in _OF_A_DEED), *own.get(root[-1:], ()))


def proceeds(verb: str) -> tuple[str, ...]:
    """What may come of a verb in sums: lendings, spending, expenditure, and whatever its deed is called."""
    root = stem(verb)
    roots = (root, root + root[-1:])
    return (*deeds(verb), root + root[-1:], *(f"{r}{ending}" for r in roots for ending in _OF_WHAT_COMES_OF_IT))


def doers(verb: str) -> tuple[str, ...]:
    """What those are called who did it by themselves: joiners, leavers, and departures of people."""
    root = stem(verb)
    return (f"{root}er", f"{root}{root[-1:]}er", f"{root}ure")
