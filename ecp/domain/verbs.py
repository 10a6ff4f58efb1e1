"""Words around what is measured that say nothing its definition does not say: "did we receive", "caused by"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import names_of
from ecp.domain.intent import Intent
from ecp.domain.language import (
    ARTICLES,
    AUXILIARIES,
    BE,
    BRINGING,
    CAPTURING,
    CARRIED,
    CARRYING,
    CLASSIFYING,
    COME_TO_AN_END,
    COMING_TO_BE,
    COMPARATIVES,
    CONDUCTING,
    DIRECTED,
    DRIVING,
    ENDING,
    EVERY,
    EXISTING,
    FILLERS,
    GAINING,
    HANDLING,
    HAVING,
    HOW_MUCH,
    LEADING_ON,
    LINKING,
    MONEY,
    NEGATIONS,
    ORIGINATING,
    PAYING,
    PERFORMING,
    PERSONS,
    POPULATIONS,
    PROGRESSING,
    PRONOUNS,
    SERVING,
    SPENDING,
    SUPERLATIVES,
    TAKING,
    TRADED,
    TRADING,
    TRAVELLING,
    VERB_BEHIND,
    WAYS,
)
from ecp.domain.mentions import MEASURED, METRIC, Mention
from ecp.domain.of_which import called_so, tells_of_which
from ecp.domain.participles import deeds, doers, is_a_person, is_deed, is_participle, stem
from ecp.domain.phrasal import PARTICLES, is_called_by_both
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form

_SUBJECTS = frozenset({"we", "you", "they", "i", "do", "doe", "did"})
_BE = BE | {"be", "been"}
_CAUSED = frozenset({"caused", "related", "induced"})
_SPREADING = frozenset({"distributed", "spread"})
_ACROSS = frozenset({"across", "over", "by", "among", "between", "in"})
_ASKING = frozenset({"which", "what"})
_BY_WHICH = frozenset({"with", "by", "via", "through", "in", "on", "using", "from", "to", "at"})
_BESIDE_A_SUBJECT = AUXILIARIES | FILLERS | POPULATIONS | {"who", "that", "which"}
_BEFORE_A_VERB = AUXILIARIES | PRONOUNS | {"there"}


def idle_words(
    intent: Intent, mentions: Iterable[Mention], left: Iterable[int], catalogue: Catalogue, metrics: Iterable[Metric]
) -> Iterator[int]:
    """The positions among `left` of verbs and links without a meaning of their own. A verb that stands as an adjective
    before what is measured ("received goods") always has one."""
    named, known = tuple(mentions), tuple(metrics)
    said = _said_by(known)
    money = bool(known) and all(unit_of(m) in MONEY for m in known)
    does = any(t.norm in VERB_BEHIND for t in intent.tokens)
    links = LINKING | (SPENDING if does else SPENDING - {"cost"}) if money else LINKING
    if any(intent.pair_before(at) in HOW_MUCH for at in range(2, len(intent.tokens))):
        links = links | EXISTING
    measured = {at for m in named if m.role in MEASURED for at in range(m.first, m.last + 1)}
    for at in set(left) - measured:
        norm = intent.tokens[at].norm
        behind = intent.norm(at + 1)
        if norm in _SPREADING and behind not in _ACROSS and intent.tokens[0].norm == "how":
            continue  # "how is A distributed"
        unnamed = not {norm, stem(norm)} & catalogue.words
        tied = (
            _is_caused(intent, at, named)
            or _is_a_success(intent, at, measured)
            or behind in LEADING_ON.get(norm, ())
            or (unnamed and _is_told_by_a_place(intent, at, named, catalogue))
            or _is_told_by_its_kind(intent, at, named, catalogue)
            or (unnamed and _begins_there(intent, at, named, catalogue))
            or _is_put_into_a_kind(intent, at, named, catalogue)
            or _is_carried_out(intent, at, named, known, catalogue)
            or (unnamed and _is_done_in_a_way(intent, at, named, catalogue))
            or (unnamed and _does_what_they_are_called(intent, at, named, catalogue))
            or tells_of_which(intent, at, named, known, catalogue)
            or _takes_place(intent, at)
            or (at - 1 not in measured and _is_its_particle(intent, at, known))
        )
        idle = _is_verb(intent, at, named) and (
            norm in links
            or (_is_said(norm, said) and not _is_state(intent, at))
            or (unnamed and _is_meant(norm, known, said))
            or (unnamed and norm in CAPTURING and intent.norm(at - 1) in PRONOUNS and _come_in(known))
            or _came_to_be(norm, known, said, catalogue)
            or (norm in PROGRESSING and any(m.role == "target" for m in named))
        )
        theirs = norm in HANDLING and intent.norm(at - 1) == "they" and any(m.role == "group" for m in named)
        tied = tied or (theirs and not any(m.is_stock for m in known))  # "the orders they handled"
        if idle or tied or _tells_only_whose(intent, at, named, unnamed=unnamed, money=money):
            yield at


def _takes_place(intent: Intent, at: int) -> bool:
    """ "cases that took place", "taking place"."""
    first = at - (intent.norm(at) == "place")
    return intent.norm(first) in TAKING and intent.norm(first + 1) == "place"


def _is_its_particle(intent: Intent, at: int, metrics: tuple[Metric, ...]) -> bool:
    """ "members signed up", of sign-ups, and of those who are defined as having signed up."""
    verb, particle = stem(intent.norm(at - 1)), intent.norm(at)
    if not verb or particle not in PARTICLES or not (is_participle(intent.norm(at - 1)) or verb == intent.norm(at - 1)):
        return False
    return bool(metrics) and all(is_called_by_both(m, verb, particle) for m in metrics)


def _tells_only_whose(intent: Intent, at: int, named: tuple[Mention, ...], *, unnamed: bool, money: bool) -> bool:
    """Whether the deed of a group or a member says no more than that a number is theirs. `unnamed`: nothing here is
    called by this verb, which then has no meaning of its own."""
    norm = intent.tokens[at].norm
    deeds = BRINGING | HAVING | PERFORMING | CONDUCTING | (PAYING if money else frozenset[str]())
    brings = (norm in DRIVING or (unnamed and norm in deeds)) and _brings_the_most(intent, at, named)
    drives = norm in DRIVING and _is_asked_of_groups(intent, at, named)
    drives = drives or (norm in BRINGING and _is_between(intent, at, named))
    return brings or drives or ((unnamed or norm in HANDLING) and _is_doing(intent, at, named))


def _is_caused(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "storm caused cases": of what is named before it."""
    members = any(m.last == at - 1 and m.role == "member" for m in mentions)
    return intent.tokens[at].norm in _CAUSED and members and any(m.first == at + 1 for m in mentions)


