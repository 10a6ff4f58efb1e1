"""The normal form in which names and questions meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ecp.domain.values import Value

_INITIALS = r"(?<![^\W_])(?:[^\W\d_]\.)+[^\W\d_](?![^\W_])"
_TOKEN = re.compile(rf"{_INITIALS}|[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)
_PLURALS = frozenset({"men", "personnel", "data", "criteria", "media", "feet", "teeth", "mice", "geese"})
_ENDS_OF_PLURALS = ("people", "women", "children", "smen", "foremen", "firemen", "policemen", "workmen")
_SHORT_PLURAL = re.compile(r"[aeiou][b-df-hj-np-rt-vx-z]s")  # "ads"
_ABBREVIATIONS = {"avg": "average", "qty": "quantity", "amt": "amount"}
# Plurals of words from Greek and Latin.
_IRREGULAR_PLURALS = {
    "analyses": "analysis", "crises": "crisis", "diagnoses": "diagnosis", "hypotheses": "hypothesis",
    "indices": "index", "matrices": "matrix", "prognoses": "prognosis", "syntheses": "synthesis", "theses": "thesis",
}  # fmt: skip
# Plurals that are no singular with an "s", and those of words that end so.
_PLURALS_OF = {
    "criterion": "criteria", "foot": "feet", "tooth": "teeth", "goose": "geese", "mouse": "mice", "half": "halves",
    "shelf": "shelves", "leaf": "leaves", "loaf": "loaves", "calf": "calves", "wolf": "wolves", "thief": "thieves",
    "knife": "knives",
}  # fmt: skip
_PLURALS_OF_ENDS = {
    "person": "people", "child": "children", "woman": "women", "sman": "smen", "foreman": "foremen",
    "fireman": "firemen", "policeman": "policemen", "workman": "workmen", "wife": "wives",
}  # fmt: skip
_SINGULAR_AS_IS = frozenset({"is", "was", "has", "this", "us", "as", "gas", "plus", "bus", "its", "his", "yes", "news"})
# Their plurals end as those of words in "y" do.
_IN_IE = frozenset(
    {"birdie", "bookie", "brownie", "cabbie", "calorie", "cookie", "foodie", "freebie", "genie", "goalie", "groupie"}
    | {"hoodie", "junkie", "movie", "newbie", "prairie", "rookie", "selfie", "smoothie", "sortie", "veggie", "zombie"}
)


class Token(Value):
    """A word and its place in the text. `norm` is its normal form."""

    start: int
    end: int
    text: str
    norm: str

    @property
    def is_inflected(self) -> bool:
        """Whether it is written otherwise than in its normal form, as plurals are."""
        return self.text.lower() != self.norm

    @property
    def is_one(self) -> bool:
        """Whether it is a noun in the singular; whose something is counts as one, too."""
        bare = self.text.lower().removesuffix("'s").removesuffix("’s")
        return bare == self.norm and self.norm not in _PLURALS and not self.norm.endswith(_ENDS_OF_PLURALS)


def fold(text: str) -> str:
    """Case and accents folded, compatibility forms unified."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def singular(word: str) -> str:
    """A cautious English singular, so that members of a plural and a singular meet."""
    if len(word) <= 3 and not _SHORT_PLURAL.fullmatch(word):
        return word
    if word in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[word]
    if word in _SINGULAR_AS_IS or word.endswith(("ss", "us", "is")) or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-1] if word[:-1] in _IN_IE else word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


@lru_cache(maxsize=65_536)
def normal_word(word: str) -> str:
    if len(word) > 2 and word[-1] == "s" and word[:-1].isalpha() and word[:-1].isupper():  # "SKUs", "KPIs"
        word = word[:-1]
    folded = fold(word).replace(".", "")
    if folded[-1:] == "s" and folded[:-1].isdigit():  # "under 25s"
        return folded[:-1]
    bare = folded[:-2] if folded.endswith("'s") else folded.replace("'", "")
    return _ABBREVIATIONS.get(bare) or singular(bare)


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text in order; what stands between them is punctuation."""
    return tuple(
        Token(start=m.start(), end=m.end(), text=m.group(), norm=normal_word(m.group())) for m in _TOKEN.finditer(text)
    )


@lru_cache(maxsize=16_384)
def normal_form(text: str) -> str:
    """`"Unit Costs"` and `"unit-cost"` meet in one form; empty when there is no word in it."""
    return " ".join(map(normal_word, _TOKEN.findall(text)))


def other_plural(form: str) -> str | None:
    """The plural of a noun in normal form, where that is not the singular with an ending: "people" of a person."""
    before, _, noun = form.rpartition(" ")
    plural = _PLURALS_OF.get(noun)
    for end, several in _PLURALS_OF_ENDS.items():
        plural = noun.removesuffix(end) + several if noun.endswith(end) else plural
    return f"{before} {normal_word(plural)}".strip() if plural else None
