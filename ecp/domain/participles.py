"""What the forms of a verb have in common."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from ecp.domain.language import IRREGULAR, PERSONS, WORKERS
from ecp.domain.lexicon import Derived, derived

_OF_A_TRADE = ("ian", "ologist", "smith", "wright", "man", "woman")
# Nouns that are spelt like those of people.
_THINGS = frozenset({"tier", "browser", "printer", "server", "reactor", "carrier"})
_LONG = 6
_OF_A_DOER = ("er", "or", "ee", "ist", "ant")
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


@cache
def _by_stem() -> dict[str, Derived]:
    """The nouns of all verbs that have a stem in common."""
    found: dict[str, Derived] = defaultdict(Derived)
    for verb, nouns in derived().items():
        known = found[stem(verb)]
        found[stem(verb)] = Derived((*known.deeds, *nouns.deeds), (*known.doers, *nouns.doers))
    return dict(found)


def is_a_verb(word: str) -> bool:
    """Whether it is a verb that nouns are derived from, or its participle."""
    return word in derived() or (word.endswith(("ed", "ing")) and stem(word) in _by_stem())


def _nouns_of(verb: str) -> Derived:
    return _by_stem().get(stem(verb), Derived())


def deeds(verb: str) -> tuple[str, ...]:
    """What the deed of a verb may be called: as it is spelt (a hire, an order, a promotion, a donation, an enrolment, a
    referral, an application, a cancellation, an admission, a suspension, a loss, a tale), or else (a delivery)."""
    spelt = _spelt_deeds(verb)
    return (*spelt, *(noun for noun in _nouns_of(verb).deeds if noun not in spelt))


def _spelt_deeds(verb: str) -> tuple[str, ...]:
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


@cache
def _all_deeds() -> frozenset[str]:
    return frozenset(noun for nouns in derived().values() for noun in nouns.deeds) | derived().keys()


def is_deed(noun: str) -> bool:
    """Whether a noun is called after a verb: an inspection, a test, a tow."""
    return noun in _all_deeds()


@cache
def _all_doers() -> frozenset[str]:
    return frozenset(noun for nouns in derived().values() for noun in nouns.doers)


def is_a_person(noun: str) -> bool:
    """Whether a noun says what somebody is or does: a customer, a clerk, a trader, a veterinarian."""
    does = noun.endswith(_OF_A_DOER) and noun in _all_doers() - _THINGS
    return noun in PERSONS | WORKERS or does or (noun.endswith(_OF_A_TRADE) and len(noun) > _LONG)


def proceeds(verb: str) -> tuple[str, ...]:
    """What may come of a verb in sums: lendings, spending, expenditure, and whatever its deed is called."""
    root = stem(verb)
    roots = (root, root + root[-1:])
    return (*deeds(verb), root + root[-1:], *(f"{r}{ending}" for r in roots for ending in _OF_WHAT_COMES_OF_IT))


def doers(verb: str) -> tuple[str, ...]:
    """What those are called who did it by themselves: joiners, leavers, volunteers, and departures of people."""
    root = stem(verb)
    return (f"{root}er", f"{root}{root[-1:]}er", f"{root}ure", *_nouns_of(verb).doers)


def persons_done(verb: str) -> tuple[str, ...]:
    """What those are called to whom it was done: employees, nominees."""
    return tuple(noun for noun in _nouns_of(verb).doers if noun.endswith("ee"))
