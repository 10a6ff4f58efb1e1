"""Questions that are asked often: a template's phrase stands for the question that the pack has agreed on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ecp.domain.answer import EXPLAINS
from ecp.domain.assets import Asset, Dimension, Metric, QueryTemplate
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent, read_intent
from ecp.domain.mending import mended
from ecp.domain.time import GrainMention
from ecp.domain.time.lexer import NO_YEARS
from ecp.domain.time.vocabulary import TEACHING
from ecp.domain.values import Value
from ecp.domain.words import normal_form, tokens

_NAMED = frozenset({"metric", "term"})
_LETTERS = re.compile(r"[^\W\d_]+")
_BOTH_YEARS = re.compile(r"\b\d{4}\s?[-–—‑]\s?\d{4}\b")
_ENDS = " \t\n?!.,;:"


class Written(Value):
    """A question by what the pack says of its words; `template` is None where it holds no phrase of one; `mended`,
    what was typed → what was meant."""

    intent: Intent
    template: str | None = None
    mended: dict[str, str] = {}

    @property
    def text(self) -> str:
        return self.intent.text


class _Found(Value):
    """Which tokens, inclusive, are the phrase of which template."""

    first: int
    last: int
    template: QueryTemplate


def written_out(intent: Intent, catalogue: Catalogue, *, is_word: Callable[[str], bool]) -> Written:
    """The question in words that need no pack, and without slips of the finger in those of the language: `is_word` says
    whether a word is ordinary English. The enterprise's year is known by its own name. The longest phrase that
    the question holds, whole words of it, is written out: its metrics in its place, its grouping and its period behind
    the question. What the question says itself of grouping and period goes first, and a question for a meaning or an
    origin is about the metrics alone. A template with an access of its own stands for nothing, as nobody has decided
    who may see what it says."""
    years, right = catalogue.years, mended(intent, catalogue, is_word)
    own_year = bool(years) and _tells_its_year(right.text.lower(), years)
    if right.words or own_year:
        intent = read_intent(right.text, years=years if own_year else NO_YEARS)
    found = max(_phrases(intent, catalogue), key=lambda f: f.last - f.first, default=None)
    if found is None:
        return Written(intent=intent, mended=right.words)
    start, end = intent.tokens[found.first].start, intent.tokens[found.last].end
    metrics = " and ".join(_names(found.template.metrics, Metric, catalogue))
    written = f"{intent.text[:start]}{metrics}{intent.text[end:]}".rstrip(_ENDS)
    text = " ".join([written, *_added(intent, found, catalogue)])
    return Written(intent=read_intent(text, years=years), template=found.template.id, mended=right.words)


def _tells_its_year(text: str, years: Mapping[str, str]) -> bool:
    """Whether a word of the enterprise's own for its year stands in the text, or, where that is one of teaching, both
    calendar years of one ("2024-2025")."""
    named = not years.keys().isdisjoint(_LETTERS.findall(text))
    return named or (not TEACHING.isdisjoint(years) and _BOTH_YEARS.search(text) is not None)


def _phrases(intent: Intent, catalogue: Catalogue) -> Iterator[_Found]:
    words = [t.norm for t in intent.tokens]
    for template in catalogue.of_kind(QueryTemplate):
        if template.access is not None or not template.metrics:
            continue
        for phrase in template.phrases:
            own = [t.norm for t in tokens(phrase)]
            names = catalogue.names.get(normal_form(phrase), ())
            if not own or any(n.kind in _NAMED for n in names):
                continue
            for at in range(len(words) - len(own) + 1):
                if words[at : at + len(own)] == own:
                    yield _Found(first=at, last=at + len(own) - 1, template=template)


def _added(intent: Intent, found: _Found, catalogue: Catalogue) -> Iterator[str]:
    if any(c.kind in EXPLAINS for c in intent.cues):
        return
    cues = [c for c in intent.cues if c.last < found.first or c.first > found.last]
    groups = _names(found.template.dimensions, Dimension, catalogue)
    if groups and not any(c.kind == "group" for c in cues):
        yield f"by {' and '.join(groups)}"
    times = [t for t in intent.times if t.last < found.first or t.first > found.last]
    if found.template.period and all(isinstance(t.found, GrainMention) for t in times):
        yield found.template.period


def _names(ids: tuple[str, ...], kind: type[Asset], catalogue: Catalogue) -> list[str]:
    known = (catalogue.get(i, kind) for i in ids)
    return [a.name for a in known if a is not None]
