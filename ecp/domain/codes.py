"""The codes of members, as rows show them: "in GB", "in AU and MX", of members whose value is that. Only in capitals as
they are written, where nothing else is called so; a code that is a word, too, only where no such word can stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import LONGEST_PHRASE, Intent, is_shouting
from ecp.domain.language import FILLERS, FUNCTION_WORDS

Place = tuple[int, int]
_JOINING = frozenset({"and", "or", "vs", "versus", "nor"})
_BEFORE_A_PLACE = frozenset(
    {"in", "for", "of", "from", "at", "to", "within", "across", "except", "excluding", "without"}
)
_PREPOSITIONS = frozenset({"in", "on", "at", "to", "by", "as"})
# In capitals these mean something of their own wherever a name can stand.
_OF_THEIR_OWN = frozenset(
    {"it", "me", "we", "he", "my", "am", "pm", "ai", "hr", "id", "ok", "pc", "po", "pr", "qa", "tv", "vp", "eu", "ceo"}
    | {"cfo", "cto", "kpi", "usd", "eur", "gbp", "ytd", "mtd", "qtd", "yoy", "mom", "qoq", "wow", "fy"}
)
_WORDS = FUNCTION_WORDS | FILLERS | {"no", "if", "up", "ad", "not", "all", "new", "so", "go"}


@dataclass(frozen=True)
class Code:
    """Where a code stands, and the members that it is the value of: (dimension, member)."""

    first: int
    last: int
    members: tuple[tuple[str, str], ...]


def codes_in(
    intent: Intent, named: Mapping[Place, Collection[str]], catalogue: Catalogue, is_word: Callable[[str], bool]
) -> Iterator[Code]:
    """The codes in a question, of those positions where nothing else is named. `named`: where names stand, and of which
    dimensions they are members."""
    known = catalogue.codes
    if not known:
        return
    others = [*((t.first, t.last) for t in intent.times), *((n.first, n.last) for n in intent.numbers)]
    found = [c for c in _written(intent, known, is_word) if not any(_is_taken(c, p) for p in (*named, *others))]
    sure = [c for c in found if not _is_a_word(intent, c)]
    places = {**named, **{(c.first, c.last): {d for d, _ in c.members} for c in sure}}
    yield from sure
    yield from (c for c in found if c not in sure and _can_be_no_word(intent, c, places, catalogue))


def _is_taken(code: Code, place: Place) -> bool:
    """Whether another name stands there, and not only within the code."""
    first, last = place
    apart = last < code.first or code.last < first
    within = code.first <= first and last <= code.last and place != (code.first, code.last)
    return not (apart or within)


def members_coded(text: str, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """The members of which this very text, in capitals, is the value."""
    return catalogue.codes.get(text, ()) if text.isupper() else ()


def _written(
    intent: Intent, known: dict[str, tuple[tuple[str, str], ...]], is_word: Callable[[str], bool]
) -> Iterator[Code]:
    """As it is written where it is all capitals, and the question is not; with signs or digits in any letters."""
    shouting = is_shouting(intent.tokens)
    folded = {v.casefold(): m for v, m in known.items() if not v.isalpha()}
    for first in range(len(intent.tokens)):
        for last in range(first, min(first + LONGEST_PHRASE, len(intent.tokens))):
            text = _bare(intent.text[intent.tokens[first].start : intent.tokens[last].end])
            plain = text.isalpha() and (shouting or not text.isupper()) and (shouting or is_word(text.lower()))
            members = folded.get(text.casefold(), ()) if not text.isalpha() else () if plain else known.get(text, ())
            if members:
                yield Code(first, last, members)


def _bare(text: str) -> str:
    """ "GB's"."""
    return text.removesuffix("'s").removesuffix("’s")


def _is_a_word(intent: Intent, code: Code) -> bool:
    norm = intent.norm(code.first)
    return code.first == code.last and norm != "us" and norm in _WORDS | _OF_THEIR_OWN


def _can_be_no_word(intent: Intent, code: Code, places: Mapping[Place, Collection[str]], catalogue: Catalogue) -> bool:
    """ "in IN", "GB, IN and AU", "place IN", and a preposition at the end; neither "IN 2024" nor "in IT", which may be
    something else."""
    dated = any(t.first == code.last + 1 for t in intent.times)
    own = {d for d, _ in code.members}
    called = {n.asset_id for n in catalogue.names.get(intent.norm(code.first - 1), ()) if n.member is None}
    if dated or own & called:
        return not dated
    if any(own & set(of) and _are_listed(intent, place, code) for place, of in places.items()):
        return True
    norm, last = intent.norm(code.first), len(intent.tokens) - 1
    dangling = norm in _PREPOSITIONS and 0 < code.first == last
    return dangling or (intent.norm(code.first - 1) in _BEFORE_A_PLACE and norm not in _OF_THEIR_OWN)


def _are_listed(intent: Intent, place: tuple[int, int], code: Code) -> bool:
    first, last = sorted((place, (code.first, code.last)))
    between = [intent.norm(at) for at in range(first[1] + 1, last[0])]
    signs = intent.gap(first[1], last[0]).strip()
    return (bool(between) and set(between) <= _JOINING) or (not between and signs in (",", "/", "&", ", &"))
