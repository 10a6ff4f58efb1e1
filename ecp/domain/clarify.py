"""Going on from an option: what the asker chose settles the words that were open, however it is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ecp.domain.answer import Option
from ecp.domain.language import NUMBER_WORDS, ORDINALS
from ecp.domain.values import Value
from ecp.domain.words import normal_form, tokens
from ecp.errors import ValidationError

_PLACES = {"first": 1, "1st": 1} | ORDINALS
_LAST = "last"
_OF_TWO = {"former": 0, "latter": 1}
_SUGGESTED = frozenset(
    {"default", "suggested", "suggest", "suggestion", "recommended", "recommend", "recommendation", "proposed"}
)
_AGREEING = frozenset(
    {"yes", "yeah", "yep", "yup", "ok", "okay", "sure", "correct", "right", "exactly", "agreed", "fine"}
)
_SEVERAL = frozenset({"both", "all", "each", "either", "any", "whichever"})
_NONE = frozenset({"none", "neither", "no", "nope"})
# Words that say that an option is meant; a name beside them is that of one.
_NUMBERED = frozenset({"option", "number", "choice", "nr", "no"})
_ONE_OF_THEM = frozenset({"one", "option", "choice", "definition", "meaning", "version", "variant"})
_AS_MEANT = frozenset({"mean", "meant", "define", "defined", "use", "used", "call", "count", "understand"})
_PASSING = frozenset(
    {
        "the",
        "that",
        "this",
        "it",
        "them",
        "these",
        "those",
        "please",
        "i",
        "we",
        "you",
        "me",
        "would",
        "d",
        "id",
        "like",
    }
    | {"want", "take", "choose", "pick", "select", "go", "with", "let", "us", "as", "way", "how", "what", "ll", "ill"}
    | {"show", "give", "of", "and", "or", "about"}
)
_SAID_OF_PLACES = _SEVERAL | _NONE | _SUGGESTED | _NUMBERED | _ONE_OF_THEM | frozenset({_LAST, "other", *_OF_TWO})
_BEFORE_A_NAME = frozenset({"by", "from", "for", "in"})
_USED_BY = frozenset({"as", "used", "by"})
_MOST_DIGITS = 2  # more of them are a year


class Pick(Value):
    """What is said of options: which one is meant, or, where that is not one of them alone, `why` it is not."""

    option: Option | None = None
    why: str = ""


_UNCLEAR = Pick(why="may be more than one of the options")
_SEVERAL_AT_ONCE = Pick(why="is more than one of the options: ask for each of the others in a question of its own")
_NO_OTHER = Pick(why="leaves none of the options: ask again with the name of what is meant")


def choose(options: Iterable[Option], chosen: str) -> dict[str, str]:
    """What `select` takes as `forced` when the asker chose this option: each open mention's text → the id it is
    settled on. `chosen` says which one, as `picked` hears it. Goes on with the same reading and periods; what is
    settled includes earlier choices.

    Raises `ValidationError` naming the options when it is none of them, or not one alone.
    """
    offered = tuple(options)
    pick = picked(offered, chosen, chooses=True)
    if pick is None or pick.option is None:
        listed = "; ".join(f"{o.id}: {o.text}" for o in offered) or "none"
        why = pick.why if pick else "is none of the options"
        raise ValidationError(
            f"“{chosen[:80]}” {why}; choose one of {listed}",
            errors=[{"loc": ["option"], "message": "choose one of the options by its id"}],
        )
    return dict(pick.option.settles)


def picked(options: Sequence[Option], said: str, *, chooses: bool = False) -> Pick | None:
    """Which option is meant: by its id, its text, the name or id of what it stands for, its place ("the second one"),
    whoever means it so ("the one by A", "as A uses it"), or a word that no other one is called by. None where nothing
    is said of them; what certainly `chooses` may name one by any word of its text.
    """
    exact = [o for o in options if o.id == said.strip()] or [o for o in options if normal_form(said) in _names(o)]
    if len(exact) == 1:
        return Pick(option=exact[0])
    words = [w.norm for w in tokens(said)]
    placed, named = _by_place(options, words), _by_name(options, words)
    if placed is None and not named and (chooses or _is_marked(words)):
        named = [o for o in options if _content(words) <= _words(o.text)] if _content(words) else []
    if placed is None:
        return _one_of(named) if named else None
    return _one_of([*named, *([placed.option] if placed.option else ())]) if named else placed


def _one_of(found: Iterable[Option]) -> Pick:
    several = {o.id: o for o in found}
    return Pick(option=next(iter(several.values()))) if len(several) == 1 else _UNCLEAR


def _by_place(options: Sequence[Option], words: list[str]) -> Pick | None:
    """What is said without the name of any: the place of one among them, the suggested one, several of them or none;
    None where there is any other word."""
    beside = _PASSING | _AGREEING | _AS_MEANT | (_BEFORE_A_NAME if _is_marked(words) else frozenset())
    told = [w for w in words if w not in beside]
    if any(_place(w) is None and w not in _SAID_OF_PLACES for w in told):
        return None
    places, said = set(_places(options, told, alone=len(words) == 1)), set(told)
    if said & _SEVERAL or len(places) > 1:
        return _SEVERAL_AT_ONCE
    if places:
        at = places.pop()
        return _one_of(o for o in options if o.id == at) if at in {o.id for o in options} else _is_none(at)
    if said & _NONE:
        return _NO_OTHER
    if said & _SUGGESTED or (not said and set(words) & _AGREEING):
        return _one_of(o for o in options if o.suggested)
    return _UNCLEAR if said else None


def _is_none(place: str) -> Pick:
    return Pick(why=f"is none of the options, as there is no {place}")


def _places(options: Sequence[Option], told: list[str], *, alone: bool) -> Iterator[str]:
    """The ids of what is counted, as options are numbered from the first one on."""
    for at, word in enumerate(told):
        place = _place(word)
        if word == "one" and not (at and told[at - 1] in _NUMBERED) and not alone:
            continue
        if place is not None:
            yield str(place)
        elif word == _LAST and options:
            yield options[-1].id
        elif word in _OF_TWO:
            yield options[_OF_TWO[word]].id if len(options) == len(_OF_TWO) else word


def _place(word: str) -> int | None:
    if word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS:
        return int(word)
    return _PLACES.get(word) or NUMBER_WORDS.get(word)


def _by_name(options: Sequence[Option], words: list[str]) -> list[Option]:
    """Those that are called by all of the words but those that are only said in passing, or that were open."""
    open_words = {w for o in options for text in o.settles for w in normal_form(text).split()}
    bare = {w for w in words if w not in _PASSING | _AGREEING}
    for content in (bare, _content(words), _content(words) - open_words):
        found = [o for o in options if content and content <= _called(o)]
        if found:
            return found
    return []


def _content(words: Iterable[str]) -> set[str]:
    said = set(words)
    passing = (
        _PASSING | _AGREEING | (_NUMBERED | _ONE_OF_THEM | _AS_MEANT | _BEFORE_A_NAME if _is_marked(said) else set())
    )
    return said - passing


def _is_marked(words: Iterable[str]) -> bool:
    return bool(set(words) & (_ONE_OF_THEM | _AS_MEANT))


def _called(option: Option) -> set[str]:
    """The words of what it is called, and of whoever means it so."""
    return {w for name in _names(option, defined=False) for w in name.split()} - _USED_BY


def _words(text: str) -> set[str]:
    return set(normal_form(text).split())


def _names(option: Option, *, defined: bool = True) -> set[str]:
    named = {option.text.split(":")[0], *option.settles.values(), *((option.text,) if defined else ())}
    named |= {n for m in option.resolved_concepts.metrics if m.id in option.settles.values() for n in (m.id, m.name)}
    return {normal_form(n) for n in named} - {""}
