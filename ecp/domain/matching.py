"""Which phrases of a question name something in the catalogue: exactly, or but for a slip of the finger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import Literal

from rapidfuzz.distance import OSA

from ecp.domain.assets import Metric, Pack
from ecp.domain.catalogue import SHORTEST_SPELT, Catalogue
from ecp.domain.codes import codes_in, members_coded
from ecp.domain.forms import (
    MOST_NOUNS,
    amounts,
    around_brackets,
    around_members,
    begun_alike,
    begun_before,
    by_origin,
    called_otherwise,
    clauses,
    counted_by_name,
    counts_itself,
    counts_people,
    cuts_as_adjectives,
    cuts_turned,
    done_before,
    elided,
    ended_alike,
    forms_of,
    going_on,
    judged,
    lasting,
    measures,
    measures_turned,
    objects,
    of_ours,
    one_by_one,
    passives,
    people,
    people_apart,
    pieces,
    shared,
    states,
    sums,
    time_taken,
    turned,
    turned_apart,
    with_a_link,
)
from ecp.domain.intent import LONGEST_PHRASE, Intent, Phrase, is_shouting
from ecp.domain.language import (
    ABOUT_TIMES,
    AMOUNTS,
    ARTICLES_AND_PREPOSITIONS,
    AUXILIARIES,
    AVERAGES,
    BE,
    BEFORE_A_NOUN,
    CHANGES,
    CUTTING,
    DIFFERENCES,
    EVERY,
    FILLERS,
    INCOMES,
    POSSESSIVE,
    PRONOUNS,
    QUESTION_WORDS,
    TIME_UNITS,
    UNDER_WAY,
    VERBS,
)
from ecp.domain.named_verbs import as_adverbs, measured_by_verbs, named_by_verbs, on_their_way, spent_on
from ecp.domain.participles import is_participle
from ecp.domain.phrasal import deeds_with_particles
from ecp.domain.slips import is_slip, swaps
from ecp.domain.superlatives import best_sellers, deeds_done, is_done_the_most, performers, qualities
from ecp.domain.told_apart import called_alike, put_into_a_kind, times_done
from ecp.domain.values import Value
from ecp.domain.words import normal_form

NAMEABLE = frozenset({"metric", "term", "dimension", "entity", "domain"})
CUT = frozenset({"dimension", "entity"})
METRIC = frozenset({"metric", "term"})
_LISTING = re.compile(r"[,;|&+/:]|\s[-–]\s")
_BEHIND_WHAT_IS_RANKED = frozenset({"in", "at", "for", "of", "per", "by", "since", "last", "this"})
_MOST_RANKED = 2
_GOING_ON = frozenset({"per", "of"})
_OF_A_PLACE = frozenset({"in", "for", "from", "at", "to", "of", "and", "vs", "versus", "with", "than"})
_ACROSS = frozenset({"across", "among", "between"})
_WHICH_HAVE = frozenset({"with", "whose", "where", "having"})
_BEHIND_A_CUT = AUXILIARIES | ARTICLES_AND_PREPOSITIONS | QUESTION_WORDS | {""}
_BEFORE_EACH = frozenset({"by", "each", "every"})
MOST_SLIPS = 12
LONG_WORD = 8
_SHORT_WORD = 3


class Target(Value):
    """What a phrase may stand for: an asset, a member of one, a department, or a relation (`member` is then its name,
    and it is `primary` when the verb is not the inverse one)."""

    kind: str
    asset_id: str
    member: str | None = None
    primary: bool = True


class Match(Value):
    """A phrase that names something; `read_as` is set when a slip was mended. Without targets it is a slip of a word
    that means nothing to a business."""

    first: int
    last: int
    form: str
    targets: tuple[Target, ...]
    method: Literal["exact", "typo"] = "exact"
    read_as: str | None = None


def look_up(intent: Intent, catalogue: Catalogue, *, is_word: Callable[[str], bool]) -> tuple[Match, ...]:
    """Every phrase that names something. `is_word` says whether a word is ordinary English: those are not
    mended into something else."""
    hired = tuple(people_apart(intent, catalogue))
    taken = {(p.first, p.last) for p in hired}
    phrases = (
        *(p for p in intent.phrases if (p.first, p.last) not in taken),  # no department that is called People
        *hired,
        *_of_verbs(intent, catalogue),
        *turned(intent, catalogue),
        *turned_apart(intent, catalogue),
        *done_before(intent, catalogue),
        *states(intent, catalogue),
        *objects(intent, catalogue),
        *passives(intent, catalogue),
        *clauses(intent, catalogue),
        *people(intent, catalogue),
        *deeds_with_particles(intent, catalogue),
        *put_into_a_kind(intent, catalogue),
        *times_done(intent, catalogue),
        *called_alike(intent, catalogue),
        *sums(intent, catalogue),
        *amounts(intent, catalogue),
        *pieces(intent, catalogue),
        *counted_by_name(intent, catalogue),
        *lasting(intent, catalogue),
        *called_otherwise(intent, catalogue),
        *time_taken(intent, catalogue),
        *going_on(intent, catalogue),
        *judged(intent, catalogue),
        *by_origin(intent, catalogue),
        *shared(intent, catalogue),
        *begun_before(intent, catalogue),
        *begun_alike(intent, catalogue),
        *ended_alike(intent, catalogue),
        *of_ours(intent, catalogue),
        *around_brackets(intent, catalogue),
        *around_members(intent, catalogue),
        *elided(intent, catalogue),
        *with_a_link(intent, catalogue),
        *cuts_turned(intent, catalogue),
        *measures_turned(intent, catalogue),
        *cuts_as_adjectives(intent, catalogue),
        *one_by_one(intent, catalogue),
        *qualities(intent, catalogue),
        *named_by_verbs(intent, catalogue),
        *measured_by_verbs(intent, catalogue),
        *spent_on(intent, catalogue),
        *on_their_way(intent, catalogue),
        *as_adverbs(intent, catalogue),
    )
    phrases = tuple(p for p in phrases if not is_done_the_most(intent, p))
    if any(t.norm in EVERY for t in intent.tokens):
        phrases = tuple(q for p in phrases for q in _each_apart(intent, p, catalogue))
    named = (*_exact(phrases, catalogue, intent), *_done(intent, catalogue), *_for_short(intent, catalogue))
    if not any(t.kind in METRIC for m in named for t in m.targets if not _is_done_well(m)):
        named = (*named, *_exact(tuple(best_sellers(intent, catalogue)), catalogue, intent))
        named = (*named, *_performing(intent, catalogue))
    named = tuple(m if intent.norm(m.first - 1) == "per" else _also_cut_by(m, named, catalogue) for m in named)
    done = tuple(_done_of_a_long_name(intent, named, catalogue))
    named = (*(m for m in named if not any(_is_part_of_deed(m, d) for d in done)), *done)
    named = (*_with_others_of_its_code(intent, named, catalogue), *_coded(intent, named, catalogue, is_word))
    named = (*named, *_of_the_enterprise(intent, catalogue))
    slips = _slips(intent, named, catalogue, is_word)
    return named + tuple(_mended(intent, slips, catalogue))


def _coded(
    intent: Intent, exact: tuple[Match, ...], catalogue: Catalogue, is_word: Callable[[str], bool]
) -> Iterator[Match]:
    """Members by their codes, where nothing else is called so."""
    named = {(m.first, m.last): {t.asset_id for t in m.targets if t.kind == "member"} for m in exact}
    for code in codes_in(intent, named, catalogue, is_word):
        targets = tuple(Target(kind="member", asset_id=d, member=m, primary=False) for d, m in code.members)
        yield Match(first=code.first, last=code.last, form=intent.form(code.first, code.last), targets=targets)


def _with_others_of_its_code(intent: Intent, exact: tuple[Match, ...], catalogue: Catalogue) -> Iterator[Match]:
    """ "CA", which one member is called and another one has as its code: either may be meant."""
    for match in exact:
        text = intent.tokens[match.first].text if match.first == match.last else ""
        known = {(t.asset_id, t.member) for t in match.targets}
        others = [m for m in members_coded(text, catalogue) if m not in known] if text.isupper() else []
        if others and {t.kind for t in match.targets} == {"member"}:
            added = tuple(Target(kind="member", asset_id=d, member=m, primary=False) for d, m in others)
            yield match.model_copy(update={"targets": (*match.targets, *added)})
        else:
            yield match


def _of_the_enterprise(intent: Intent, catalogue: Catalogue) -> Iterator[Match]:
    """The name of the one pack there is, in more than one word: all that is told is the enterprise's own."""
    packs = {normal_form(p.name) for p in catalogue.of_kind(Pack)}
    own = next(iter(packs)) if len(packs) == 1 else ""
    words = own.count(" ") + 1
    named = all(n.kind == "pack" for n in catalogue.names.get(own, ()))
    for first in range(len(intent.tokens) - words + 1 if words > 1 and named else 0):
        if intent.form(first, first + words - 1) == own:
            yield Match(first=first, last=first + words - 1, form=own, targets=())


