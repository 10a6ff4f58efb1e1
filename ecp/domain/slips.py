"""Which differences between two words are slips of the finger, and which make another word."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES = {
    letter: (row, column + row * 0.5) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)
}
_VOWELS = frozenset("aeiouy")
_ENDINGS = frozenset(
    {"d", "ed", "r", "er", "or", "ing", "ly", "al", "less", "ful", "ness", "able", "ment", "ist", "ism", "ive", "ion"}
)


def is_slip(typed: str, meant: str) -> bool:
    """Letters swapped, doubled, left out or hit beside the right key. A word with another beginning ("un…") or
    another ending ("…ed", or two letters more) is another word, and so is one with letters that no finger confuses."""
    if typed[0] != meant[0] and sorted(typed[:2]) != sorted(meant[:2]):
        return False
    if typed.startswith(meant) and (typed[len(meant) :] in _ENDINGS or len(typed) > len(meant) + 1):
        return False
    if typed.endswith("ed") and not meant.endswith(("ed", "d")) and typed[:-1] == meant[:-1]:
        return False  # a participle, and not who did it
    if typed.endswith("er") and typed[:-1] == meant[:-1]:
        return False  # what does it, and not what is done
    if meant.startswith(typed) and len(meant) - len(typed) > 1 and meant[len(typed) :] in _ENDINGS:
        return False
    return typed in swaps(meant) or all(
        op.tag != "replace" or _is_near(typed[op.src_pos], meant[op.dest_pos])
        for op in Levenshtein.editops(typed, meant)
    )


def swaps(word: str) -> Iterator[str]:
    """The word with two neighbouring letters swapped."""
    return (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))


def _is_near(one: str, other: str) -> bool:
    return (one in _VOWELS and other in _VOWELS) or _are_neighbours(one, other)


def _are_neighbours(one: str, other: str) -> bool:
    if one not in _PLACES or other not in _PLACES:
        return False
    (row, column), (other_row, other_column) = _PLACES[one], _PLACES[other]
    return abs(row - other_row) <= 1 and abs(column - other_column) <= 1
