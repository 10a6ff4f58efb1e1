"""`python -m bench.lexicon FOLDER`: writes the nouns that English derives from verbs, as WordNet tells them.

FOLDER holds the files of WordNet's database (`data.verb`, `data.noun`, `index.sense`). Only senses that are usual are
taken, and only words without a space or a hyphen: for each verb what its deeds are called, and who does them."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ecp.domain.lexicon import FILE
from ecp.domain.words import normal_word

USUAL_SENSES = 3
PERSON = 18
DEEDS = frozenset({4, 10, 11, 21})  # of acts, of what is said, of events and of what is owned
_DERIVED = "+"


class Noun(NamedTuple):
    """A set of nouns of one meaning, and the file of the lexicographers that it stands in."""

    field: int
    words: tuple[str, ...]


class Pair(NamedTuple):
    """A verb and a noun that one is derived from the other, in one sense of each."""

    verb: str
    verbs_sense: str
    noun: str
    nouns_sense: str
    field: int


def lines_of(file: Path) -> Iterator[str]:
    """All but the licence at the head."""
    return (line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith(" "))


def nouns(folder: Path) -> dict[str, Noun]:
    """By where they stand in their file."""
    found = (line.split(" ") for line in lines_of(folder / "data.noun"))
    return {parts[0]: Noun(int(parts[1]), tuple(_words(parts))) for parts in found}


def _words(parts: list[str]) -> Iterator[str]:
    return (parts[4 + 2 * at].lower() for at in range(int(parts[3], 16)))


def pairs(folder: Path) -> Iterator[Pair]:
    named = nouns(folder)
    for parts in (line.split(" ") for line in lines_of(folder / "data.verb")):
        verbs = tuple(_words(parts))
        begins = 4 + 2 * len(verbs)
        for at in range(begins + 1, begins + 1 + 4 * int(parts[begins]), 4):
            kind, sense, part, ends = parts[at : at + 4]
            if kind == _DERIVED and part == "n":
                verb, noun = verbs[int(ends[:2], 16) - 1], named[sense].words[int(ends[2:], 16) - 1]
                yield Pair(verb, parts[0], noun, sense, named[sense].field)


def usual(folder: Path) -> set[tuple[str, str, str]]:
    """The word, "n" or "v" and the place of each sense that is a first one or was met in texts."""
    found: set[tuple[str, str, str]] = set()
    for line in lines_of(folder / "index.sense"):
        key, sense, number, times = line.split()
        word, _, rest = key.partition("%")
        if rest[0] in "12" and (int(number) <= USUAL_SENSES or int(times)):
            found.add((word, "n" if rest[0] == "1" else "v", sense))
    return found


def write(folder: Path, file: Path) -> None:
    known = usual(folder)
    deeds: dict[str, dict[str, None]] = defaultdict(dict)
    doers: dict[str, dict[str, None]] = defaultdict(dict)
    for pair in pairs(folder):
        met = {(pair.verb, "v", pair.verbs_sense), (pair.noun, "n", pair.nouns_sense)} <= known
        if met and pair.verb.isalpha() and pair.noun.isalpha() and pair.field in DEEDS | {PERSON}:
            (doers if pair.field == PERSON else deeds)[pair.verb][normal_word(pair.noun)] = None
    verbs = sorted(deeds.keys() | doers.keys())
    rows = (f"{verb}\t{' '.join(sorted(deeds[verb]))}\t{' '.join(sorted(doers[verb]))}\n" for verb in verbs)
    file.write_text("".join(rows), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder, FILE)


if __name__ == "__main__":
    main()