def _also_cut_by(match: Match, named: tuple[Match, ...], catalogue: Catalogue) -> Match:
    """ "clients", of a number of clients by whom numbers are cut under another name of theirs: they cut, too."""
    metric = catalogue.get(match.targets[0].asset_id, Metric) if len(match.targets) == 1 else None
    others = any(t.kind in METRIC for m in named for t in m.targets if t not in match.targets)
    if metric is None or not others or " " in match.form or (not counts_people(metric) and not counts_itself(metric)):
        return match
    names = (n for form in forms_of(metric) for n in catalogue.names.get(form, ()))
    cuts = {n.asset_id: Target(kind=n.kind, asset_id=n.asset_id) for n in names if n.kind in CUT and n.member is None}
    single = [t.kind for t in cuts.values()].count("dimension") == 1
    return match.model_copy(update={"targets": (*match.targets, *cuts.values())}) if single else match


def _each_apart(intent: Intent, phrase: Phrase, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how many times was each case opened", of opened cases: the verb alone, as each of the cases is asked for."""
    named = phrase.form == intent.form(phrase.first, phrase.last) and not is_participle(intent.norm(phrase.last))
    if named or intent.norm(phrase.first - 1) not in EVERY or not measures(phrase.form, catalogue):
        yield phrase
        return
    kinds = {at: targets_of(intent.form(phrase.first, at), catalogue) for at in range(phrase.first, phrase.last + 1)}
    noun = next((at for at, targets in kinds.items() if any(t.kind in CUT for t in targets)), phrase.first - 1)
    if noun < phrase.last:
        yield phrase.model_copy(update={"first": noun + 1})


def targets_of(form: str, catalogue: Catalogue, *, joined: bool = True) -> tuple[Target, ...]:
    """What a form names; `joined`: also where the name is written as one word ("over time" is no overtime)."""
    named = tuple(
        Target(kind=n.kind if n.member is None else "member", asset_id=n.asset_id, member=n.member, primary=n.primary)
        for n in catalogue.names.get(form, ())
        if n.kind in NAMEABLE
    )
    department = catalogue.departments.get(form)
    if not named and not department:
        other = catalogue.joined.get(form.replace(" ", "")) if joined else None
        return targets_of(other, catalogue) if other and other != form else ()
    return named + ((Target(kind="department", asset_id=department),) if department else ())


def _exact(phrases: tuple[Phrase, ...], catalogue: Catalogue, intent: Intent) -> Iterator[Match]:
    cues = {(c.first, c.last) for c in intent.cues}
    for phrase in phrases:
        targets = targets_of(phrase.form, catalogue, joined=(phrase.first, phrase.last) not in cues)
        targets = _written_so(intent, phrase, targets, catalogue) if targets else targets
        if targets and not _is_anothers(intent, phrase, catalogue) and not _asks_for_a_cut(intent, phrase, targets):
            yield Match(first=phrase.first, last=phrase.last, form=phrase.form, targets=targets)


def _for_short(intent: Intent, catalogue: Catalogue) -> Iterator[Match]:
    """ "by type", "which type has the most", "the top five types", of the kind of case: whatever that numbers are cut
    by ends so."""
    for at in range(len(intent.tokens)):
        norm, before = intent.norm(at), intent.norm(at - 1)
        ids = catalogue.heads.get(norm, ())
        if not ids or norm in catalogue.names or norm in FILLERS | TIME_UNITS:
            continue
        cuts = before in _BEFORE_EACH or (before == "per" and not any(t.norm in AVERAGES for t in intent.tokens))
        cuts = (cuts or _is_asked_for(intent, at)) and not _is_of_a_cut(intent, at, catalogue)
        if cuts:
            targets = tuple(Target(kind="dimension", asset_id=i, primary=False) for i in ids)
            yield Match(first=at, last=at, form=norm, targets=targets)


def _is_asked_for(intent: Intent, at: int) -> bool:
    """ "which type has", "the top five types by", "across types", "types with": where no other noun goes on from it."""
    before, behind, several = intent.norm(at - 1), intent.norm(at + 1), intent.tokens[at].is_inflected
    ranked = any(c.kind in ("top", "bottom") and c.last == at - 1 and (several or c.number) for c in intent.cues)
    asks = before == "which" or (before == "what" and (several or behind not in BE)) or ranked
    asks = asks or (several and (before in _ACROSS or behind in _WHICH_HAVE))
    ends = behind in _BEHIND_A_CUT or at + 1 in {*(c.first for c in intent.cues), *(t.first for t in intent.times)}
    timed = intent.norm(at) in ABOUT_TIMES  # "at what time"
    return asks and not timed and (ends or (before == "which" and several and at + 1 not in intent.plain))


def _is_of_a_cut(intent: Intent, at: int, catalogue: Catalogue) -> bool:
    """ "by type of place", where places are what numbers are cut by: their type, and no other one."""
    behind = at + 2 + (intent.norm(at + 2) == "the")
    lasts = range(behind, min(behind + MOST_NOUNS, len(intent.tokens)) if intent.norm(at + 1) == "of" else behind)
    named = (n for last in lasts for n in catalogue.names.get(intent.form(behind, last), ()))
    return any(n.kind in CUT and n.member is None for n in named)


def _done(intent: Intent, catalogue: Catalogue) -> Iterator[Match]:
    """ "which goods sold the most": whatever came of it."""
    for at, forms in deeds_done(intent, catalogue):
        targets = tuple(dict.fromkeys(t for form in forms for t in targets_of(form, catalogue)))
        yield Match(first=at, last=at, form=forms[0], targets=targets)


def _performing(intent: Intent, catalogue: Catalogue) -> Iterator[Match]:
    """ "which goods performed best": by whatever is called their performance."""
    for at, ids in performers(intent, catalogue):
        targets = tuple(Target(kind=catalogue.assets[i].kind, asset_id=i) for i in ids)
        yield from [Match(first=at, last=at, form="performance", targets=targets)] if targets else ()


def _done_of_a_long_name(intent: Intent, named: tuple[Match, ...], catalogue: Catalogue) -> Iterator[Match]:
    """ "how many service cases were closed", "closed service cases", of closed cases, where cases are called service
    cases, too: what was done, and no longer name of all of them."""
    measured = [m for m in named if m.targets and {t.kind for t in m.targets} <= METRIC]
    for name in (m for m in measured if m.first < m.last):
        noun = {t.asset_id for t in targets_of(intent.norm(name.last), catalogue)}
        if noun != {t.asset_id for t in name.targets} or any(map(_is_done, name.form.split())):
            continue
        for done in (m for m in measured if m.first == name.last < m.last and _is_done(intent.norm(m.last))):
            yield done.model_copy(update={"first": name.first})
        state = intent.norm(name.first - 1)
        form = f"{state} {intent.norm(name.last)}"
        targets = targets_of(form, catalogue) if _is_done(state) else ()
        if targets and {t.kind for t in targets} <= METRIC:
            yield Match(first=name.first - 1, last=name.last, form=form, targets=targets)


def _is_done(word: str) -> bool:
    """ "closed", "open"."""
    return is_participle(word) or word in UNDER_WAY


def _is_part_of_deed(match: Match, done: Match) -> bool:
    return done.first <= match.first and match.last <= done.last and match.targets != done.targets


def _is_done_well(match: Match) -> bool:
    """ "the best selling goods", "which goods performed best", where goods are counted, too: each of them, by what is
    sold of it or how it did."""
    return any(t.kind in CUT for t in match.targets)


def _is_anothers(intent: Intent, phrase: Phrase, catalogue: Catalogue) -> bool:
    """ "which place's cases", of place cases: what is cut by, and what is measured, each by itself."""
    words = intent.tokens[phrase.first : phrase.last + 1]
    for at, word in enumerate(words[:-1], start=1):
        if word.text.endswith(POSSESSIVE):
            whose, what = (" ".join(w.norm for w in part) for part in (words[:at], words[at:]))
            kinds = [{t.kind for t in targets_of(form, catalogue)} for form in (whose, what)]
            return bool(kinds[0] & CUT) and bool(kinds[1] & METRIC)
    return False


def _written_so(
    intent: Intent, phrase: Phrase, targets: tuple[Target, ...], catalogue: Catalogue
) -> tuple[Target, ...]:
    """ "income, plan" is no income plan: a name goes across a sign of a list only where it is written with one, or
    where a preposition goes on from it ("income, per day")."""
    words = intent.tokens[phrase.first : phrase.last + 1]
    gaps = (intent.text[a.end : b.start] for a, b in pairwise(words) if b.norm not in _GOING_ON)
    if not any(_LISTING.search(gap) for gap in gaps):
        return targets
    return tuple(t for t in targets if any(_LISTING.search(n) for n in catalogue.spellings(t.asset_id, t.member)))


def _asks_for_a_cut(intent: Intent, phrase: Phrase, targets: tuple[Target, ...]) -> bool:
    """ "split it by", in small letters, where a place is called Split; "in split" is the place."""
    word, before = intent.tokens[phrase.last], intent.norm(phrase.first - 1)
    cutting = phrase.first == phrase.last and word.norm in CUTTING and word.text.islower()
    return cutting and before not in _OF_A_PLACE and all(t.kind == "member" for t in targets)


def _of_verbs(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """Names made of words that are verbs of a request elsewhere: "by show", "the top reports"."""
    words = intent.tokens
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST_PHRASE, len(words))):
            if not all(at in intent.plain for at in range(first, last + 1)):
                break
            form = " ".join(w.norm for w in words[first : last + 1])
            named = form in catalogue.names and (
                _is_noun(intent, first, last) or (first < last and measures(form, catalogue))
            )
            if named and any(words[at].norm in VERBS for at in range(first, last + 1)):
                yield Phrase(first=first, last=last, form=form)


