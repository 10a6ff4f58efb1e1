"""Other forms in which English says a name: "accounts were opened" for opened accounts, "Utopian" for Utopia."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise, product

from ecp.domain.assets import Dimension, Metric
from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import LONGEST_PHRASE, Intent, Phrase
from ecp.domain.language import (
    ARTICLES,
    ARTICLES_AND_PREPOSITIONS,
    AUXILIARIES,
    AVERAGES,
    BE,
    BEFORE_A_NOUN,
    BEFORE_AN_OBJECT,
    COMPARATIVES,
    COUNTS,
    DIRECTED,
    DISTINCT,
    DURATIONS,
    ENDING,
    ENDINGS_OF_PLACES,
    EVERY,
    FILLERS,
    FUNCTION_WORDS,
    HOURLY,
    IN_ALL,
    LIGHT_VERBS,
    MONEY,
    NEGATIONS,
    OF_A_PLACE,
    PERSONS,
    PRONOUNS,
    QUANTITIES,
    SIDE_BY_SIDE,
    SUMS,
    SUPERLATIVES,
    UNDER_WAY,
)
from ecp.domain.participles import deeds, doers, is_participle, persons_done, proceeds, stem
from ecp.domain.units import unit_of
from ecp.domain.words import normal_form

MOST_NOUNS = 3
_SHORTEST_PLACE = 3
_NO_PLACES = frozenset({"median", "human", "guardian", "meridian"})
_AMOUNTS = ("amount", "total", "total amount")
_PARTICLES = frozenset({"out", "up", "off", "back", "in"})
PIECES = ("unit", "item", "piece", "quantity", "number")
_JUDGING = frozenset({"top", "bottom", "more", "less", "at_least", "at_most"})
_JOINING = frozenset({"and", "or", "vs", "versus", "with", "against", "to", "than", "minus"})
_SETTING_AGAINST = frozenset({"against", "to", "than", "with"})
_NO_MEASURES = frozenset(
    {"number", "count", "amount", "total", "sum", "share", "percentage", "average", "kind", "type"}
)
_SPREAD = frozenset({"distribution", "breakdown", "split", "spread"})
_AMOUNTS_OF = frozenset({"count", "volume", "number", "amount", "value"})
_SIGNS = frozenset(",/&")
_BETWEEN = AUXILIARIES | PRONOUNS | {"there"}
_OTHER_STATES = (["vs"], ["versus"], ["and"])
_STILL = frozenset({"still", "currently", "now"})
_WISE = "wise"
# Whoever is counted where it is not said who.
ANYBODY = frozenset({"people", "person", "individual", "employee", "worker", "colleague"})
_LEADING_TO_A_VERB = BE | {"that", "which", "who"}
_BEFORE_A_PLACE = frozenset({"in", "from", "at", "on", "by", "to", "of", "for"})
_SOME_OF_THEM = _JUDGING | {"exclude", "compare"}
_OF_NO_KIND = FUNCTION_WORDS | FILLERS | AVERAGES | SUMS | SUPERLATIVES | COMPARATIVES | IN_ALL
_LASTING = frozenset({"active", "ongoing"})
_MOST = frozenset({"most", "least"})
_WHOM = frozenset({"us", "you", "them"})
_OURS = frozenset({"our", "my", "your", "their", "the", "all", "these", "those"})
_HAVE = frozenset({"have", "has", "had"})
_WHO_THEY_ARE = ARTICLES_AND_PREPOSITIONS | EVERY | {"all"}
_DID = frozenset({"did", "do", "doe", "have", "has", "had"})


def turned(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """What is measured as the subject or object of its own verb: "accounts were opened", "accounts did we open"."""
    said = [w.norm for w in intent.tokens]
    for at in range(1, len(said)) if catalogue.done else ():
        ends = said[at] in ENDING
        noun = noun_before(said, at - (ends and said[at - 1] == "successfully"))
        last = at + (ends and said[at + 1 : at + 2] == ["successfully"])
        for first in range(max(noun - MOST_NOUNS + 1, 0), noun + 1):
            nouns = " ".join(said[first : noun + 1])
            form = catalogue.done.get((nouns, stem(said[at])))
            apart = noun + 1 < at or form != f"{nouns} {said[at]}"
            if form and apart and not _is_a_state(said, noun, at, nouns, catalogue):
                yield Phrase(first=first, last=last, form=form)
                yield from _done_otherwise(said, at + 2, nouns, catalogue)


def _done_otherwise(said: list[str], at: int, nouns: str, catalogue: Catalogue) -> Iterator[Phrase]:
    """The "closed" of "cases were opened versus closed"."""
    versus = said[at - 1 : at] in (["vs"], ["versus"])
    form = catalogue.done.get((nouns, stem(said[at]))) if versus and at < len(said) else None
    if form and is_participle(said[at]):
        yield Phrase(first=at, last=at, form=form)


def done_before(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "opened accounts", of accounts opened: the participle before its object, where that is no other name. The object
    goes by all its names."""
    said = [w.norm for w in intent.tokens]
    for at in (i for i, word in enumerate(said) if catalogue.done and is_participle(word) and word not in DIRECTED):
        for last in range(at + 1, min(at + 1 + MOST_NOUNS, len(said))):
            nouns = " ".join(said[at + 1 : last + 1])
            form = catalogue.done.get((nouns, stem(said[at])))
            if form and form != f"{said[at]} {nouns}" and not catalogue.names.get(f"{said[at]} {nouns}"):
                yield Phrase(first=at, last=last, form=form)


