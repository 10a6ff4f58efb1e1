"""Names that are ordinary words as well: whether the name is meant or the word, by what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.forms import counts_people, is_under_way, names_of
from ecp.domain.intent import Intent, is_shouting
from ecp.domain.language import (
    ARTICLES,
    BE,
    BEFORE_HEADING,
    COUNTS,
    CUTTING,
    DEGREES,
    EVERY,
    FILLERS,
    HOW_MUCH,
    LIGHT_VERBS,
    LIST_WORDS,
    NUMBER_WORDS,
    PARTICLES,
    POPULATIONS,
    POSSESSIVES,
    PRESENT,
    REQUESTS,
    TIME_UNITS,
    UNDER_WAY,
    VERB_BEHIND,
)
from ecp.domain.limits import is_cut_by
from ecp.domain.matching import CUT, METRIC, Match, Target
from ecp.domain.participles import is_participle, stem
from ecp.domain.plan.references import has_its_column
from ecp.domain.time.vocabulary import ADVERBS
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form

_UNEQUAL = re.compile(r"(?:!=|<>|≠)\s*[\"']?$")
_STATES = BE | {"be", "been", "remain", "remained", "still", "not"}
_WHOSE = frozenset({"with", "whose", "who", "that", "having", "has", "had", "have"})
_HAVING = frozenset({"have", "has", "had", "with", "a", "an", "do", "we"})
_EACH = EVERY | {"which"}
_SIZES = frozenset({"high", "low"})
_FOREMOST = frozenset({"main", "leading", "top"})
_PLACING = frozenset({"in", "on", "with", "as", "for"})
_ALL = frozenset({"what", "whose", "all", "any", "many"})
_OF_PARTS = frozenset({"of", "by", "per", "across", "for", "into", "between"})
_DO = frozenset({"did", "do", "doe", "does"})
_DURING = frozenset({"within", "during", "outside"})
_BEFORE_A_REQUEST = BEFORE_HEADING | REQUESTS | ARTICLES | {"me", "us"}


def as_they_are_meant(intent: Intent, matches: tuple[Match, ...], catalogue: Catalogue) -> tuple[Match, ...]:
    """The matches without what they name beside the point: "our current cases" those of now and not a member
    Current, "which agents" the dimension and not a member Agent, "a premium over 100" the number and no member."""
    measured = _measured(matches)
    matches = tuple(m for m in matches if not _is_done_by_whom(m, matches) and not _is_an_order(intent, m, matches))
    matches = tuple(m for m in matches if not _asks_for_parts(intent, m, matches, catalogue))
    matches = tuple(m for m in matches if not _brings_another(intent, m, matches))
    matches = tuple(m for m in matches if not (_does_so(intent, m, matches, catalogue) or _is_how_long(intent, m)))
    matches = tuple(m for m in matches if not _is_what_it_does(intent, m, matches))
    whole = matches = tuple(m for m in matches if not _is_number_of_another(m, matches))
    if intent.related:
        whole = tuple(m for m in matches if not any(unequal(intent, at) for at in range(m.first + 1, m.last + 1)))
    meant = (_as_meant(intent, m, matches, measured, catalogue) for m in whole)
    return tuple(m for m in meant if m is not None)


def unequal(intent: Intent, at: int) -> bool:
    """Whether a word is what something is not: "place != A"."""
    return at > 0 and bool(_UNEQUAL.search(intent.gap(at - 1, at)))


def _as_meant(
    intent: Intent, match: Match, matches: tuple[Match, ...], measured: frozenset[str], catalogue: Catalogue
) -> Match | None:
    members = [t for t in match.targets if t.kind == "member"]
    if not members:
        return _kept_for_short(match, measured, catalogue)
    if _asks_how_many(intent, match):
        return None
    norm = intent.norm(match.first)
    if members == list(match.targets) and match.first == match.last:
        now = norm in PRESENT and _says_when(intent, match, matches, measured, catalogue)
        verb = match.first in intent.plain and bool(measured) and not _is_kept(match, measured, catalogue)
        often = _is_how_often(intent, match, matches, catalogue) or _is_a_degree(intent, match, matches, catalogue)
        open_ = norm in UNDER_WAY and _is_open_anyway(norm, match, matches, measured, catalogue)
        return None if now or verb or often or open_ or _is_told_by_a_name(intent, match, matches) else match
    cut, both = (any(t.kind in kinds for t in match.targets) for kinds in (CUT, METRIC))
    if both and _says_it_again(intent, match, matches):
        return _without_members(match)
    if cut and (_describes_another(match, matches) or _asks_for_each(intent, match, matches, catalogue)):
        return _without_members(match)
    return _without_members(match) if both and _is_a_number(intent, match, matches) else match


def _kept_for_short(match: Match, measured: frozenset[str], catalogue: Catalogue) -> Match:
    """ "customers by place", where those have a home place, and what is called Place is a column of other numbers only:
    of all that is called so for short the one that stands beside what is measured."""
    named = [d for t in match.targets if t.kind == "dimension" and (d := catalogue.get(t.asset_id, Dimension))]
    metrics = catalogue.metrics_meant(measured)
    if len(named) != 1 or len(match.targets) != 1 or not metrics or any(stands_beside(m, named[0]) for m in metrics):
        return match
    short = (d for i in catalogue.heads.get(match.form, ()) if (d := catalogue.get(i, Dimension)))
    beside = [d for d in short if all(stands_beside(m, d) for m in metrics)]
    if len(beside) != 1:
        return match
    target = match.targets[0].model_copy(update={"asset_id": beside[0].id, "primary": False})
    return match.model_copy(update={"targets": (target,)})


def stands_beside(metric: Metric, dimension: Dimension) -> bool:
    """Whether the pack says that the number is kept by it: by name, or as a column of its cube."""
    return dimension.id in metric.dimensions if metric.dimensions is not None else has_its_column(metric, dimension)


def _is_open_anyway(
    word: str, match: Match, matches: Iterable[Match], measured: frozenset[str], catalogue: Catalogue
) -> bool:
    """ "the active backlog", where a case may be Active and the backlog, which is not kept so, is what is open."""
    behind = any(m.first == match.last + 1 and _names_a_number(m) for m in matches)
    metrics = catalogue.metrics_meant(measured)
    anyway = bool(metrics) and all(is_under_way(m, word) for m in metrics)
    return behind and anyway and not _is_kept(match, measured, catalogue)


def _is_how_often(intent: Intent, match: Match, matches: tuple[Match, ...], catalogue: Catalogue) -> bool:
    """ "monthly income", "the weekly number of visits", though a plan is called Monthly: of what happens and of rates,
    by which units it is told; of how many there are ("monthly customers") it may be the plan, but where a course is
    asked for."""
    if intent.tokens[match.first].text.lower() not in ADVERBS:
        return False
    behind = intent.after(match.last + 1, FILLERS | {"of"})
    starts = {match.last + 1, behind}
    named = [m for m in matches if m.first in starts and any(t.kind in METRIC for t in m.targets)]
    longest = max(named, key=lambda m: m.last, default=None)
    metrics = catalogue.metrics_meant(t.asset_id for t in (longest.targets if longest else ()))
    course = any(c.kind == "trend" for c in intent.cues)
    return bool(metrics) and (course or not any(_are_there(m) for m in metrics))


def _asks_how_many(intent: Intent, match: Match) -> bool:
    """ "how many closed", where something is written many_closed: a number of them, and no name."""
    return match.last > match.first and intent.pair_before(match.first + 1) in HOW_MUCH


def _says_it_again(intent: Intent, match: Match, matches: tuple[Match, ...]) -> bool:
    """ "how many members have memberships", where both are names of one number: nothing new, and no member that is
    called so."""
    own = {t.asset_id for t in match.targets if t.kind in METRIC}
    before = (m for m in matches if m.last < match.first and not any(t.kind == "member" for t in m.targets))
    said = [m for m in before if {t.asset_id for t in m.targets if t.kind in METRIC} == own]
    limits = (m for m in matches if all(t.kind == "member" for t in m.targets))
    told = {at for m in limits for at in range(m.first, m.last + 1)}
    between = ({intent.norm(at) for at in range(m.last + 1, match.first) if at not in told} for m in said)
    return any(words <= _HAVING for words in between)


def _are_there(metric: Metric) -> bool:
    """Whether it is how many there are, of people or of anything else, and nothing that happens and no rate."""
    return metric.is_stock or (metric.aggregation == "none" and counts_people(metric))


def _is_a_degree(intent: Intent, match: Match, matches: tuple[Match, ...], catalogue: Catalogue) -> bool:
    """ "the highest cost", "each place", "low waiting time", "our main place", where members are called Highest, Each,
    Low and Main: what is meant beside the name of what they are members of, in a list of them, or written as names."""
    norm = intent.norm(match.first)
    behind = [t for m in matches if m.first == match.last + 1 for t in m.targets]
    degree = norm in DEGREES or (norm in _SIZES and _is_of_no_number(behind, catalogue))
    degree = degree or (norm in _FOREMOST and any(t.kind in CUT for t in behind))
    if not degree or _is_written_as_a_name(intent, match.first) or _has_its_like(match, matches):
        return False
    dimensions = (d for t in match.targets if (d := catalogue.get(t.asset_id, Dimension)))
    own = {word for d in dimensions for word in names_of(d)}
    near = [intent.norm(at) for at in (match.first - 1, match.first - 2, match.last + 1)]
    placed = intent.norm(match.first - 1) in _PLACING and not behind
    return not (own & {near[0], near[2]} or (near[0] in _STATES and near[1] in own) or placed)


def _is_of_no_number(targets: Iterable[Target], catalogue: Catalogue) -> bool:
    """Whether what is measured is no number of things, of which some may be so."""
    metrics = catalogue.metrics_meant(t.asset_id for t in targets if t.kind in METRIC)
    return bool(metrics) and not any(unit_of(m) in names_of(m) for m in metrics)


def _is_written_as_a_name(intent: Intent, at: int) -> bool:
    return at > 0 and intent.tokens[at].text[0].isupper() and not is_shouting(intent.tokens)


def _is_done_by_whom(match: Match, matches: tuple[Match, ...]) -> bool:
    """ "cases closed by A", where something is called closed by: cases closed, and by whom."""
    if not (match.form.endswith(" by") and any(t.kind in CUT for t in match.targets)):
        return False
    own = {t.asset_id for t in match.targets}
    done = any(m.first < match.first == m.last and any(t.kind in METRIC for t in m.targets) for m in matches)
    whom = (t for m in matches if m.first in (match.last + 1, match.last + 2) for t in m.targets if t.kind == "member")
    return done and any(t.asset_id in own for t in whom)


def _is_an_order(intent: Intent, match: Match, matches: tuple[Match, ...]) -> bool:
    """ "the top ten places by weight order by weight", where something is called an order, too: how they are sorted."""
    if intent.tokens[match.last].text.lower() != "order" or intent.norm(match.last + 1) != "by":
        return False
    if not any(c.first == match.last and c.kind in ("sort", "sort_up") for c in intent.cues):
        return False
    measured = [m for m in matches if any(t.kind in METRIC for t in m.targets)]
    before = any(m.last == match.last - 1 for m in measured if m.last < match.last)
    return before and any(m.first == match.last + 2 for m in measured)


def _asks_for_parts(intent: Intent, match: Match, matches: tuple[Match, ...], catalogue: Catalogue) -> bool:
    """ "break down A by place", "a breakdown of A", where something is called breakdowns and another number is named,
    or nothing is called "breakdown": a request; "breakdowns by place", "when do they break down" are of them."""
    word, words = intent.tokens[match.first], match.last - match.first
    verb = words == 1 and intent.norm(match.last) in PARTICLES
    if word.norm not in CUTTING - PARTICLES or not (verb or words == 0) or not _names_a_number(match):
        return False
    others = [m for m in matches if (m.first > match.last or m.last < match.first) and _names_a_number(m)]
    if verb:
        return bool(others) and {intent.norm(at) for at in range(match.first)} <= _BEFORE_A_REQUEST
    before, behind = intent.norm(match.first - 1), intent.norm(match.first + 1)
    beside = behind in _OF_PARTS or (behind == "" and any(m.last == match.first - 1 for m in others))
    spelled = {name.lower() for t in match.targets for name in catalogue.spellings(t.asset_id)}
    asked = bool(others) or word.text.lower() not in spelled
    return asked and not word.is_inflected and beside and before not in LIST_WORDS


def _brings_another(intent: Intent, match: Match, matches: tuple[Match, ...]) -> bool:
    """ "earned more than 100 in A", where earnings are measured, too: what was earned is said, and it is A."""
    verb = intent.norm(match.first)
    light = match.first == match.last and verb in LIGHT_VERBS and is_participle(verb)
    if not light or {t.kind for t in match.targets} - METRIC:
        return False
    behind = next((m for m in matches if m.first > match.last and _names_a_number(m)), None)
    if behind is None or {t.asset_id for t in match.targets} & {t.asset_id for t in behind.targets}:
        return False
    between = {intent.norm(at) for at in range(match.last + 1, behind.first)}
    return bool(between) and not between & LIST_WORDS


def _does_so(intent: Intent, match: Match, matches: tuple[Match, ...], catalogue: Catalogue) -> bool:
    """ "how many goods play there", "did A play", where members are called plays: the verb behind its subject."""
    word = intent.tokens[match.first]
    spelled = {name.lower() for t in match.targets for name in catalogue.spellings(t.asset_id, t.member)}
    if {t.kind for t in match.targets} != {"member"} or match.first != match.last or word.text.lower() in spelled:
        return False
    before = {m.last for m in matches if m is not match}
    subject = intent.tokens[match.first - 1] if match.first - 1 in before else None
    asked = any(t.norm in VERB_BEHIND for t in intent.tokens[: match.first])
    return not word.is_inflected and subject is not None and (asked or subject.is_inflected)


def _is_what_it_does(intent: Intent, match: Match, matches: tuple[Match, ...]) -> bool:
    """ "what did A cost us", where A is a number itself, and something else is called a cost: the verb behind A."""
    if match.first != match.last or {t.kind for t in match.targets} - METRIC or not intent.tokens[match.first].is_one:
        return False
    beside = any(m.last == match.first - 1 and _names_a_number(m) for m in matches)
    return beside and any(intent.norm(at) in _DO for at in range(match.first))


def _is_how_long(intent: Intent, match: Match) -> bool:
    """ "in 24 hours", "within business hours", where something is kept by the hour: how long it took, or when."""
    cut = all(t.kind in CUT for t in match.targets)
    if not cut or match.first != match.last or intent.norm(match.first) not in TIME_UNITS:
        return False
    before = intent.norm(match.first - 1)
    return before.isdigit() or before in NUMBER_WORDS or intent.norm(match.first - 2) in _DURING


def _names_a_number(match: Match) -> bool:
    return any(t.kind in METRIC for t in match.targets)


def _is_number_of_another(match: Match, matches: Iterable[Match]) -> bool:
    """ "the number of cases closed", where the number of cases is a name as well: that of the cases closed."""
    if tuple(match.form.split()[:2]) not in COUNTS:
        return False
    others = (m for m in matches if m.first == match.first + 2 and m.last > match.last)
    return any(t.kind in METRIC for m in others for t in m.targets)


def _is_told_by_a_name(intent: Intent, match: Match, matches: Iterable[Match]) -> bool:
    """ "who completed the most cases", of completed cases: the verb of what is measured, though something is called
    completed, too."""
    norm = intent.norm(match.first)
    if not is_participle(norm):
        return False
    measured = (m for m in matches if m.first > match.last and any(t.kind in METRIC for t in m.targets))
    apart = ({*m.form.split()} - {t.norm for t in intent.tokens[m.first : m.last + 1]} for m in measured)
    return any(stem(word) == stem(norm) for words in apart for word in words if is_participle(word))


def _without_members(match: Match) -> Match:
    return match.model_copy(update={"targets": tuple(t for t in match.targets if t.kind != "member")})


def _measured(matches: Iterable[Match]) -> frozenset[str]:
    return frozenset(t.asset_id for m in matches for t in m.targets if t.kind in METRIC)


def _is_kept(match: Match, measured: frozenset[str], catalogue: Catalogue) -> bool:
    """Whether any of what is measured is kept by what this is a member of."""
    dimensions = {t.asset_id for t in match.targets}
    return any(is_cut_by(m, d, catalogue) for m in catalogue.metrics_meant(measured) for d in dimensions)


def _says_when(
    intent: Intent, match: Match, matches: tuple[Match, ...], measured: frozenset[str], catalogue: Catalogue
) -> bool:
    """Whether "current" says that the number is that of now: before what is measured, unless it is written as a name,
    stands beside another member, or tells which of the things that are counted."""
    at = match.first
    behind = _behind(intent, at, matches)
    written = _is_written_as_a_name(intent, at)
    if behind is None or written or intent.norm(at - 1) in _STATES or _has_its_like(match, matches):
        return False
    which = behind.first == at + 1 and intent.norm(at - 1) not in POSSESSIVES and is_counted(behind, catalogue)
    return not which or not _is_kept(match, measured, catalogue)


def _behind(intent: Intent, at: int, matches: Iterable[Match]) -> Match | None:
    """What is measured right behind a word, but for words that only lead on to it."""
    behind = intent.after(at + 1, FILLERS | {"of", "and"})
    found = [m for m in matches if at < m.first <= behind <= m.last and any(t.kind in METRIC for t in m.targets)]
    return max(found, key=lambda m: m.last, default=None)


def _has_its_like(match: Match, matches: Iterable[Match]) -> bool:
    """Whether another name of the same dimension is there, or the dimension itself beside it."""
    own = {t.asset_id for t in match.targets}
    return any(
        (t.kind == "member" or (t.kind in CUT and (m.last == match.first - 1 or m.first == match.last + 1)))
        for m in matches
        for t in m.targets
        if t.asset_id in own and m.first != match.first
    )


def is_counted(match: Match, catalogue: Catalogue) -> bool:
    """Whether things are told by their own name, of which some may be so: no "number of cases" and no sums."""
    metrics = catalogue.metrics_meant(t.asset_id for t in match.targets)
    counted = all(unit_of(m) in names_of(m) for m in metrics)
    return counted and match.form.split()[0] not in FILLERS


def _asks_for_each(intent: Intent, match: Match, matches: Iterable[Match], catalogue: Catalogue) -> bool:
    """ "which agents", "the agent with the most", "the agents", "by agent name": each of them, and not one that is
    called so; "agent cases", "the agent cases" are those of the one, and "agents vs clerks" are two of a kind."""
    own = {t.asset_id for t in match.targets if t.kind == "member"}
    if any(m.first == match.last + 1 and t.asset_id in own for m in matches for t in m.targets if t.kind in CUT):
        return False
    if _is_beside_its_like(intent, match, matches, own):
        return False
    cut = {t.asset_id for t in match.targets if t.kind in CUT}
    if own & cut or any(_is_a_kind_of(i, c, catalogue) for i in own for c in cut):
        return False
    if any(m.first == match.last + 1 and any(t.kind in METRIC for t in m.targets) for m in matches):
        return intent.norm(match.first - 1) in _EACH or _is_several(intent, match, catalogue)
    before, behind = intent.norm(match.first - 1), intent.norm(match.last + 1)
    return before in _EACH | _ALL or behind in _WHOSE | {"name"} or _is_several(intent, match, catalogue)


def _is_beside_its_like(intent: Intent, match: Match, matches: Iterable[Match], own: set[str]) -> bool:
    """ "agents vs clerks", "by agents or clerks": a member of the same dimension, which names nothing else."""
    likes = [m for m in matches if any(t.kind == "member" and t.asset_id in own for t in m.targets)]
    versus = intent.norm(match.last + 1) in ("vs", "versus")
    if versus and any(m.first == match.last + 2 for m in likes):
        return True
    only = (m for m in likes if all(t.kind == "member" for t in m.targets))
    return intent.norm(match.first - 1) in ("or", "and") and any(m.last == match.first - 2 for m in only)


def _describes_another(match: Match, matches: Iterable[Match]) -> bool:
    """ "agent Jones", "the Jones agent": what the member beside it is."""
    cut = {t.asset_id for t in match.targets if t.kind in CUT}
    beside = (m for m in matches if m.last == match.first - 1 or m.first == match.last + 1)
    return any(t.kind == "member" and t.asset_id in cut for m in beside for t in m.targets)


def _is_a_number(intent: Intent, match: Match, matches: tuple[Match, ...]) -> bool:
    """ "a premium over 100", "premium and costs": what is bound, or listed with what is measured; "costs and premium
    customers" have a kind of customers."""
    if any(n.first == match.last + 1 for n in intent.numbers):
        return True
    measured = [m for m in matches if m is not match and any(t.kind in METRIC for t in m.targets)]
    behind = any(m.first == match.last + 1 for m in matches) and not intent.gap(match.last, match.last + 1).strip()
    if behind or intent.norm(match.last + 1) in POPULATIONS:
        return False
    return any(_are_listed(intent, *sorted((m, match), key=lambda each: each.first)) for m in measured)


def _are_listed(intent: Intent, one: Match, other: Match) -> bool:
    """ "one and other", "one, other"."""
    between = range(one.last + 1, other.first)
    if not between:
        return one.last + 1 == other.first and intent.gap(one.last, other.first).strip() == ","
    return len(between) == 1 and intent.norm(between[0]) == "and"


def _is_a_kind_of(dimension: str, cut: str, catalogue: Catalogue) -> bool:
    """Whether the members of a dimension are kinds of what another one has: of an agent type and agents, "each agent"
    may leave out those of other types."""
    kinds, things = (set(normal_form(catalogue.spellings(i)[0]).split()) for i in (dimension, cut))
    return things < kinds


def _is_several(intent: Intent, match: Match, catalogue: Catalogue) -> bool:
    word = intent.tokens[match.last]
    called = {
        text.lower() for t in match.targets if t.kind == "member" for text in catalogue.spellings(t.asset_id, t.member)
    }
    said = intent.text[intent.tokens[match.first].start : word.end].lower()
    return word.text.lower() == f"{word.norm}s" and said not in called