def _is_noun(intent: Intent, first: int, last: int) -> bool:
    """A plural, or behind a word that a noun follows; at the head of a question a request, but in the plural."""
    own = intent.tokens[last]
    if first == 0:
        return own.is_inflected
    starts = {t.last + 1: t.first for t in intent.times}
    at = starts.get(first, first) - 1  # "the highest YTD return"
    before = intent.tokens[max(at, 0)]
    ranked = any(c.last == at and c.kind in ("top", "bottom") for c in intent.cues)
    ranked = ranked or _is_ranked_by(intent, first, last)
    plural = own.is_inflected and before.norm not in PRONOUNS
    return ranked or plural or _is_cut_by(intent, first, last) or before.norm in BEFORE_A_NOUN or before.norm.isdigit()


def _is_ranked_by(intent: Intent, first: int, last: int) -> bool:
    """ "the highest income show in 2025"."""
    cue = max((c.last for c in intent.cues if c.last < first and c.kind in ("top", "bottom")), default=first)
    between = range(cue + 1, first)
    near = 0 < len(between) <= _MOST_RANKED
    together = all(intent.gap(at, at + 1).isspace() and not _is_behind(intent.norm(at)) for at in between)
    return near and together and (last + 1 == len(intent.tokens) or _is_behind(intent.norm(last + 1)))