def _is_a_state(said: list[str], noun: int, at: int, nouns: str, catalogue: Catalogue) -> bool:
    """ "cases are open" is not "cases are opened", nor is "cases open" where open cases are counted, too, nor any
    name of its own."""
    if is_participle(said[at]) or said[at].endswith("ing"):
        return False
    if noun + 1 == at and measures(f"{nouns} {said[at]}", catalogue):  # "case delay" is not "cases are delayed"
        return True
    be = said[at - 1] in BE or (said[at - 1] in _STILL and said[at - 2] in BE)
    return be or (noun + 1 == at and measures(f"{said[at]} {nouns}", catalogue))


def turned_apart(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "cases in A were opened": the verb alone, where what it is said of stands before a place."""
    said = [w.norm for w in intent.tokens]
    for at in range(2, len(said)) if catalogue.done else ():
        if said[at - 1] not in BE or not is_participle(said[at]):
            continue
        places = [i for i in range(at - 1) if said[i] in _BEFORE_A_PLACE]
        for place in places[-1:]:
            nouns = (" ".join(said[first:place]) for first in range(max(place - MOST_NOUNS, 0), place))
            forms = (f for n in nouns if measures(n, catalogue) and (f := catalogue.done.get((n, stem(said[at])))))
            yield from (Phrase(first=at, last=at, form=form) for form in forms)


def one_by_one(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """What numbers are cut by, with the word that says that each counts once: "distinct places", "by individual
    reader", "place-wise", "hourly"."""
    said = [w.norm for w in intent.tokens]
    for first in range(len(said)):
        if said[first] == HOURLY and _cuts("hour", catalogue):
            yield Phrase(first=first, last=first, form="hour")
        if said[first].endswith(_WISE) and cuts_too(said[first].removesuffix(_WISE), catalogue):
            yield Phrase(first=first, last=first, form=said[first].removesuffix(_WISE))
        for last in range(first, min(first + MOST_NOUNS, len(said))):
            form = " ".join(said[first : last + 1])
            other = said[first - 1] == "different" and said[last + 1 : last + 2] in (["from"], ["than"], ["to"])
            distinct = first > 0 and said[first - 1] in DISTINCT and not other
            wise = last + 1 < len(said) and said[last + 1] == _WISE
            single = first > 1 and said[first - 1] == "individual" and _is_one_of_each(said, first - 2)
            if (distinct and _cuts(form, catalogue)) or ((wise or single) and cuts_too(form, catalogue)):
                yield Phrase(first=first - distinct, last=last + wise, form=form)


def _is_one_of_each(said: list[str], at: int) -> bool:
    """ "by individual reader", "the top 3 individual readers", and not "the number of individual readers"."""
    return said[at] in ("by", "per", "each", "top", "bottom") or said[at].isdigit()


def _cuts(form: str, catalogue: Catalogue) -> bool:
    """Whether this is what numbers are cut by, and neither what is measured nor a member."""
    names = catalogue.names.get(form, ())
    return bool(names) and all(n.member is None and n.kind in ("dimension", "entity") for n in names)


def cuts_too(form: str, catalogue: Catalogue) -> bool:
    """Whether numbers are cut by it, though it may be counted as well; no member is called so."""
    names = catalogue.names.get(form, ())
    return all(n.member is None for n in names) and any(n.kind in ("dimension", "entity") for n in names)


def states(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how many cases are open", "cases open by place", of open cases; "are open vs closed", of closed ones, too."""
    said = [w.norm for w in intent.tokens]
    for phrase in _states(intent, said, catalogue):
        yield phrase
        behind = phrase.last + 2 if said[phrase.last + 1 : phrase.last + 2] in _OTHER_STATES else 0
        nouns = phrase.form.split()[1:]
        if 0 < behind < len(said) and measures(form := " ".join((said[behind], *nouns)), catalogue):
            yield Phrase(first=behind, last=behind, form=form)


def _states(intent: Intent, said: list[str], catalogue: Catalogue) -> Iterator[Phrase]:
    for at in range(1, len(said)):
        now = said[at - 1] in _STILL
        be = at - 1 - now
        beside = said[be] not in BE and not is_participle(said[at]) and intent.tokens[be].text.lower() != said[be]
        if said[be] in BE or beside:
            noun = be if beside else noun_before(said, be)
            for first in range(max(noun - MOST_NOUNS + 1, 0), noun + 1):
                form = f"{said[at]} {' '.join(said[first : noun + 1])}"
                if measures(form, catalogue) and (not (now or beside) or _are_stocks(form, catalogue)):
                    kind = be < at and not now and is_a_kind(said, noun, catalogue)
                    yield Phrase(first=at if kind else first, last=at, form=form)


def is_a_kind(said: list[str], noun: int, catalogue: Catalogue) -> bool:
    """ "how many audio books are open", where these are a kind: what is said of them is of all books."""
    ends = (" ".join(said[first : noun + 1]) for first in range(max(noun - MOST_NOUNS + 1, 0), noun + 1))
    return any(is_member(catalogue.joined.get(form.replace(" ", ""), form), catalogue) for form in ends)


def objects(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "who closed the most cases", "cases did A close", of cases closed: the noun, where its verb stands apart."""
    said = [w.norm for w in intent.tokens]
    for first in range(len(said)) if catalogue.done else ():
        for last in range(first, min(first + MOST_NOUNS, len(said))):
            for at in _verbs(said, first, last):
                nouns = " ".join(said[first : last + 1])
                own = at > last + 1 and measures(f"{said[at - 1]} {said[at]}", catalogue)  # "have units sold"
                form = None if own else catalogue.done.get((nouns, stem(said[at])))
                if said[at - 1] in _HAVE and not is_participle(said[at]):  # "does A have open"
                    form = f"{said[at]} {nouns}" if measures(f"{said[at]} {nouns}", catalogue) else None
                if form:
                    yield Phrase(first=first, last=last, form=form)


def _verbs(said: list[str], first: int, last: int) -> Iterator[int]:
    """Where a verb may stand whose object stands apart from it: before a quantity, or behind "did" and a subject."""
    before = first - 1
    while before > 0 and (said[before] in BEFORE_AN_OBJECT or said[before].isdigit()):
        before -= 1
    if 0 < before < first - 1:
        yield before
    behind = said[last + 1 : last + 2 + MOST_NOUNS]
    did = next((at for at, word in enumerate(behind, start=last + 1) if word in _DID | BE), None)
    if did is not None and (did == last + 1 or behind[0] == "of") and not set(said[last + 1 : did]) & PRONOUNS:
        begins, most = (did + 1, 1) if said[did] in BE else (did + 2, MOST_NOUNS)
        yield from range(begins, min(begins + most, len(said)))


def passives(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "cases were closed early", of cases closed early."""
    said = [w.norm for w in intent.tokens]
    for be in (at for at in range(1, len(said) - 1) if said[at] in BE | {"been"}):
        for first in range(max(be - MOST_NOUNS, 0), be):
            for last in range(be + 1, min(be + 1 + MOST_NOUNS, len(said))):
                form = " ".join(w for w in said[first : last + 1] if w not in AUXILIARIES)
                if measures(form, catalogue):
                    yield Phrase(first=first, last=last, form=form)


def clauses(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how many people came", "people have come", of people who came: where that is what the metric is called."""
    said = [w.norm for w in intent.tokens]
    for at in range(1, len(said)):
        noun = noun_before(said, at)
        if noun >= 0 and set(said[noun + 1 : at]) <= _HAVE:
            for first in range(max(noun - MOST_NOUNS + 1, 0), noun + 1):
                nouns = " ".join(said[first : noun + 1])
                forms = (f"{nouns} {link} {said[at]}" for link in ("who", "that"))
                yield from (Phrase(first=first, last=at, form=f) for f in forms if measures(f, catalogue))


def people(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how many people were hired", of hires, "how many nurses left", of leavers: where people are what is counted.
    "How many women were hired": the verb alone, where their name is a member's."""
    said = [w.norm for w in intent.tokens]
    for at in range(1, len(said)):
        noun = noun_before(said, at)
        between = said[noun + 1 : at]
        done = is_participle(said[at]) and not set(between) & (PRONOUNS - {"who", "that"})
        if noun >= 0 and (done or "did" in between):
            forms = (*deeds(said[at]), *(persons_done(said[at]) if set(between) & BE else doers(said[at])))
            first = at if is_member(said[noun], catalogue) and said[noun] not in PERSONS else noun
            told = first == at or said[noun] in ANYBODY
            found = (f for f in forms if _are_people(f, catalogue) and (told or _counts(f, said[noun], catalogue)))
            yield from (Phrase(first=first, last=at, form=f) for f in found)


def people_apart(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "who hired the most people", "how many people did A hire", of hires: the noun, where its verb stands apart."""
    said = [w.norm for w in intent.tokens]
    for at in (i for i in range(1, len(said)) if said[i] in ANYBODY):
        forms = (form for verb in _verbs(said, at, at) for form in deeds(said[verb]))
        yield from (Phrase(first=at, last=at, form=f) for f in forms if _are_people(f, catalogue))


def _counts(form: str, noun: str, catalogue: Catalogue) -> bool:
    """Whether it is these people that are counted: customers who joined are no employees who did."""
    told = ({*names_of(m), *normal_form(m.definition).split()} for m in _metrics(form, catalogue))
    return all(noun in words for words in told)


def sums(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how much was refunded", "how much did A refund", "the refunded amount", "who refunded the most", of refunds in
    money."""
    said = [w.norm for w in intent.tokens]
    for at in range(len(said)):
        amount = is_participle(said[at]) and said[at + 1 : at + 2] in (["amount"], ["value"])
        most = not amount and _is_quantified(intent, at) and _has_a_subject(said, at, catalogue)
        most = most and not (_is_of_pieces(said, at, catalogue) or of_what_is_told(said, at, catalogue))
        if amount or most or _asks_how_much(said, at, catalogue):
            form = sum_of(said[at], catalogue) or (None if amount or most else yield_of(said[at], catalogue))
            yield from [Phrase(first=at, last=at + amount, form=form)] if form else []
        elif _asks_what_they_did(said, at, catalogue) and (form := _sum_of_any(said[at], catalogue)):
            yield Phrase(first=at, last=at, form=form)


def of_what_is_told(said: list[str], at: int, catalogue: Catalogue) -> bool:
    """ "spends the most in A": what the verb brings the most of stands behind it."""
    behind = [word for word in said[at + 1 : at + 7] if word not in ("the", "total")]
    within = behind[:1] != [] and behind[0] in _MOST and behind[1:2] in (["in"], ["of"])
    return within and any(measures(" ".join(behind[2:last]), catalogue) for last in range(3, len(behind) + 1))


def _asks_how_much(said: list[str], at: int, catalogue: Catalogue) -> bool:
    """ "how much was refunded", "how much did A refund"."""
    noun = noun_before(said, at)
    if said[max(noun - 1, 0) : noun + 1] == ["how", "much"]:
        return at - noun > 1
    for first in range(noun, max(noun - MOST_NOUNS, 0), -1):
        head = noun_before(said, first - (said[first - 1] in ("the", "our")))
        if said[max(head - 1, 0) : head + 1] == ["how", "much"]:
            return is_member(" ".join(said[first : noun + 1]), catalogue)
    return False


def _asks_what_they_did(said: list[str], at: int, catalogue: Catalogue) -> bool:
    """ "how much did customers in A spend", "what did each customer spend"."""
    did = next((i for i, word in enumerate(said[:at]) if word in _DID), 0)
    before = did - (said[did - 1 : did] == ["money"])
    asked = said[did - 1 : did] == ["what"] or said[max(before - 2, 0) : before] == ["how", "much"]
    subject = said[did + 1 : at]
    return asked and bool(subject) and _are_some_of_them(subject, catalogue)


def _are_some_of_them(words: list[str], catalogue: Catalogue) -> bool:
    """ "the old customers in A": somebody that numbers are cut by, and nothing but what may tell who they are."""
    told = all(word in catalogue.words or word in _WHO_THEY_ARE for word in words)
    ends = (" ".join(words[first:last]) for last in range(1, len(words) + 1) for first in range(max(last - 3, 0), last))
    return told and any(is_somebody(form, catalogue) for form in ends)


def _is_quantified(intent: Intent, at: int) -> bool:
    """ "lent the most", "lends more than": nothing is named of which it was the most."""
    said = [w.norm for w in intent.tokens]
    quantity = at + 1 + (said[at + 1 : at + 2] == ["the"])
    behind = quantity + 1 + (said[quantity + 1 : quantity + 2] == ["money"])
    ends = (
        behind >= len(said) or said[behind] in ARTICLES_AND_PREPOSITIONS or any(t.first == behind for t in intent.times)
    )
    return ends and said[quantity : quantity + 1] in (["most"], ["least"], ["more"], ["less"])


def _is_of_pieces(said: list[str], at: int, catalogue: Catalogue) -> bool:
    """ "sold more than 50 units": of what, the number says."""
    behind = said[at + 1 : at + 5]
    number = next((i for i, norm in enumerate(behind) if norm.isdigit()), None)
    return "than" in behind and number is not None and measures(" ".join(behind[number + 1 : number + 2]), catalogue)


def _has_a_subject(said: list[str], at: int, catalogue: Catalogue) -> bool:
    if said[at - 1 : at] in (["who"], ["that"], ["we"]):
        return True
    return any(is_somebody(" ".join(said[first:at]), catalogue) for first in range(max(at - MOST_NOUNS, 0), at))


def is_somebody(form: str, catalogue: Catalogue) -> bool:
    """Whether it names what numbers are cut or limited by; people, and things by their own name, may be counted as
    well."""
    names = catalogue.names.get(form, ())
    cut = [n for n in names if n.member is not None or n.kind in ("dimension", "entity")]
    counted = _metrics(form, catalogue)
    own = cuts_too(form, catalogue) and all(map(counts_itself, counted))
    return bool(cut) and (len(cut) == len(names) or form in PERSONS or own or all(map(counts_people, counted)))


def sum_of(verb: str, catalogue: Catalogue) -> str | None:
    """What came of a verb in money, where that is one thing: what is called as the verb is (spend), lendings, an amount
    lent, or loans given that are called loans as well."""
    return None if verb in FUNCTION_WORDS else _sum_of_any(verb, catalogue)


def _sum_of_any(verb: str, catalogue: Catalogue) -> str | None:
    if measures(verb, catalogue):
        return None
    if stem(verb) != verb and _is_money(stem(verb), catalogue):
        return stem(verb)
    forms = [f for f in (*proceeds(verb), f"amount {verb}") if _is_money(f, catalogue)]
    done = ((noun, form) for (noun, root), form in catalogue.done.items() if root == stem(verb))
    forms += [f for noun, f in done if _is_money(f, catalogue) and ids_of(noun, catalogue) == ids_of(f, catalogue)]
    return forms[0] if len({ids_of(f, catalogue) for f in forms}) == 1 else None


def yield_of(verb: str, catalogue: Catalogue) -> str | None:
    """ "how much was produced": what came of it, in whatever it is measured by and not counted in, where that is one
    thing."""
    named = (f for f in proceeds(verb) if measures(f, catalogue) and verb not in FUNCTION_WORDS)
    forms = [f for f in named if not any(counts_itself(m) and not is_weighed(m) for m in _metrics(f, catalogue))]
    return forms[0] if len({ids_of(f, catalogue) for f in forms}) == 1 else None


def counts_itself(metric: Metric) -> bool:
    """Whether its unit is what it is called: loans, and not tonnes."""
    return bool(set(unit_of(metric).split()) & names_of(metric))


def is_weighed(metric: Metric) -> bool:
    """Whether it is told in weight, volume, power, length or area, and no number of things."""
    return not QUANTITIES.isdisjoint(normal_form(metric.unit or "").split())


def ids_of(form: str, catalogue: Catalogue) -> frozenset[str]:
    return frozenset(n.asset_id for n in catalogue.names.get(form, ()))


def noun_before(said: list[str], at: int) -> int:
    """The position of the last word before `at` that stands for something; -1 without one."""
    return next((i for i in range(at - 1, -1, -1) if said[i] not in _BETWEEN), -1)


def _is_money(form: str, catalogue: Catalogue) -> bool:
    units = {unit_of(m) for m in _metrics(form, catalogue)}
    return measures(form, catalogue) and bool(units) and units <= MONEY


def _are_people(form: str, catalogue: Catalogue) -> bool:
    metrics = _metrics(form, catalogue)
    return measures(form, catalogue) and all(counts_people(m) for m in metrics) and bool(metrics)


def counts_people(metric: Metric) -> bool:
    """Whether its unit or one of its names says that people are what is counted."""
    return unit_of(metric) in PERSONS or bool(names_of(metric) & PERSONS)


def is_under_way(metric: Metric, word: str) -> bool:
    """Whether it is a level of what its definition says to be open, of which this word says nothing new: what is active
    need not be open."""
    said = UNDER_WAY if word in _LASTING else UNDER_WAY - _LASTING
    return metric.is_stock and not said.isdisjoint(normal_form(metric.definition).split())


def forms_of(asset: Metric | Dimension) -> set[str]:
    """All that it is called, in normal form."""
    return {normal_form(name) for name in (asset.name, *asset.synonyms)}


def names_of(asset: Metric | Dimension) -> set[str]:
    """The words that it is called by."""
    return {word for name in (asset.name, *asset.synonyms) for word in normal_form(name).split()}


def names_members(form: str, catalogue: Catalogue) -> bool:
    """Whether it is called so by members and by nothing else."""
    names = catalogue.names.get(form, ())
    return bool(names) and all(n.member is not None for n in names)


def is_member(form: str, catalogue: Catalogue) -> bool:
    return any(n.member is not None for n in catalogue.names.get(form, ()))


def _are_stocks(form: str, catalogue: Catalogue) -> bool:
    metrics = _metrics(form, catalogue)
    return bool(metrics) and all(m.is_stock for m in metrics)


def _metrics(form: str, catalogue: Catalogue) -> list[Metric]:
    found = (catalogue.get(n.asset_id, Metric) for n in catalogue.names.get(form, ()))
    return [m for m in found if m]


def amounts(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how much did we lend out", of an amount lent."""
    words = intent.tokens
    said = [w.norm for w in words]
    for at in range(3, len(words)):
        first = max(noun_before(said, at - 1), 0)
        between = set(said[first + 1 : at])
        if said[first - 1 : first + 1] == ["how", "much"] and between & PRONOUNS and not between & NEGATIONS:
            named = measures(said[at], catalogue)  # "how much did we spend", where that is another's name
            done = (catalogue.done.get((n, stem(said[at]))) for n in _AMOUNTS)
            form = None if named else next((f for f in done if f), None)
            particle = at + 1 < len(words) and said[at + 1] in _PARTICLES
            if form:
                yield Phrase(first=first, last=at + particle, form=form)


def pieces(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how many lamps were sold", of units sold: the verb alone says what is counted. "Number of goods sold", where
    numbers are cut by goods: each piece; "how many goods do we sell" asks for how many kinds."""
    said = [w.norm for w in intent.tokens]
    heads = [at + 2 for at, pair in enumerate(pairwise(said)) if pair in COUNTS]
    heads = sorted({*heads, *(c.last + 1 for c in intent.cues if c.number and c.kind in ("top", "bottom"))})
    for at in range(heads[0] + 1, len(said)) if heads else ():
        form = next((f for n in PIECES if (f := catalogue.done.get((n, stem(said[at]))))), None)
        last = noun_before(said, at)
        goods = next((h for h in heads if h <= last and _cuts(" ".join(said[h : last + 1]), catalogue)), None)
        was = is_participle(said[at]) or "did" in said[last + 1 : at]
        if form and goods is not None and _is_told_by_another(said, at, catalogue):
            continue
        if form and goods is not None and was:
            yield Phrase(first=goods, last=at, form=form)
        elif form and said[at - 1] in _BETWEEN:
            yield Phrase(first=at, last=at, form=form)


def counted_by_name(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how many cases are there", where nothing is called cases and something the number of cases; those with more
    than 5, those that were opened are some of them."""
    said = [w.norm for w in intent.tokens]
    if intent.numbers or any(c.kind in _SOME_OF_THEM for c in intent.cues):
        return
    for much in (i for i in range(len(said) - 2) if said[i : i + 2] == ["how", "many"]):
        for last in range(much + 2, min(much + 2 + MOST_NOUNS, len(said))):
            things = " ".join(said[much + 2 : last + 1])
            forms = (f"number of {things}", f"count of {things}", f"{things} count")
            measured = any(n.kind in ("metric", "term") for n in catalogue.names.get(things, ()))
            several = intent.tokens[last].text.lower() != said[last] and not measured
            named = [f for f in forms if measures(f, catalogue)] if several else []
            if named and not any(measures(word, catalogue) for word in said[last + 1 :]):
                yield Phrase(first=much, last=last, form=named[0])


def _is_told_by_another(said: list[str], at: int, catalogue: Catalogue) -> bool:
    """ "the top goods sold by income": what they are ordered by stands behind the verb."""
    ends = range(at + 3, min(at + 3 + MOST_NOUNS, len(said) + 1))
    return said[at + 1 : at + 2] == ["by"] and any(measures(" ".join(said[at + 2 : end]), catalogue) for end in ends)


def called_otherwise(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "active accounts", of active customers, where customers are called accounts, too: what a name is made of, by
    another of its names."""
    said = [w.norm for w in intent.tokens]
    kinds = (i for i in range(len(said) - 1) if i not in intent.plain and said[i] not in _OF_NO_KIND)
    for at in kinds:
        for last in range(at + 1, min(at + 1 + MOST_NOUNS, len(said))):
            metric = only_metric(" ".join(said[at + 1 : last + 1]), catalogue)
            if metric is None or catalogue.names.get(" ".join(said[at : last + 1])):
                continue
            alike = (f"{said[at]} {other}" for other in sorted(forms_of(metric)) if only_metric(other, catalogue))
            forms = [form for form in alike if measures(form, catalogue)]
            if forms and len({ids_of(form, catalogue) for form in forms}) == 1:
                yield Phrase(first=at, last=last, form=forms[0])


def only_metric(form: str, catalogue: Catalogue) -> Metric | None:
    """The one metric that is called so, whatever numbers are cut by; no number of something."""
    names = catalogue.names.get(form, ())
    ids = {n.asset_id if n.kind == "metric" else "" for n in names if n.member or n.kind not in ("dimension", "entity")}
    return catalogue.get(ids.pop(), Metric) if len(ids) == 1 and " of " not in form else None


def lasting(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how long does delivery take", of a delivery time."""
    said = [w.norm for w in intent.tokens]
    if ("how", "long") not in pairwise(said):
        return
    begins = said.index("long")
    for at in range(begins + 1, len(said)):
        for first in range(max(begins + 1, at - MOST_NOUNS), at if said[at] in ("take", "last") else 0):
            forms = (f"{' '.join(said[first:at])} {word}" for word in sorted(DURATIONS))
            yield from (Phrase(first=first, last=at, form=f) for f in forms if measures(f, catalogue))


def time_taken(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how long does it take (us) to ship", of a time to ship, or a shipping time; "to open a place", of a time to
    open a place, or a place opening time."""
    said = [w.norm for w in intent.tokens]
    for at in range(4, len(said)):
        begins = at - 2 - (said[at - 2] in _WHOM)
        if said[at - 1] != "to" or said[begins - 1 : begins + 1] != ["it", "take"]:
            continue
        if ("how", "long") in pairwise(said[: begins - 1]):
            called = (f"{noun} time" for noun in (said[at], f"{stem(said[at])}ing", *deeds(said[at])))
            forms = (Phrase(first=begins, last=at, form=f) for f in (f"time to {said[at]}", *called))
            known = (p for p in (*_time_of_what(said, begins, at), *forms) if measures(p.form, catalogue))
            yield from islice(known, 1)


def _time_of_what(said: list[str], begins: int, verb: int) -> Iterator[Phrase]:
    first = verb + 1 + (said[verb + 1 : verb + 2] != [] and said[verb + 1] in ARTICLES | _OURS)
    for last in range(min(first + MOST_NOUNS, len(said)) - 1, first - 1, -1):
        noun = " ".join(said[first : last + 1])
        times = (f"time to {said[verb]} {' '.join(said[verb + 1 : last + 1])}", f"time to {said[verb]} {noun}")
        deed = (f"{noun} {word} time" for word in (f"{stem(said[verb])}ing", *deeds(said[verb])))
        yield from (Phrase(first=begins, last=last, form=f) for f in (*times, f"time to {said[verb]} a {noun}", *deed))


def going_on(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how often are we shipping", of shipments."""
    said = [w.norm for w in intent.tokens]
    for at in range(4, len(said)):
        asked = said[at - 4 : at - 2] in (["how", "often"], ["how", "frequently"]) and said[at - 2] in BE
        if asked and said[at - 1] in PRONOUNS and said[at].endswith("ing"):
            forms = (f for f in deeds(said[at]) if measures(f, catalogue))
            yield from islice((Phrase(first=at, last=at, form=f) for f in forms), 1)


def judged(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "the highest rated", "rated below 3": of a rating. "Cases rated below 3", where cases are counted, are single
    ones."""
    words = intent.tokens
    for at, word in ((at, word) for at, word in enumerate(words) if word.norm.endswith("ed")):
        beside = any(c.last == at - 1 or c.first == at + 1 for c in intent.cues if c.kind in _JUDGING)
        if beside and not (at and measures(words[at - 1].norm, catalogue)):
            forms = (f"{stem(word.norm)}{ending}" for ending in ("ing", "", "e"))
            yield from (Phrase(first=at, last=at, form=f) for f in forms if measures(f, catalogue))


def shared(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "early versus late arrivals": a word that is a metric's name only with what ends the name behind it; "nurse
    versus doctor pay", where nurses are something else by themselves."""
    said = [w.norm for w in intent.tokens]
    endings: dict[int, list[str]] = {}
    for last, first in reversed(tuple(joined(intent))):
        own = (said[first : end + 1] for end in range(min(len(said), first + LONGEST_PHRASE) - 1, first, -1))
        named = next((words for words in own if measures(" ".join(words), catalogue)), [])
        for ending in (endings.get(first, []), *(named[at:] for at in range(1, len(named)))):
            starts = (
                at
                for at in range(max(last - 1, 0), last + 1)
                if _ends(said[at : last + 1], ending, catalogue, alone=not _is_set_against(said, at, last + 1))
            )
            if (start := next(starts, None)) is not None:
                endings[start] = ending
                yield Phrase(first=start, last=last, form=" ".join((*said[start : last + 1], *ending)))
                break


def begun_before(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "case count and value": a word that is a metric's name only with what begins the name before it."""
    said = [w.norm for w in intent.tokens]
    for last, first in joined(intent):
        if said[first - 1] in _SETTING_AGAINST:
            continue
        for start in range(max(last - MOST_NOUNS, 0), last):
            begun, counts = said[start:last], said[last] in _AMOUNTS_OF
            named = measures(" ".join(begun if counts else said[start : last + 1]), catalogue)
            for end in range(first, min(first + 2, len(said))) if named else ():
                form, own = " ".join((*begun, *said[first : end + 1])), " ".join(said[first : end + 1])
                if measures(form, catalogue) and own not in catalogue.names:
                    yield Phrase(first=first, last=end, form=form)


def begun_alike(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "grades 1, 2 and 3", of Grade 1 and its like; "by case category and type", of case type: what begins the name
    before it begins this one, too."""
    said = [w.norm for w in intent.tokens]
    begun: dict[int, list[str]] = {}
    for last, first in joined(intent):
        if said[first - 1] in _JOINING - SIDE_BY_SIDE:
            continue
        heads = [begun[last]] if last in begun else [said[at:last] for at in range(max(last - MOST_NOUNS, 0), last)]
        for head, end in product(heads, range(first, min(first + 2, len(said)))):
            own, other = said[first : end + 1], (*head, *said[first : end + 1])
            alike = _are_alike(" ".join((*head, said[last])), " ".join(other), catalogue)
            if alike and " ".join(own) not in catalogue.names:
                begun[end] = head
                yield Phrase(first=first, last=end, form=" ".join(other))


def ended_alike(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "1, 2 or 3-star cases", of 1 star and its like: what ends the name behind a number ends this one, too. "1 to 2"
    are both; with more between them, not all would be named."""
    said = [w.norm for w in intent.tokens]
    endings: dict[int, list[str]] = {}
    for last, first in reversed(tuple(joined(intent))):
        if not (said[last].isdigit() and said[first].isdigit()) or _is_a_range(said, last, first):
            continue
        own = (said[first + 1 : end] for end in range(first + 2, min(first + 1 + MOST_NOUNS, len(said) + 1)))
        for ending in (endings.get(first, []), *own):
            one, other = (" ".join((said[at], *ending)) for at in (last, first))
            if ending and names_members(one, catalogue) and _are_alike(one, other, catalogue):
                endings[last] = ending
                yield Phrase(first=last, last=last, form=one)
                break


def _is_a_range(said: list[str], last: int, first: int) -> bool:
    return said[last + 1] == "to" and int(said[first]) - int(said[last]) != 1


def _are_alike(one: str, other: str, catalogue: Catalogue) -> bool:
    """Whether both are what numbers are cut by, or members of the same."""
    if names_members(one, catalogue) and names_members(other, catalogue):
        return ids_of(one, catalogue) == ids_of(other, catalogue)
    return _cuts(one, catalogue) and _cuts(other, catalogue)


def of_ours(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "the amount of our open cases", of the amount of open cases, and "day of the week", of the day of week."""
    said = [w.norm for w in intent.tokens]
    for at in (i for i in range(2, len(said) - 1) if said[i - 1] == "of" and said[i] in _OURS):
        for first in range(max(at - MOST_NOUNS, 0), at - 1):
            for last in range(at + 1, min(at + 1 + MOST_NOUNS, len(said))):
                form = " ".join((*said[first:at], *said[at + 1 : last + 1]))
                if measures(form, catalogue) or (said[at] == "the" and _cuts(form, catalogue)):
                    yield Phrase(first=first, last=last, form=form)


def with_a_link(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "income generated from cases", of income from cases: a verb inside that says nothing."""
    said = [w.norm for w in intent.tokens]
    for at in (i for i in range(1, len(said) - 2) if said[i] in LIGHT_VERBS and said[i + 1] in _BEFORE_A_PLACE):
        for first in range(max(at - MOST_NOUNS, 0), at):
            for last in range(at + 2, min(at + 2 + MOST_NOUNS, len(said))):
                form = " ".join((*said[first:at], *said[at + 1 : last + 1]))
                if measures(form, catalogue):
                    yield Phrase(first=first, last=last, form=form)


def elided(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "how many cases were opened, and how many were closed": the verb alone, where what it is said of was named
    before. "How many of them" would be those of the first."""
    said = [w.norm for w in intent.tokens]
    for much in (i for i in range(2, len(said) - 1) if said[i : i + 2] == ["how", "many"]):
        begins = much + 2 + 2 * (said[much + 2 : much + 4] in (["of", "them"], ["of", "those"]))
        at = next((i for i in range(begins, len(said)) if said[i] not in _BETWEEN), 0)
        if at > begins and said[begins] in _DID | BE:
            before = (" ".join(said[a:b]) for b in range(much, 0, -1) for a in range(max(b - MOST_NOUNS, 0), b))
            forms = (catalogue.done.get((nouns, stem(said[at]))) for nouns in before if measures(nouns, catalogue))
            yield from [Phrase(first=at, last=at, form=f) for f in forms if f][:1]


def around_members(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "the average A case", of the average case: both parts of the name, with a member between them that is in
    no other name."""
    said = [w.norm for w in intent.tokens]
    for first, last in _members(said, catalogue):
        for begins in range(max(first - 2, 0), first):
            for ends in range(last + 1, min(last + 3, len(said))):
                form = " ".join((*said[begins:first], *said[last + 1 : ends + 1]))
                whole = " ".join(said[begins : ends + 1])
                within = (" ".join(said[a:b]) for a, b in ((first, ends + 1), (begins, last + 1)))
                apart = whole not in catalogue.names and not any(measures(f, catalogue) for f in within)
                if measures(form, catalogue) and apart:
                    yield Phrase(first=begins, last=first - 1, form=form)
                    yield Phrase(first=last + 1, last=ends, form=form)


def _members(said: list[str], catalogue: Catalogue) -> Iterator[tuple[int, int]]:
    """The first and the last word of each name of members only."""
    for first in range(1, len(said) - 1):
        for last in range(first, min(first + MOST_NOUNS, len(said) - 1)):
            if names_members(" ".join(said[first : last + 1]), catalogue):
                yield first, last


def around_brackets(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "mean time (MT) to repair", of the mean time to repair, with its letters in brackets inside."""
    words = intent.tokens
    said = [w.norm for w in words]
    for at in range(1, len(words) - 1):
        if not (intent.gap(at - 1, at).endswith("(") and intent.gap(at, at + 1).startswith(")")):
            continue
        own = ids_of(said[at], catalogue)
        for first in range(max(at - LONGEST_PHRASE, 0), at):
            for last in range(at + 1, min(at + 1 + MOST_NOUNS, len(words))):
                form = " ".join((*said[first:at], *said[at + 1 : last + 1]))
                if measures(form, catalogue) and (not own or own == ids_of(form, catalogue)):
                    yield Phrase(first=first, last=last, form=form)


def cuts_turned(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "by type of place", "for each type of place", of the place type."""
    said = [w.norm for w in intent.tokens]
    for at in (i for i in range(1, len(said) - 1) if said[i] == "of"):
        each = intent.norm(at - 2) in EVERY and intent.norm(at - 3) in _BEFORE_A_PLACE | {"for"}
        if intent.norm(at - 2) not in ("by", "per", "across", "and", "which", "what") and not each:
            continue
        first = at + 1 + (said[at + 1] == "the")
        for last in range(first, min(first + MOST_NOUNS, len(said))):
            form = " ".join((*said[first : last + 1], said[at - 1]))
            if _cuts(form, catalogue) and " ".join(said[at - 1 : last + 1]) not in catalogue.names:
                yield Phrase(first=at - 1, last=last, form=form)


def measures_turned(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "the average length of trips", of the average trip length, "the rate of returns", of the return rate: where it
    is called so, and not in the order of the words as well."""
    said = [w.norm for w in intent.tokens]
    for at in (i for i in range(1, len(said) - 1) if said[i] == "of" and said[i - 1] not in _NO_MEASURES):
        means = said[at - 2] if at > 1 and said[at - 2] in AVERAGES else ""
        first = at + 1 + (said[at + 1] in _OURS)
        for last in range(first, min(first + MOST_NOUNS, len(said))):
            turned_round = " ".join((*said[first : last + 1], said[at - 1]))
            forms = [*([f"{means} {turned_round}"] if means else []), turned_round]
            form = next((f for f in forms if measures(f, catalogue)), None)
            several = intent.tokens[last].is_inflected or not measures(said[last], catalogue)
            several = several and all(n.first != last + 1 for n in intent.numbers)  # "the value of repairs over 100"
            several = several and not (measures(said[at - 1], catalogue) and _is_related(said, last + 1, catalogue))
            if form and several and " ".join(said[at - 1 : last + 1]) not in catalogue.names:
                yield Phrase(first=at - 1 - (form.split()[0] == means), last=last, form=form)


def _is_related(said: list[str], at: int, catalogue: Catalogue) -> bool:
    """Whether a verb of a relation begins there, as in "the takings of shops (that are) run by A"."""
    while at < len(said) and said[at] in _LEADING_TO_A_VERB:
        at += 1
    return any(" ".join(said[at : at + length]) in catalogue.verbs for length in range(1, MOST_NOUNS + 1))


def joined(intent: Intent) -> Iterator[tuple[int, int]]:
    """Where a word or a sign stands between two parts: the last word before it, and the first behind it."""
    words = intent.tokens
    for at in range(1, len(words)):
        if words[at].norm in _JOINING and at + 1 < len(words):
            yield at - 1, at + 1
        elif _SIGNS & set(intent.text[words[at - 1].end : words[at].start]):
            yield at - 1, at


def _ends(words: list[str], ending: list[str], catalogue: Catalogue, *, alone: bool) -> bool:
    """Whether the words name a metric with the ending and, where they are `alone`, nothing by themselves."""
    own = alone and " ".join(words) in catalogue.names
    return bool(ending) and not own and measures(" ".join((*words, *ending)), catalogue)


def _is_set_against(said: list[str], first: int, joint: int) -> bool:
    """ "A versus B", and not "by A versus B"."""
    cut = said[first - 1 : first] and said[first - 1] in BEFORE_A_NOUN
    return said[joint : joint + 1] in (["vs"], ["versus"]) and not cut


def measures(form: str, catalogue: Catalogue) -> bool:
    """Whether it is what numbers are called, though a part of the enterprise may be called so as well."""
    named = [n for n in catalogue.names.get(form, ()) if n.kind != "domain"]
    return bool(named) and all(n.kind in ("metric", "term") and n.member is None for n in named)


def is_counted(form: str, catalogue: Catalogue) -> bool:
    """Whether this is measured, though numbers may be cut by it as well; no member is called so."""
    names = catalogue.names.get(form, ())
    return all(n.member is None for n in names) and any(n.kind == "metric" for n in names)


def cuts_as_adjectives(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "seasonal A", "the geographic distribution of A": what numbers are cut by, as an adjective before what is
    measured."""
    said = [w.norm for w in intent.tokens]
    for at, word in enumerate(said[:-1]):
        if word in catalogue.names or not word.endswith(("al", "ic")):
            continue
        spread = said[at + 1] in _SPREAD and said[at + 2 : at + 3] == ["of"]
        begins = at + 3 if spread else at + 1
        ends = range(begins + 1, min(begins + 1 + MOST_NOUNS, len(said) + 1))
        things = [" ".join(said[begins:end]) for end in ends]
        if any(measures(form, catalogue) or (spread and is_counted(form, catalogue)) for form in things):
            cuts = (form for form in _nouns_as_adjectives(word) if _cuts(form, catalogue))
            yield from (Phrase(first=at, last=at, form=f) for f in islice(cuts, 1))


def _nouns_as_adjectives(adjective: str) -> Iterator[str]:
    """Season, history, geography: what a regular adjective is made of."""
    for ending, nouns in (("ical", ("y",)), ("ial", ("y", "")), ("al", ("", "e")), ("ic", ("y", ""))):
        if adjective.endswith(ending):
            yield from (adjective.removesuffix(ending) + noun for noun in nouns)


def by_origin(intent: Intent, catalogue: Catalogue) -> Iterator[Phrase]:
    """ "Utopian", of a member that is called Utopia: an adjective made of a name in a regular way, with a capital."""
    for at, word in enumerate(intent.tokens):
        if word.text[0].isupper() and word.norm not in catalogue.words and word.norm not in _NO_PLACES:
            places = (p for p in places_of(word.norm) if any(n.member for n in catalogue.names.get(p, ())))
            yield from (Phrase(first=at, last=at, form=p) for p in places)


def places_of(adjective: str) -> Iterator[str]:
    """What an adjective of a place may be made of."""
    yield f"{adjective}y"
    for ending in OF_A_PLACE:
        stem_ = adjective.removesuffix(ending)
        if stem_ != adjective and len(stem_) >= _SHORTEST_PLACE:
            yield from (stem_ + end for end in ENDINGS_OF_PLACES)
