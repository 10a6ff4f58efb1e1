"""What English calls the deeds of a verb, and who does them: nouns derived from verbs, taken from WordNet.

`derived.tsv` is written by `python -m bench.lexicon`; under which terms WordNet may be used lies beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("derived.tsv")


class Derived(NamedTuple):
    """`deeds`: a delivery, an attendance; `doers`: an attendee, a volunteer."""

    deeds: tuple[str, ...] = ()
    doers: tuple[str, ...] = ()


@cache
def derived() -> dict[str, Derived]:
    """Each verb with its nouns."""
    rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    return {verb: Derived(tuple(deeds.split()), tuple(doers.split())) for verb, deeds, doers in rows}