def _is_behind(norm: str) -> bool:
    return norm in _BEHIND_WHAT_IS_RANKED


def _is_cut_by(intent: Intent, first: int, last: int) -> bool:
    """ "by car make", "by author and book"."""
    ends = intent.norm(last + 1) in ("", "and", "or", "in", "for")
    leads = [intent.norm(at) for at in range(max(first - 4, 0), first - 1)]
    joined = intent.norm(first - 1) in ("and", "or") and bool({"by", "per"} & set(leads))
    return ends and (joined or leads[-1:] in (["by"], ["per"]))


def _mended(intent: Intent, slips: dict[int, str], catalogue: Catalogue) -> Iterator[Match]:
    for phrase in intent.phrases if slips else ():
        if any(at in slips for at in range(phrase.first, phrase.last + 1)):
            yield from _mend(phrase, intent, slips, catalogue)


def _slips(
    intent: Intent, exact: tuple[Match, ...], catalogue: Catalogue, is_word: Callable[[str], bool]
) -> dict[int, str]:
    """Token position → the one catalogue word it is a slip of. Of a text with very many unknown words only the first
    are looked at."""
    slips: dict[int, str] = {}
    unnamed = tuple(_unnamed(intent, exact, catalogue))
    unknown = [at for at in unnamed if not (is_word(intent.tokens[at].text.lower()) or is_word(intent.norm(at)))]
    for at in islice(unknown, MOST_SLIPS):
        meant = closest_word(intent.tokens[at].norm, catalogue) or _ending_in_s(intent, at, catalogue)
        if meant and not _is_another_acronym(intent, at, meant, catalogue):
            slips[at] = meant
    swapped = {at: _swapped_at_its_end(intent, at) for at in unknown[:MOST_SLIPS]}
    halved = {at: intent.tokens[at].text + "s" for at in unnamed if _is_halved(intent, at)}
    beside = {at: m for at, m in (halved | swapped).items() if m and _makes_a_name(intent, at, m, slips, catalogue)}
    return beside | slips


