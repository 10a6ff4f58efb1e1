"""Names inside others: what a dimension is called after, and what a metric's own name begins with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecp.domain.answer import EXPLAINS
from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.cover import Span, is_cut, is_limit, is_measured
from ecp.domain.forms import counts_itself, counts_people, names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    AUXILIARIES,
    BE,
    COMMON,
    COUNTS,
    EACH,
    EVERY,
    FILLERS,
    KINDS,
    MONEY,
    PREFIXES,
    PRONOUNS,
    ROLES,
    VERB_BEHIND,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.matching import Match, Target, targets_of
from ecp.domain.mentions import CUT, MEASURED, METRIC, Mention
from ecp.domain.participles import is_participle, stem
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form


def in_a_cut(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "the main reasons for delay", "outage causes": where nothing else is measured, the metric that what is cut by
    is called after."""
    known = tuple(mentions)
    cut = [m for m in known if m.role == "group"]
    if len(cut) != 1 or any(m.role in MEASURED for m in known) or _ranks_something_else(intent, cut[0]):
        return
    for first, last in _parts(cut[0]):
        targets = tuple(t for t in targets_of(intent.form(first, last), catalogue) if t.kind in METRIC)
        if targets:
            text = intent.text[intent.tokens[first].start : intent.tokens[last].end]
            yield Mention(text=text, first=first, last=last, role="metric", targets=targets)
            return


def _ranks_something_else(intent: Intent, cut: Mention) -> bool:
    """ "which delay reason has the most cases": whatever these are, it is not the delay."""
    known = intent.plain | {at for t in intent.times for at in range(t.first, t.last + 1)}
    known |= set(range(cut.first, cut.last + 1))
    behind = (c.last + 1 for c in intent.cues if c.kind in ("top", "bottom") and c.first > cut.last)
    return any(at < len(intent.tokens) and at not in known and intent.norm(at) not in FILLERS for at in behind)


