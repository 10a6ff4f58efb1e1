"""What a metric is called for short, where another one of the same word was asked for before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.assets import Metric, Term
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent
from ecp.domain.matching import Match, Target
from ecp.domain.mentions import Mention
from ecp.domain.words import normal_form


def short_names(
    intent: Intent, measured: Iterable[Mention], known: Iterable[Match], catalogue: Catalogue
) -> tuple[Match, ...]:
    """ "what about planned?", after a word that means planned and actual weight: the metric of that word whose name is
    the word and this. What names something itself, or would be several of them, is not taken for one, and nor are the
    things themselves ("for customers", of a customer rate)."""
    taken = {(m.first, m.last) for m in known if m.targets}
    called: dict[str, set[str]] = {}
    for term in _terms(measured, catalogue):
        for form, metric in _called(term, catalogue):
            called.setdefault(form, set()).add(metric)
    return tuple(
        Match(first=p.first, last=p.last, form=p.form, targets=(Target(kind="metric", asset_id=min(called[p.form])),))
        for p in intent.phrases
        if len(called.get(p.form, ())) == 1
        if (p.first, p.last) not in taken and not intent.tokens[p.last].is_inflected
    )


def _terms(measured: Iterable[Mention], catalogue: Catalogue) -> Iterator[Term]:
    """The words that were asked for, or of which what was asked for is one meaning."""
    ids = {t.asset_id for m in measured for t in m.targets}
    for term in catalogue.of_kind(Term):
        if term.id in ids or ids & {c.metric for c in term.metrics}:
            yield term


def _called(term: Term, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    words = [normal_form(text).split() for text in (term.name, *term.synonyms)]
    for metric in (m for c in term.metrics if (m := catalogue.get(c.metric, Metric))):
        for name in (metric.name, *metric.synonyms):
            own = normal_form(name).split()
            for word in words:
                for at in range(len(own) - len(word) + 1):
                    rest = own[:at] + own[at + len(word) :]
                    if word and rest and own[at : at + len(word)] == word:
                        yield " ".join(rest), metric.id