def _is_a_success(intent: Intent, at: int, measured: set[int]) -> bool:
    """ "cases successfully completed", of completed cases."""
    beside = {i for i in (at - 1, at + 1) if i in measured and intent.norm(i) in ENDING}
    return intent.tokens[at].norm == "successfully" and bool(beside)


def _is_meant(norm: str, metrics: tuple[Metric, ...], said: list[_Said]) -> bool:
    """ "did we acquire", of new customers; "passengers flew", of those
    carried; "sells", of units sold, and of the money that comes in by it."""
    if norm in GAINING:
        return bool(said) and all("new" in s.names for s in said)
    if norm in TRAVELLING:
        return bool(said) and all(s.words & PERSONS and s.words & CARRIED for s in said)
    return norm in TRADING and bool(said) and (all(s.words & TRADED for s in said) or _come_in(metrics))


def _came_to_be(norm: str, metrics: tuple[Metric, ...], said: list[_Said], catalogue: Catalogue) -> bool:
    """ "cases were created", of cases that add up and are not counted as they end, where no state and no kind of theirs
    is called so; what of other things is, says nothing of these."""
    if norm not in COMING_TO_BE or not metrics or any(m.aggregation != "sum" for m in metrics):
        return False
    ending = any(not COME_TO_AN_END.isdisjoint(_words_of(m)) for m in metrics)
    return not ending and all(n.kind in METRIC and n.member is None for n in called_so(norm, catalogue))