def people_counted(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "how many nurses are there", where nothing else is measured: the one number of people that is kept by what the
    nurses are a kind of, and no number of anything else is, or it is what people are."""
    known = tuple(mentions)
    if any(m.role in MEASURED for m in known):
        return
    for member in (m for m in known if m.role == "member" and _is_counted(intent, m)):
        kept = [m for m in catalogue.metrics.of_sort("last") if set(m.dimensions or ()) & member.asset_ids]
        found = [m for m in kept if counts_people(m)]
        if len(found) == 1 and (found == kept or _is_a_role(member, catalogue)):
            words = intent.tokens[member.first - 2 : member.first]
            targets = (Target(kind="metric", asset_id=found[0].id),)
            text = intent.text[words[0].start : words[-1].end]
            yield Mention(text=text, first=member.first - 2, last=member.first - 1, role="metric", targets=targets)
            return
    found_by = tuple(_counted_as(intent, known, catalogue)) or tuple(_counted_in_one_word(intent, known, catalogue))
    found_by = found_by or tuple(_done_with_members(intent, known, catalogue))
    yield from found_by


def _done_with_members(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "how many big cases were opened", where big cases are a kind of case: of cases opened."""
    for member in (m for m in mentions if m.role == "member" and intent.pair_before(m.first) in COUNTS):
        behind = range(member.last + 1, min(member.last + 5, len(intent.tokens)))
        at = next((i for i in behind if intent.norm(i) not in AUXILIARIES | PRONOUNS), None)
        did = at is not None and any(intent.norm(i) == "did" for i in range(member.last + 1, at))
        if at is None or not (did or is_participle(intent.norm(at))):
            continue
        dimensions = [d for i in member.asset_ids if (d := catalogue.get(i, Dimension))]
        kinds = {word for d in dimensions for word in names_of(d)}
        forms = {f for (noun, verb), f in catalogue.done.items() if verb == stem(intent.norm(at)) and noun in kinds}
        targets = {t for f in forms for t in targets_of(f, catalogue) if t.kind == "metric"}
        if len({t.asset_id for t in targets}) == 1:
            text = intent.tokens[at].text
            yield Mention(text=text, first=at, last=at, role="metric", targets=tuple(targets)[:1])
            return


def _is_a_role(member: Mention, catalogue: Catalogue) -> bool:
    return any(w in ROLES for i in member.asset_ids for s in catalogue.spellings(i) for w in normal_form(s).split())


def _counted_as(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "how many old cases", "the most old cases", where old cases are a member: the cases that its own name ends
    with."""
    ranked = {c.last + 1 for c in intent.cues if c.kind in ("top", "bottom")}
    for member in (m for m in mentions if m.role == "member" and m.last > m.first):
        counted = intent.pair_before(member.first) in COUNTS or member.first in ranked
        for first in range(member.first + 1, member.last + 1) if counted else ():
            targets = tuple(t for t in targets_of(intent.form(first, member.last), catalogue) if t.kind in METRIC)
            if targets:
                text = intent.text[intent.tokens[first].start : intent.tokens[member.last].end]
                yield Mention(text=text, first=first, last=member.last, role="metric", targets=targets)
                return


def _counted_in_one_word(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "how many subplaces", "superplaces by kind", where these are a member: the places that the word ends with."""
    for member in (m for m in mentions if m.role in ("member", "compared") and m.last == m.first):
        norm = intent.norm(member.first)
        for prefix in (p for p in PREFIXES if norm.startswith(p)):
            named = targets_of(norm.removeprefix(prefix), catalogue, joined=False)
            targets = tuple(t for t in named if t.kind in METRIC)
            if targets and _are_kept(targets, member.asset_ids, catalogue):
                yield member.model_copy(update={"role": "metric", "targets": targets})
                return


def counted_in_members(intent: Intent, spans: tuple[Span, ...], catalogue: Catalogue) -> tuple[Span, ...]:
    """ "old cases by place", "new versus old cases", where old cases are a member, and nothing else is measured: the
    cases that its own name ends with, and those of them that are old. "The most common causes of old cases" are told
    by how many there were."""
    common = any(c.kind in ("top", "bottom") and intent.norm(c.last) in COMMON for c in intent.cues)
    explained = any(c.kind in EXPLAINS for c in intent.cues) or intent.norm(2) in ARTICLES - {"the"}
    if explained or (common and any(map(is_cut, spans))) or any(is_measured(s) and not is_cut(s) for s in spans):
        return spans
    return tuple(part for s in spans for part in _apart(intent, s, catalogue))


def _apart(intent: Intent, span: Span, catalogue: Catalogue) -> tuple[Span, ...]:
    """A member and what is counted, of one name."""
    if not is_limit(span) or not isinstance(span.value, Match):
        return (span,)
    counted = counted_at_its_end(intent, span.value, catalogue)
    if counted is None:
        return (span,)
    member = span.value.model_copy(update={"last": counted.first - 1})
    return Span(span.first, member.last, "name", member), Span(counted.first, span.last, "name", counted)


def counted_at_its_end(intent: Intent, member: Match | Mention, catalogue: Catalogue) -> Match | None:
    """The cases of "old cases", where those are a member of what cases are kept by."""
    ids = {t.asset_id for t in member.targets}
    for first in range(member.first + 1, member.last + 1):
        form = intent.form(first, member.last)
        targets = tuple(t for t in targets_of(form, catalogue) if t.kind != "member")
        if _are_kept((t for t in targets if t.kind in METRIC), ids, catalogue):
            return Match(first=first, last=member.last, form=form, targets=targets)
    return None


def _are_kept(targets: Iterable[Target], dimensions: Iterable[str], catalogue: Catalogue) -> bool:
    """Whether all that may be measured is kept by all of these."""
    metrics = catalogue.metrics_meant(t.asset_id for t in targets)
    return bool(metrics) and all(is_cut_by(m, i, catalogue) for m in metrics for i in dimensions)


def kinds_done(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "burglaries solved last month", "unsolved burglaries", "burglaries are unsolved", where nothing else is
    measured: the one number that the crimes solved, or unsolved, are, for these are a kind of crime."""
    known = tuple(mentions)
    members = [m for m in known if m.role in ("member", "compared") and not intent.tokens[m.last].is_one]
    if not members or any(m.role in MEASURED for m in known):
        return
    nouns = set.intersection(*(_things_by_kind(m, catalogue) for m in members))
    words = _words_of_states(intent, members[0], known)
    found = {at: ids for at in words if nouns and (ids := _called_so(intent, at, members[0], nouns, catalogue))}
    if len(found) == 1:
        ((at, ids),) = found.items()
        targets = tuple(Target(kind="metric", asset_id=i) for i in sorted(ids))
        yield Mention(text=intent.tokens[at].text, first=at, last=at, role="metric", targets=targets)


def _things_by_kind(member: Mention, catalogue: Catalogue) -> set[str]:
    """What things are called of which this is a kind: crimes, of the kind of a crime; by all their names."""
    called = (normal_form(s) for i in member.asset_ids for s in catalogue.spellings(i))
    turned = (f"{thing} {kind}" if thing else kind for kind, _, thing in (form.partition(" of ") for form in called))
    nouns = {noun for noun, _, kind in (form.rpartition(" ") for form in turned) if noun and kind in KINDS}
    counted = catalogue.metrics_meant(t.asset_id for n in nouns for t in targets_of(n, catalogue) if t.kind in METRIC)
    return nouns | {unit_of(m) for m in counted if counts_itself(m)}


def _words_of_states(intent: Intent, member: Mention, mentions: tuple[Mention, ...]) -> Iterator[int]:
    """Where words stand that may say what became of it: right before a member or its "the most", and behind it up to
    what is no name, no time and no particle."""
    named = {at for m in mentions for at in range(m.first, m.last + 1)}
    named |= {at for t in intent.times for at in range(t.first, t.last + 1)}
    most = {at for c in intent.cues if c.kind in ("top", "bottom") for at in range(c.first, c.last + 1)}
    most |= {min(most) - 1} if most and intent.norm(min(most) - 1) == "the" else set()
    idle = named | intent.plain | {at for at, word in enumerate(intent.tokens) if word.norm in EVERY}
    before = next((at for at in range(member.first - 1, -1, -1) if at not in named | most), None)
    behind = next((at for at in range(member.last + 1, len(intent.tokens)) if at not in idle), None)
    yield from (at for at in (before, behind) if at is not None)


def _called_so(intent: Intent, at: int, member: Mention, nouns: set[str], catalogue: Catalogue) -> set[str]:
    """The metrics that such things are with this word: the participle or the adjective before them, the participle
    behind them, the verb behind "did", the adjective behind "are"."""
    norm = intent.norm(at)
    between = {intent.norm(i) for i in range(member.last + 1, at)}
    done = is_participle(norm) or bool(between & VERB_BEHIND)
    forms = {f for noun in nouns if done and (f := catalogue.done.get((noun, stem(norm))))}
    if not done and (at < member.first or between & BE):
        forms = {f"{norm} {noun}" for noun in nouns}
    targets = {t.asset_id for f in forms for t in targets_of(f, catalogue) if t.kind in METRIC}
    return {m.id for m in catalogue.metrics_meant(targets) if any(is_cut_by(m, i, catalogue) for i in member.asset_ids)}


def kinds_counted(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "how many burglaries were there", "the most burglaries and thefts", where nothing else is measured: the crimes
    that these are a kind of, for they are members of what is called the kind of a crime."""
    known = tuple(mentions)
    members = [m for m in known if m.role in ("member", "compared") and not intent.tokens[m.last].is_one]
    if not members or any(m.role in MEASURED for m in known):
        return
    money = intent.pair_before(2) == ("how", "much")
    meant = set.intersection(*(set(_called_by_kind(m, catalogue, money=money)) for m in members))
    if len(meant) == 1:
        own = members[0]
        yield own.model_copy(update={"role": "metric", "targets": (Target(kind="metric", asset_id=meant.pop()),)})


def _called_by_kind(member: Mention, catalogue: Catalogue, *, money: bool) -> Iterator[str]:
    """What is called as the dimension's own name begins, and adds up: crimes, of the kind of a crime; or a sum of
    `money`, of the kind of a fine."""
    for dimension in (d for i in sorted(member.asset_ids) if (d := catalogue.get(i, Dimension))):
        form, _, kind = normal_form(dimension.name).rpartition(" ")
        named = {t.asset_id for t in targets_of(form, catalogue) if t.kind == "metric"} if kind in KINDS else set[str]()
        kept = (m for m in catalogue.metrics_meant(named) if is_cut_by(m, dimension.id, catalogue))
        yield from (m.id for m in kept if m.aggregation in ("sum", "last") and _is_money(m) == money)


def _is_money(metric: Metric) -> bool:
    return unit_of(metric) in MONEY


def cut_in_a_member(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "the top ten old places by cases", "which old places have the most", where old places are a member: each of the
    places that its own name ends with. Not where places are only called so, too: those may be others."""
    known = tuple(mentions)
    ranked = {c.last + 1 for c in intent.cues if c.kind in ("top", "bottom")}
    if not ranked or any(m.role == "group" for m in known) or not any(m.role in MEASURED for m in known):
        return
    ranked |= {m.last + 1 for m in known if m.role in MEASURED and m.first in ranked}  # "the highest A place"
    for member in (m for m in known if m.role == "member"):
        if member.first in ranked or intent.norm(member.first - 1) in ("which", "what"):
            if things := _things_of_a_kind(member, known, catalogue):
                yield member.model_copy(update={"role": "group", "targets": things})
                return
            for first in range(member.first + 1, member.last + 1):
                named = targets_of(intent.form(first, member.last), catalogue)
                others = (t for t in named if t.asset_id not in member.asset_ids)
                targets = tuple(t for t in others if t.kind in CUT and t.primary)
                if targets:
                    text = intent.text[intent.tokens[first].start : intent.tokens[member.last].end]
                    yield Mention(text=text, first=first, last=member.last, role="group", targets=targets)
                    return


def _things_of_a_kind(member: Mention, known: tuple[Mention, ...], catalogue: Catalogue) -> tuple[Target, ...]:
    """ "which school has the most", where schools are a kind of place, and numbers are cut by place: those places."""
    listed = any(m is not member and m.asset_ids & member.asset_ids for m in known)
    metrics = catalogue.metrics_meant(i for m in known if m.role in MEASURED for i in m.asset_ids)
    if listed or not metrics or any(m.first == member.last + 1 for m in known):
        return ()
    named = (t for noun in sorted(_things_by_kind(member, catalogue)) for t in targets_of(noun, catalogue))
    cuts = {t.asset_id for t in named if t.kind == "dimension" and t.asset_id not in member.asset_ids}
    kept = [i for i in sorted(cuts) if all(is_cut_by(m, i, catalogue) for m in metrics)]
    return (Target(kind="dimension", asset_id=kept[0]),) if len(kept) == 1 else ()


def each_in_a_role(intent: Intent, mentions: Iterable[Mention], catalogue: Catalogue) -> Iterator[Mention]:
    """ "by nurse", "which nurse", where nurse is a role of workers: each of the workers who are it."""
    known = tuple(mentions)
    metrics = catalogue.metrics_meant(i for m in known if m.role in MEASURED for i in m.asset_ids)
    for member in (m for m in known if m.role == "member" and is_one_of_a_role(intent, m, known, catalogue)):
        people = _people_in_a_role(member, catalogue)
        kept = [i for i in sorted(people) if metrics and all(is_cut_by(m, i, catalogue) for m in metrics)]
        if len(kept) == 1 and not any(m.role == "group" and m.asset_ids & people for m in known):
            targets = (Target(kind="dimension", asset_id=kept[0]),)
            yield member.model_copy(update={"role": "group", "targets": targets})


def is_one_of_a_role(intent: Intent, member: Mention, mentions: Iterable[Mention], catalogue: Catalogue) -> bool:
    """Whether a role is told in the singular right behind "by" or "each", and neither in a list of roles nor before
    what is measured: "by nurse cost"."""
    leads = intent.norm(member.first - 1) in EACH | {"by", "which", "what"}
    one = leads and intent.tokens[member.last].is_one and _is_a_role(member, catalogue)
    others = [m for m in mentions if m.first != member.first] if one else []
    listed = any(m.role != "group" and m.asset_ids & member.asset_ids for m in others)
    return one and not listed and not any(m.role in MEASURED and m.first == member.last + 1 for m in others)


def _people_in_a_role(member: Mention, catalogue: Catalogue) -> set[str]:
    """The dimensions that are called as a role's own name begins: workers, of the role of a worker."""
    called = (normal_form(s).split() for i in member.asset_ids for s in catalogue.spellings(i))
    nouns = {" ".join(words[:-1]) for words in called if len(words) > 1 and words[-1] in ROLES}
    named = {t.asset_id for noun in nouns for t in targets_of(noun, catalogue) if t.kind == "dimension"}
    return named - member.asset_ids


def groups_counted(intent: Intent, mentions: Iterable[Mention], *, bounded: bool) -> Mention | None:
    """ "how many places had more than 5 cases", "in how many months were there more": the groups that are left are what
    is counted."""
    groups = [m for m in mentions if m.role == "group"]
    if len(groups) != 1 or not bounded:
        return None
    return groups[0] if intent.pair_before(groups[0].first) in COUNTS else None


def _is_counted(intent: Intent, member: Mention) -> bool:
    word = intent.tokens[member.last]
    return intent.pair_before(member.first) == ("how", "many") and word.is_inflected


def own_name(intent: Intent, mentions: tuple[Mention, ...], catalogue: Catalogue) -> tuple[Mention, ...]:
    """ "new goods sold", where "new goods" and "goods sold" are one metric: "new" limits nothing then."""
    measured = [m for m in mentions if m.role in MEASURED]
    inside = [m for m in mentions for n in measured if m.role == "member" and _begins_name_of(intent, m, n, catalogue)]
    return tuple(m.model_copy(update={"role": "descriptor"}) if m in inside else m for m in mentions)


def _begins_name_of(intent: Intent, member: Mention, metric: Mention, catalogue: Catalogue) -> bool:
    if member.last + 1 != metric.first:
        return False
    forms = (intent.form(member.first, last) for last in range(metric.first, metric.last + 1))
    return any({t.asset_id for t in targets_of(f, catalogue) if t.kind in METRIC} & metric.asset_ids for f in forms)


def _parts(mention: Mention) -> Iterator[tuple[int, int]]:
    """Longer ones first, and never the whole."""
    for length in range(mention.last - mention.first, 0, -1):
        for first in range(mention.first, mention.last - length + 2):
            yield first, first + length - 1