def _ending_in_s(intent: Intent, at: int, catalogue: Catalogue) -> str | None:
    """ "clsas", of "class": its last letter makes no plural."""
    word = intent.tokens[at]
    meant = closest_word(word.text.lower(), catalogue) if word.is_inflected else None
    return meant if meant and meant.endswith("s") else None


def _swapped_at_its_end(intent: Intent, at: int) -> str | None:
    """ "tpo", of "top": a word of three letters of which the last two are swapped. Capitals make a code."""
    text = intent.tokens[at].text
    return text[0] + text[2] + text[1] if len(text) == _SHORT_WORD and text.isalpha() and text.islower() else None


def _is_halved(intent: Intent, at: int) -> bool:
    """ "clas": may be a word that ends in two of its letter, though it is one of another language."""
    text = intent.tokens[at].text
    return len(text) >= SHORTEST_SPELT and text.islower() and text.isalpha() and text[-1] == "s" != text[-2]


def _makes_a_name(intent: Intent, at: int, meant: str, slips: dict[int, str], catalogue: Catalogue) -> bool:
    """Whether a word is one of the catalogue's that makes a metric's name with those beside it."""
    if meant == intent.tokens[at].text or meant not in catalogue.words:
        return False
    around = (p for p in intent.phrases if p.first <= at <= p.last and p.first < p.last)
    made = (_form(p, intent, {**slips, at: meant}) for p in around)
    return any(t.kind in METRIC for form in made for t in targets_of(form, catalogue))


