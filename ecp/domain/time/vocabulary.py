"""The words of time, and the ones that are nearly them."""

from __future__ import annotations

from ecp.domain.calendar import MONTH_NAMES


def word_list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SHORT_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10,
    "nov": 11, "dec": 12,
}  # fmt: skip
MONTHS = {name.lower(): i + 1 for i, name in enumerate(MONTH_NAMES)} | _SHORT_MONTHS
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT_WEEKDAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
WEEKDAYS = {name: i for i, name in enumerate(_DAY_NAMES)} | SHORT_WEEKDAYS

_UNIT_WORDS = {
    "hour": "hour hours hr hrs",
    "day": "day days",
    "week": "week weeks wk wks",
    "fortnight": "fortnight fortnights",
    "month": "month months mth mths mnth mnths mo mos",
    "quarter": "quarter quarters qtr qtrs",
    "half": "half halves",
    "year": "year years yr yrs",
    "decade": "decade decades",
}
UNITS = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
PLURALS = frozenset(word for word in UNITS if word.endswith("s"))

RELATIVE = {
    "last": -1, "previous": -1, "prior": -1, "preceding": -1, "past": -1, "latest": -1,
    "this": 0, "current": 0,
    "next": 1, "coming": 1, "upcoming": 1, "following": 1,
}  # fmt: skip

BEFORE_IT = frozenset({"previous", "prior", "preceding"})

_ONES = word_list(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
COUNTS = {word: i + 1 for i, word in enumerate(_ONES)} | {word: 10 * i + 20 for i, word in enumerate(_TENS)}
COUNTS |= {"couple": 2, "dozen": 12}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
    "final": -1, "closing": -1, "opening": 1,
}  # fmt: skip
ADVERBS = {
    "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "annually": "year", "annual": "year", "semiannual": "half", "semiannually": "half",
}  # fmt: skip
BASES = {"fiscal": "fiscal", "financial": "fiscal", "calendar": "calendar"}
TEACHING = frozenset({"academic", "school"})
SEASONS = frozenset({"spring", "summer", "autumn", "fall", "winter"})

_TYPED_WRONG = word_list(
    "january february august september october november december tuesday wednesday thursday saturday "
    "yesterday tomorrow quarter quarters quarterly months monthly previous calendar fiscal compared "
    "versus"
)
_OTHER_WORDS = frozenset({"precious", "quartet", "mouths"})


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


_NEAR: dict[str, set[str]] = {}
for _word in _TYPED_WRONG:
    for _form in {_word} | _deletions(_word):
        _NEAR.setdefault(_form, set()).add(_word)


def _one_edit(a: str, b: str) -> bool:
    """One letter more, less, other, or two neighbours exchanged."""
    if len(a) > len(b):
        a, b = b, a
    i = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[i:] == b[i + 1 :]
    return a[i + 1 :] == b[i + 1 :] or (a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :])


def corrected(word: str) -> str:
    """The long time word that `word` is one slip away from, or `word`."""
    if not 6 <= len(word) <= 12 or word in _OTHER_WORDS:
        return word
    near = {target for form in (word, *_deletions(word)) for target in _NEAR.get(form, ())}
    fits = sorted(target for target in near if word != target + "s" and _one_edit(word, target))
    return fits[0] if fits else word