def _come_in(metrics: tuple[Metric, ...]) -> bool:
    """Whether these are sums of money of which more is better."""
    return all(unit_of(m) in MONEY and m.better == "higher" for m in metrics)


def _is_verb(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    before = intent.norm(at - 1)
    if before in _SUBJECTS:
        return True
    adjective = any(m.first == at + 1 and m.role in MEASURED for m in mentions)
    several = intent.tokens[at].text.lower() == f"{intent.norm(at)}s"  # "stock cases": no verb
    several = several and intent.norm(at) not in BRINGING | LINKING | EXISTING  # "the squad sits in A" has one
    if several and any(m.last == at - 1 and m.role in MEASURED for m in mentions):
        return False
    return not adjective and (before in _BEFORE_A_VERB or any(m.last == at - 1 for m in mentions))


def _is_doing(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "handled by A", "did A handle", "how many cases did A produce": only who it was. "Are we generating"."""
    words = intent.tokens
    if words[at].norm in BRINGING and words[at - 1].norm in _SUBJECTS and at > 0:
        return True
    whom = at + 2 + (intent.norm(at + 2) in EVERY | ARTICLES)
    by = intent.norm(at + 1) == "by" and any(m.first == whom for m in mentions)
    subject = _subject(intent, at, mentions)
    if words[at].norm in HANDLING | SERVING:
        return by or subject is not None
    did = subject is not None and any(words[i].norm in VERB_BEHIND for i in range(max(subject.first - 2, 0), at))
    return words[at].norm in BRINGING and did and not any(m.first > at and m.role in MEASURED for m in mentions)


def _subject(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> Mention | None:
    """Whoever a verb is said of, where words that say nothing may stand between: "the places that are driving"."""
    subjects = {m.last: m for m in mentions if m.role in ("group", "member")}
    last = at - 1
    while last > 0 and last not in subjects and intent.tokens[last].norm in _BESIDE_A_SUBJECT:
        last -= 1
    return subjects.get(last)


def _brings_the_most(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "which places drive the most A", "does one place drive more A than another", "spend the most in A": as "have".
    What drives A itself is a cause."""
    behind = [t.norm for t in intent.tokens[at + 1 : at + 4] if t.norm not in ("the", "in")]
    degrees = SUPERLATIVES | COMPARATIVES
    units = any(t.found.type == "grain" and t.last == at - 1 for t in intent.times)
    return (units or _subject(intent, at, mentions) is not None) and behind[:1] != [] and behind[0] in degrees


def _is_between(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "the ten case-generating places"."""
    brought = any(m.last == at - 1 and m.role in MEASURED for m in mentions)
    groups = any(m.first == at + 1 and m.role == "group" for m in mentions)
    return brought and groups and intent.tokens[at].text.lower().endswith("ing")


def _is_asked_of_groups(intent: Intent, at: int, mentions: tuple[Mention, ...]) -> bool:
    """ "which places are driving A": where there is A, place by place."""
    subject = _subject(intent, at, mentions)
    if subject is None or subject.role != "group":
        return False
    ranked = any(c.kind in ("top", "bottom") and c.last == subject.first - 1 for c in intent.cues)
    timed = {i for t in intent.times for i in range(t.first, t.last + 1)}
    behind = next((i for i in range(at + 1, len(intent.tokens)) if i not in timed | intent.plain), at)
    asked = ranked or intent.tokens[subject.first - 1].norm in _ASKING
    return asked and any(m.first == behind and m.role in MEASURED for m in mentions)


def _is_told_by_a_place(intent: Intent, at: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "departing from A", where A is a place of departure."""
    behind = at + 2 + (at + 2 < len(intent.tokens) and intent.tokens[at + 2].norm == "the")
    place = next((m for m in mentions if m.first == behind and m.role in ("member", "compared", "excluded")), None)
    dimensions = [d for i in (place.asset_ids if place else ()) if (d := catalogue.get(i, Dimension))]
    called = {word for d in dimensions for word in (*names_of(d), *_ends_of_ways(d))}
    for verbs, leading, names in WAYS:
        if called and intent.tokens[at].norm in verbs and intent.tokens[at + 1].norm in leading:
            others = frozenset[str]().union(*(n for _, _, n in WAYS)) - names
            return bool(called & names) and not called & others
    return False


def _is_told_by_its_kind(intent: Intent, at: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "paid with A", where A is a way of payment, "shipped by B", where B is a shipper: only how or by whom."""
    norm = intent.tokens[at].norm
    behind = at + 2 + (intent.norm(at + 2) in ARTICLES)
    member = next((m for m in mentions if m.first == behind and m.role in ("member", "compared", "excluded")), None)
    if member is None or not is_participle(norm) or intent.norm(at + 1) not in _BY_WHICH:
        return False
    if intent.norm(at - 1) in NEGATIONS and member.role != "excluded":
        return False
    called = [names_of(d) for i in member.asset_ids if (d := catalogue.get(i, Dimension))]
    nouns = {*deeds(norm), *doers(norm)}
    return bool(called) and all(names & nouns for names in called)


def _is_put_into_a_kind(intent: Intent, at: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "cases graded high", "cases classified as grave", where that is a kind of case: it is told by the kind."""
    norm = intent.norm(at)
    if norm not in CLASSIFYING or not is_participle(norm):
        return False
    behind = at + 1 + (intent.norm(at + 1) in ("as", "both"))
    member = next((m for m in mentions if m.first == behind and m.role in ("member", "compared")), None)
    said_of = any(m.last == at - 1 - (intent.norm(at - 1) in BE) and m.kinds & METRIC for m in mentions)
    if member is None or not said_of:
        return False
    kinds = [names_of(d) for i in member.asset_ids if (d := catalogue.get(i, Dimension))]
    words = {norm, stem(norm)}
    return words.isdisjoint(catalogue.words) or all(not words.isdisjoint({*k, *map(stem, k)}) for k in kinds)


def _is_done_in_a_way(intent: Intent, at: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "filed electronically", "aged 18-34", where that is a way or an age: told by the member behind it."""
    member = next((m for m in mentions if m.first == at + 1 and m.role in ("member", "compared")), None)
    if member is None or not (is_participle(intent.norm(at)) or intent.norm(at) == "aged"):
        return False
    dimensions = [d for i in member.asset_ids if (d := catalogue.get(i, Dimension))]
    aged = intent.norm(at) == "aged" and all("age" in names_of(d) for d in dimensions)
    adverb = member.first == member.last and intent.norm(member.last).endswith("ly")
    said_of = any(m.last < at and m.role in MEASURED for m in mentions)
    return said_of and (aged or adverb)


def _is_carried_out(
    intent: Intent, at: int, mentions: tuple[Mention, ...], metrics: tuple[Metric, ...], catalogue: Catalogue
) -> bool:
    """ "how many tests has A carried out", "tests conducted by A", of deeds that are counted, or of what people are
    told to do."""
    verb = at - 1 if intent.norm(at) == "out" else at
    out = intent.norm(verb) in CARRYING and intent.norm(verb + 1) == "out"
    if not (out or (verb == at and intent.norm(at) in CONDUCTING)):
        return False
    doing = [m for m in mentions if m.role in ("group", "member") and _are_people(m, catalogue)]
    counted = bool(metrics) and all(m.aggregation == "sum" and (doing or _is_a_deed(m)) for m in metrics)
    return counted and any(m.last < verb and m.role in MEASURED for m in mentions)


def _is_a_deed(metric: Metric) -> bool:
    """Whether what is counted is called after a verb: inspections, tests, deliveries."""
    return is_deed((unit_of(metric) or normal_form(metric.name)).rpartition(" ")[2])


def _are_people(mention: Mention, catalogue: Catalogue) -> bool:
    dimensions = [d for i in mention.asset_ids if (d := catalogue.get(i, Dimension))]
    return bool(dimensions) and all(is_a_person(normal_form(d.name).rpartition(" ")[2]) for d in dimensions)


def _does_what_they_are_called(intent: Intent, at: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "how many ships does A run", where A is called a runner of ships: only whose they are."""
    subject = _subject(intent, at, mentions)
    did = subject is not None and any(
        intent.norm(i) in VERB_BEHIND for i in range(max(subject.first - 2, 0), subject.first)
    )
    if subject is None or not did or subject.role != "member":
        return False
    called = [names_of(d) for i in subject.asset_ids if (d := catalogue.get(i, Dimension))]
    own = set(doers(intent.norm(at)))
    return bool(called) and all(names & own for names in called)


def _begins_there(intent: Intent, at: int, mentions: tuple[Mention, ...], catalogue: Catalogue) -> bool:
    """ "originating from A", "which places do cases originate from", where that is no place of arrival."""
    if intent.norm(at) not in ORIGINATING or intent.norm(at + 1) not in ("from", "in", "at"):
        return False
    behind = at + 2 + (intent.norm(at + 2) == "the")
    asked = at + 2 == len(intent.tokens) and intent.norm(0) in _ASKING
    roles = ("group",) if asked else ("member", "compared", "excluded")
    place = next((m for m in mentions if m.role in roles and m.first == (1 if asked else behind)), None)
    dimensions = [d for i in (place.asset_ids if place else ()) if (d := catalogue.get(i, Dimension))]
    called = {word for d in dimensions for word in (*names_of(d), *_ends_of_ways(d))}
    return bool(called) and not any(called & names for verbs, _, names in WAYS if "arrive" in verbs)


def _ends_of_ways(dimension: Dimension) -> Iterator[str]:
    """What ends of ways it is defined by: the place "of the receiver"."""
    words = set(normal_form(dimension.definition).split())
    yield from sorted(words & frozenset[str]().union(*(names for _, _, names in WAYS)) if not words & NEGATIONS else ())


def _is_state(intent: Intent, at: int) -> bool:
    """ "are open", which is not "are opened"."""
    norm = intent.tokens[at].norm
    return at > 0 and intent.tokens[at - 1].norm in _BE and not (is_participle(norm) or norm.endswith("ing"))


class _Said(NamedTuple):
    """The words of a metric: all that say what is counted, and those it goes by; and whether it is a level."""

    words: frozenset[str]
    names: frozenset[str]
    level: bool


def _said_by(metrics: Iterable[Metric]) -> list[_Said]:
    """For each metric what it is defined by; nothing of a definition that says what is not counted."""
    found: list[_Said] = []
    for metric in metrics:
        names = frozenset(names_of(metric))
        words = _words_of(metric)
        found.append(_Said(frozenset() if words & NEGATIONS else words, names, metric.is_stock))
    return found


def _words_of(metric: Metric) -> frozenset[str]:
    return frozenset({*names_of(metric), *normal_form(metric.definition).split()})


def _is_said(norm: str, said: list[_Said]) -> bool:
    """Whether every metric that may be meant is defined by this verb, or, where a thing can only come or go, by no
    other one."""
    if norm in DIRECTED and said and not any(s.words & DIRECTED for s in said):
        return True
    return bool(said) and all(stem(norm) in _stems(s.names) or _is_in(norm, s.words) or _is_done(norm, s) for s in said)


def _is_in(norm: str, words: frozenset[str]) -> bool:
    return norm in words or stem(norm) in _stems(words)


def _is_done(norm: str, said: _Said) -> bool:
    """ "candidates applied", of applications: the deed is what the metric is called, and no word of its definition.
    What was opened is not what is open."""
    return not said.level and is_participle(norm) and not said.names.isdisjoint(deeds(norm))


def _stems(words: Iterable[str]) -> set[str]:
    return {stem(w) for w in words if is_participle(w)}