def _unnamed(intent: Intent, exact: tuple[Match, ...], catalogue: Catalogue) -> Iterator[int]:
    known = {at for m in exact for at in range(m.first, m.last + 1)}
    known |= {at for time in intent.times for at in range(time.first, time.last + 1)}
    known |= {at for cue in intent.cues for at in range(cue.first, cue.last + 1)}
    verbs = {word for form in catalogue.verbs for word in form.split()}
    for at, token in enumerate(intent.tokens):
        plain = token.norm in verbs or at in known or at in intent.plain or token.norm in FILLERS
        if not (plain or token.norm in catalogue.words):
            yield at


def _is_another_acronym(intent: Intent, at: int, meant: str, catalogue: Catalogue) -> bool:
    """ "ARPPU" is no slip of "ARPU", nor is any word in capitals one of another: only letters that are swapped are."""
    word = intent.tokens[at]
    alone = sum(t.text.isalpha() for t in intent.tokens) == 1
    capitals = word.text.isupper() and (alone or not is_shouting(intent.tokens))
    return (capitals or meant in catalogue.acronyms) and word.norm not in swaps(meant)


def closest_word(word: str, catalogue: Catalogue) -> str | None:
    """The only catalogue word within one slip (two where the word that would be meant has eight letters or more, and
    not two more than were written)."""
    if len(word) < SHORTEST_SPELT or not word.isalpha():
        return None
    near: dict[int, list[str]] = {}
    for candidate in catalogue.spelt:
        allowed = 2 if len(candidate) >= LONG_WORD and len(word) >= LONG_WORD - 1 else 1
        if abs(len(candidate) - len(word)) <= allowed:
            distance = OSA.distance(word, candidate, score_cutoff=allowed)
            if distance <= allowed and is_slip(word, candidate):
                near.setdefault(distance, []).append(candidate)
    best = near[min(near)] if near else []
    return best[0] if len(best) == 1 else None


def _mend(phrase: Phrase, intent: Intent, slips: dict[int, str], catalogue: Catalogue) -> Iterator[Match]:
    form = _form(phrase, intent, slips)
    targets = targets_of(form, catalogue)
    if targets:
        yield Match(
            first=phrase.first, last=phrase.last, form=form, targets=targets, method="typo", read_as=form
        )  # fmt: skip


def _form(phrase: Phrase, intent: Intent, slips: dict[int, str]) -> str:
    return " ".join(slips.get(at, intent.tokens[at].norm) for at in range(phrase.first, phrase.last + 1))


def without_changes(intent: Intent, matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """ "output growth", "YoY growth", "growth of output", "the value of output", where something is called Growth or
    Value too: beside what is measured it is the word for how that changes, or for how much it is."""
    measured = [m for m in matches if {t.kind for t in m.targets} & {"metric", "term"}]
    ends, starts = {m.last for m in measured}, {m.first for m in measured}
    steps = {t.last for t in intent.times if t.found.type in ("comparison", "grain")}
    known = {m.last for m in matches}
    cut = {m.first for m in matches if {t.kind for t in m.targets} & (CUT | METRIC)}
    return tuple(
        m
        for m in matches
        if not (_is_change(intent, m) and (m.first - 1 in ends | steps or _of(intent, m) in starts))
        and not (_is_amount(intent, m) and m.last + 1 not in cut and (m.first - 1 in ends or _of(intent, m) in starts))
        and not (_accounts_for(intent, m) and m.first - 1 in known)
    )


def _accounts_for(intent: Intent, match: Match) -> bool:
    """ "which place accounts for the most": a verb, and none of the accounts."""
    words = tuple(t.norm for t in intent.tokens[match.first : match.first + 2])
    if match.first != match.last or words != ("account", "for"):
        return False
    return any(t.norm in QUESTION_WORDS for t in intent.tokens) or {t.kind for t in match.targets} <= {"member"}


def _is_change(intent: Intent, match: Match) -> bool:
    word = intent.tokens[match.first].norm
    names = {t.kind for t in match.targets} <= {"member", "domain"}
    return match.first == match.last and word in CHANGES - DIFFERENCES and names


def _is_amount(intent: Intent, match: Match) -> bool:
    """ "value", "income", in small letters."""
    word = intent.tokens[match.first]
    members = {t.kind for t in match.targets} == {"member"}
    return match.first == match.last and members and word.norm in AMOUNTS | INCOMES and word.text.islower()


def _of(intent: Intent, match: Match) -> int | None:
    """Where the noun begins that stands behind "of" or "in"."""
    words = [t.norm for t in intent.tokens[match.last + 1 : match.last + 3]]
    if words[:1] not in (["of"], ["in"]):
        return None
    return match.last + 2 + (words[1:] == ["the"])
