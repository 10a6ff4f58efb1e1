"""The first look at a question: its words, its times, its cues and the phrases worth looking up.

Pure and without vocabulary: what the phrases name is the registry's to say.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from ecp.domain.courtesies import without_courtesies
from ecp.domain.explaining import CONSISTING_OF
from ecp.domain.language import (
    ADD_UP,
    ARTICLES,
    AT_THE_HEAD,
    BE,
    BEFORE_AT_THE_HEAD,
    BEFORE_HEADING,
    BEFORE_WANTED,
    BRINGING,
    CHARTS,
    COMING_ABOUT,
    COMPARATIVES,
    CONTRACTED,
    CORRESPONDING,
    CUES,
    DIFFERENCES,
    DRAWN_COURSES,
    FILLERS,
    FUNCTION_WORDS,
    HAVING,
    HEADING,
    HOW_MUCH,
    LEAST,
    LIGHT_VERBS,
    LIST_WORDS,
    LONGEST_CUE,
    NAMES_IN_PLURAL,
    NEEDS_BEFORE,
    NOUN_BEFORE,
    NUMERIC_CUES,
    OF_GRAIN,
    ONLY_HEADING,
    OUT_BEHIND,
    OUTCOMES,
    PRONOUN_AFTER,
    PRONOUNS,
    REQUESTS,
    SHARES,
    SUPERLATIVES,
    TARGETS,
    VERB_BEHIND,
    Cue,
)
from ecp.domain.notation import as_people_write
from ecp.domain.numbers import NumberFilter, find_numbers, without_bounds
from ecp.domain.participles import is_participle
from ecp.domain.rankings import as_told_once, count_at, with_limits
from ecp.domain.same_time import as_its_own_time
from ecp.domain.time import GrainMention, find_times
from ecp.domain.time import Mention as TimeFound
from ecp.domain.time.expressions import Expression, Relative, Year
from ecp.domain.time.lexer import NO_YEARS
from ecp.domain.told_anyway import without_what_is_told_anyway
from ecp.domain.values import Value
from ecp.domain.words import Token, fold, tokens

LONGEST_PHRASE = 8
_NAMED_UNITS = {"date": "day"}
_RANKED = SUPERLATIVES | {"top", "bottom", "rank", "ranked", "busiest"}
_FIRST_WORDS = 4
_WORDS_OF_A_NAME = 3
_ONE_HAS = frozenset({"has", "had", "is", "was", "show", "saw", "see", "get", "got"})
_BRINGING_MORE = BRINGING | HAVING | LIGHT_VERBS
_WERE = frozenset({"was", "were", "did", "had"})
_BY_OR_WITH = frozenset({"by", "with"})
_BEFORE_A_TIME = frozenset({"last", "next", "since", "until", "during"})
_SET_AGAINST = frozenset({"than", "compared", "versus", "vs", "against", "over", "when"})
_GRAINS = ("day", "week", "month", "quarter", "year")
_BASES = ("fiscal", "calendar")
_AHEAD = frozenset({"next", "coming", "upcoming", "following", "will", "would", "future", "tomorrow", "ahead", "end"})
_WITHIN = frozenset({"in", "on", "during"})
_TAKING_TIME = frozenset(
    {"it", "take", "took", "taken", "need", "needed", "lasted", "pass", "passed", "wait", "waited", "spend"}
    | {"spent", "require", "required", "until", "elapse", "elapsed", "before"}
)
_OPENING = frozenset({"", "and", "so", "but", "also"})
_ASKING_HOW_LONG = frozenset({"was", "were", "did"})
_HOLDING = (frozenset({"had", "with", "saw", *OUTCOMES}) | _ASKING_HOW_LONG) - {"over", "under"}
_HEADS = frozenset({"", "the", "all", "list", "show", "find", "me", "give"})
_CHANGE = r"(?:growth|change|increase|decrease|variance|difference)\b"
_CHANGE_IN_PERCENT = re.compile(rf"\b{_CHANGE}(?:\s+in)?\s*\(?%|(?<!\d)%\s*(?={_CHANGE})", re.I)
_RELATION = re.compile(r"!=|<>|≠|[<>≤≥]|\s-$|%")
_NOT_THIS = re.compile(r"[\s:=(\[{\"',][!~]$|\(-$")
_WRITTEN_TOGETHER = re.compile(r"(?<=[a-z])=(?=[\w\"'])|(?<=[a-z0-9])_(?=[a-z0-9])", re.I)
_OVER_A_WINDOW = re.compile(
    r"\bover( \d{1,3} (?:days|weeks|months|quarters|years)\b)(?! (?:old|late|overdue|past|long|ago))", re.I
)
_IN_BRACKETS = re.compile(r"(?<=[\w%] )\((\d{1,3} (?:days|weeks|months|quarters|years))\)", re.I)
_AGED = re.compile(r"\b(?:overdue|late|aged|older|past|due|dormant|inactive)\W+$", re.I)
_COURSE = re.compile(r"\btrend(?:s|ing|ed)?\b|\bover time\b", re.I)
_TARGETS = "|".join(sorted(TARGETS))
_ACTUAL_AND_PLANNED = re.compile(
    rf"(?<=\bactual )and(?= [a-z])|(?<=(?:ed|et) )and(?= actual\b)"
    rf"|(?<=\bcurrent )and(?= (?:{_TARGETS})\b)|(?<=\btarget )and(?= current\b)",
    re.I,
)
_A_OR_B = re.compile(r"[,:?][^,:?]+(?:,[^,:?]+)*\bor\b[^,:?]+\s*[.?!]*\s*$")
_SEEN = "(?:considered|regarded|deemed|classed|classified|treated|counted)"
_WHEN_IT_COUNTS = re.compile(
    rf"\s*when (?:(?:is|are) (?:an? )?(?P<thing>\w+(?: \w+)?) {_SEEN}"
    r"|(?:does|do|would) (?:an? )?(?P<other>\w+(?: \w+)?) (?:be considered|count|qualify))"
    r"(?: as| to be)? (?:an? )?(?P<kind>\w+(?: \w+)?)\s*[?.!]*\s*$",
    re.I,
)
_ARROW = re.compile(r"[-=]>")


class Phrase(Value):
    """Some words in a row that may be a name; token positions, inclusive."""

    first: int
    last: int
    form: str


class TimeSpan(Value):
    """A temporal expression and the tokens it takes."""

    first: int
    last: int
    found: TimeFound


class Intent(Value):
    """A question taken apart, before anything is known of the enterprise. `plain` are the positions of words that
    mean nothing to a business, `related` those of words behind a sign (`!=`, `>`) that says how they are meant."""

    text: str
    tokens: tuple[Token, ...]
    cues: tuple[Cue, ...]
    times: tuple[TimeSpan, ...]
    numbers: tuple[NumberFilter, ...]
    phrases: tuple[Phrase, ...]
    plain: frozenset[int]
    related: tuple[int, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(p.form for p in self.phrases))

    def gap(self, last: int, first: int) -> str:
        """The text between the word at one position and that at a later one."""
        return self.text[self.tokens[last].end : self.tokens[first].start]

    def norm(self, at: int) -> str:
        """The word at a position in its normal form; nothing before the first and behind the last."""
        return self.tokens[at].norm if 0 <= at < len(self.tokens) else ""

    def form(self, first: int, last: int) -> str:
        """The words from one position to another in their normal form, as names are looked up."""
        return " ".join(t.norm for t in self.tokens[first : last + 1])

    def after(self, at: int, words: Collection[str]) -> int:
        """The first position from one on where none of these words stands."""
        while self.norm(at) in words:
            at += 1
        return at

    def before(self, at: int, words: Collection[str]) -> int:
        """The last position up to one where none of these words stands."""
        while self.norm(at) in words:
            at -= 1
        return at

    def pair_before(self, at: int) -> tuple[str, ...]:
        """The two words before a position; fewer at the head of the text."""
        return tuple(t.norm for t in self.tokens[max(at - 2, 0) : at])


def read_intent(text: str, *, going_on: bool = False, years: Mapping[str, str] = NO_YEARS) -> Intent:
    """Takes a question apart; one that is `going_on` from another may tell its times from the period of that one.
    `years`: the enterprise's own words for "fiscal" and "FY". Never raises for any text. The intent's text has blanks
    where people were only polite."""
    text = _as_what_counts(
        _against_what_was_planned(_with_windows(without_what_is_told_anyway(without_courtesies(text))))
    )
    words = tokens(text)
    cues = tuple(_cues(words, text))
    cues = (*_asking_when(words, cues), *cues)
    ranked = as_told_once(cues, words, text)
    plain = frozenset(_plain(words, text)) | ranked.idle
    found = find_times(_apart(without_bounds(as_people_write(text))), going_on=going_on, years=years)
    found = (*found, *_windows_in_brackets(text, found))
    found = found if going_on else as_its_own_time(text, found)
    times = tuple(_times(words, cues, found, text))
    numbers = tuple(_undated(find_numbers(text, words, cues), times))
    return Intent(
        text=text,
        tokens=words,
        cues=ranked.cues,
        times=times,
        numbers=numbers,
        phrases=tuple(_phrases(words, plain)),
        plain=plain,
        related=tuple(_related(text if numbers else _without_told_percent(text, found), words)),
    )


def _is_a_year(number: NumberFilter) -> bool:
    said = number.text.split()
    return said[:1] == ["over"] and said[-1].isdigit() and 2010 <= number.value <= 2040 and number.unit is None


def _with_windows(text: str) -> str:
    """ "the trend over 90 days": the last ones, and no bound."""
    return _OVER_A_WINDOW.sub(lambda m: "last" + m[1], text) if _COURSE.search(text) else text


def _against_what_was_planned(text: str) -> str:
    """ "actual and planned A", "the gap between current and target A": the one against the other."""
    return _ACTUAL_AND_PLANNED.sub("vs ", text)


def _as_what_counts(text: str) -> str:
    """ "when is a place considered busy", "when does a place count as busy": what counts as a busy place."""
    found = _WHEN_IT_COUNTS.match(text)
    if found is None:
        return text
    thing, kind = found["thing"] or found["other"], found["kind"]
    return f"what counts as {kind if kind.casefold().endswith(thing.casefold()) else f'{kind} {thing}'}"


def _windows_in_brackets(text: str, found: Iterable[TimeFound]) -> Iterator[TimeFound]:
    """ "A (30 days)", where no other time is told: the last ones. Behind what is late they say how late it is."""
    bracket = _IN_BRACKETS.search(text)
    if bracket is None or _AGED.search(text[: bracket.start()]) or any(m.type in ("time", "year") for m in found):
        return
    for said in find_times(f"last {bracket[1]}"):
        yield said.model_copy(update={"start": bracket.start(1), "end": bracket.end(1), "text": bracket[1]})


def _apart(text: str) -> str:
    """ "period=last_quarter": words are words without blanks between them, too."""
    return _WRITTEN_TOGETHER.sub(" ", text)


def _undated(numbers: tuple[NumberFilter, ...], times: tuple[TimeSpan, ...]) -> Iterator[NumberFilter]:
    """The bounds but for those of "between 2024 and 2025", where both are times: then neither is a number; and but for
    the year of "the trend over 2025"."""
    dated = {at for t in times for at in range(t.first, t.last + 1)}
    numbers = tuple(n for n in numbers if not (n.last in dated and _is_a_year(n)))
    pairs = [
        (a, b) for a in numbers for b in numbers if b.first == a.last + 1 and (a.last in dated and b.last in dated)
    ]
    yield from (n for n in numbers if not any(n in pair for pair in pairs))


def _without_told_percent(text: str, found: Iterable[TimeFound]) -> str:
    """ "YoY %", "YoY growth (%)", "% change": the sign says how the comparison is told, and relates nothing but a
    bound."""
    if any(mention.type == "comparison" for mention in found):
        text = _CHANGE_IN_PERCENT.sub(lambda m: m[0].replace("%", " "), text)
    for mention in found:
        behind = text[mention.end :]
        if mention.type == "comparison" and behind.lstrip().startswith("%"):
            text = text[: mention.end] + behind.replace("%", " ", 1)
    return text


def _related(text: str, words: tuple[Token, ...]) -> Iterator[int]:
    percent = bool(words) and text[: words[0].start].rstrip().endswith("%")
    if percent and words[0].norm not in SHARES:  # "% of A that", and not "% share"
        yield 0
    for at, word in enumerate(words):
        behind = words[at + 1].start if at + 1 < len(words) else len(text)
        if at + 1 < len(words) and _NOT_THIS.search(text[word.end : behind]):
            yield at + 1
        sign = _RELATION.search(_ARROW.sub(" ", text[word.end : behind]))
        apart = sign and set(text[word.end : behind][: sign.start()]) & {",", "(", ":", ";"}  # "in 2025, % of total"
        if sign and not (sign.group() == "%" and word.text[-1].isdigit() and not apart):
            yield min(at + 1, len(words) - 1)


def is_function_word(word: Token, *, shouting: bool) -> bool:
    """An acronym in capitals ("IT", "US") is a name, unless the whole question is in capitals; "AND" and "OR" join, as
    programs write them."""
    acronym = not shouting and len(word.text) > 1 and word.text.isupper()
    return (word.norm in FUNCTION_WORDS and (not acronym or word.text in ("AND", "OR"))) or _is_contracted(word.text)


def _is_contracted(text: str) -> bool:
    """ "I'd", "we've": two function words in one."""
    head, _, tail = fold(text).partition("'")
    return tail in CONTRACTED and head in FUNCTION_WORDS


def _plain(words: tuple[Token, ...], text: str) -> Iterator[int]:
    shouting = is_shouting(words)
    for at, word in enumerate(words):
        if _is_one_of_two(words, at, text):
            continue
        before = words[at - 1].norm if at else ""
        stands_alone = word.norm not in PRONOUN_AFTER or before in PRONOUN_AFTER[word.norm]
        behind = words[at + 1].norm if at + 1 < len(words) else ""
        stands_alone = stands_alone or _is_whom(words, at) or is_ours_to_do(words, at, text, _BY_OR_WITH)
        noun = behind in NOUN_BEFORE.get(word.norm, ()) or _is_several(word, before) or _is_ours(word, before)
        noun = noun or _is_short_for_a_name(words, at)
        plain = is_function_word(word, shouting=shouting) and stands_alone and not noun
        if plain or _is_phrasal(words, at) or _heads(words, at):
            yield at


def _is_one_of_two(words: tuple[Token, ...], at: int, text: str) -> bool:
    """ "the return/refusal rate": what is a request elsewhere, in one with a noun, is one, too."""
    beside = [i for i in (at - 1, at + 1) if 0 <= i < len(words) and words[i].norm not in FUNCTION_WORDS]
    pairs = ((min(i, at), max(i, at)) for i in beside if words[at].norm in REQUESTS)
    return any(text[words[a].end : words[b].start] == "/" for a, b in pairs)


def _is_short_for_a_name(words: tuple[Token, ...], at: int) -> bool:
    """ "in OR", "CA, OR": no conjunction behind a preposition or in a list of the like."""
    if words[at].text != "OR" or at == 0:
        return False
    behind = words[at + 1].text if at + 1 < len(words) else ""
    listed = words[at - 1].text.isupper() and (behind in ("and", "or", "&") or len(words[at - 1].text) == 2)
    return listed or words[at - 1].norm in ("in", "for", "from", "at", "of", "to", "and") or not behind


def _is_whom(words: tuple[Token, ...], at: int) -> bool:
    """ "what did it cost us": behind a verb, in small letters."""
    verb = at > 0 and words[at - 1].norm not in FUNCTION_WORDS
    return words[at].text == "us" and verb and any(w.norm in VERB_BEHIND for w in words[:at])


def is_ours_to_do(words: tuple[Token, ...], at: int, text: str, before: Collection[str]) -> bool:
    """ "made by us in 2025", in small letters behind one of these words and with no name behind it: the asker's own
    enterprise, and no code."""
    if words[at].text not in PRONOUN_AFTER or at == 0 or words[at - 1].norm not in before:
        return False
    if at + 1 == len(words):
        return True
    behind = words[at + 1]
    joined = behind.norm in LIST_WORDS | {"vs", "versus"} or "," in text[words[at].end : behind.start]
    return not joined and (behind.norm in FUNCTION_WORDS | _BEFORE_A_TIME or behind.text[0].isdigit())


def _is_several(word: Token, before: str) -> bool:
    """ "cases with returns": of verbs that ask for something, more than one thing; "a report that shows" asks."""
    return word.norm in NAMES_IN_PLURAL and word.text.lower() == f"{word.norm}s" and before not in PRONOUNS


def _is_ours(word: Token, before: str) -> bool:
    """ "our book", "the post": a thing, and no request."""
    return word.norm in NAMES_IN_PLURAL - {"display", "list"} and before in ("our", "my", "their")


def _heads(words: tuple[Token, ...], at: int) -> bool:
    """ "name the top three", "please state how many": a verb of a request, where nothing is asked before it."""
    behind = words[at + 1].norm if at + 1 < len(words) else "of"
    norm = words[at].norm
    wanted = behind in BEFORE_WANTED or (norm == "name" and behind != "of")
    several = words[at].text.lower() == f"{norm}s"  # "listings our people have"
    heads = norm in ONLY_HEADING or _estimates_what_was(words, at) or (norm in HEADING and wanted and not several)
    return heads and behind != "of" and _asks_first(words, at)


def _estimates_what_was(words: tuple[Token, ...], at: int) -> bool:
    """ "estimate the total for last year"; what is ahead is estimated otherwise."""
    ahead = any(w.norm in _AHEAD or w.norm.isdigit() for w in words)
    return words[at].norm == "estimate" and not ahead


def _is_phrasal(words: tuple[Token, ...], at: int) -> bool:
    """ "as well", "so far", "find out", "sum up", "line chart", "no. of"."""
    before, norm = words[at - 1].norm if at else "", words[at].norm
    known = (before, norm) in (("as", "well"), ("so", "far"), ("thus", "far"), ("by", "now"))
    known = known or (norm in DRAWN_COURSES and at + 1 < len(words) and words[at + 1].norm in CHARTS)
    return known or (norm == "out" and before in OUT_BEHIND) or _adds_up(words, at) or _is_number_of(words, at)


def _adds_up(words: tuple[Token, ...], at: int) -> bool:
    verb = at - (words[at].norm == "up")
    phrase = tuple(w.norm for w in words[verb : verb + 2]) if verb >= 0 else ()
    return phrase[:1] != () and phrase[0] in ADD_UP and phrase[1:] == ("up",) and _asks_first(words, verb)


def _asks_first(words: tuple[Token, ...], at: int) -> bool:
    """Whether there is nothing before it but what a request begins with."""
    return all(w.norm in BEFORE_HEADING for w in words[:at])


def _is_number_of(words: tuple[Token, ...], at: int) -> bool:
    return words[at].norm == "no" and at + 1 < len(words) and words[at + 1].norm == "of"


def is_shouting(words: tuple[Token, ...]) -> bool:
    return sum(len(w.text) for w in words) > 4 and all(not w.text.isalpha() or w.text.isupper() for w in words)


def _cues(words: tuple[Token, ...], text: str) -> Iterator[Cue]:
    at = 0
    while at < len(words):
        length = next((n for n in range(LONGEST_CUE, 0, -1) if _key(words, at, n) in CUES), 0)
        if not length and _is_difference(words, at):
            yield Cue(kind="contrast", first=at, last=at)
        if not length and _singles_out(words, at, text):
            yield Cue(kind="bottom" if words[at].norm in LEAST else "top", first=at, last=at)
        holds = length > 0 and _holds(words, at, length)
        if holds:
            yield Cue(kind=CUES[_key(words, at, length)], first=at, last=at + length - 1)
        at += length if holds else 1


def _asking_when(words: tuple[Token, ...], cues: tuple[Cue, ...]) -> Iterator[Cue]:
    """ "when was A highest", "when did we have the most A": in which unit of its course."""
    said = [w.norm for w in words[:2]]
    superlatives = [c for c in cues if c.kind in ("top", "bottom")]
    ranked = superlatives and not any(w.norm == "recent" for w in words)
    units = any(w.norm in _GRAINS for c in superlatives for w in words[c.last + 1 : c.last + 2])  # "the best month"
    if said[:1] == ["when"] and said[1:] and said[1] in _WERE and ranked and not units:
        yield Cue(kind="trend", first=0, last=0)


def _singles_out(words: tuple[Token, ...], at: int, text: str) -> bool:
    """ "which month has the higher weight", "which of A and B is heavier", "which place (A/B) makes more": one of them,
    as with "the highest"; neither "higher than" something nor "which months have a higher weight", which may be higher
    than before."""
    if words[at].norm not in COMPARATIVES:
        return False
    said = [w.norm for w in words]
    verb = at - 1 - (said[at - 1] in ARTICLES)
    verb -= said[verb] == "in" and said[verb - 1] in _BRINGING_MORE
    asks = next((i for i in range(min(_FIRST_WORDS, at)) if said[i] in ("which", "what")), None)
    chosen = asks is not None and _does_it(words[verb]) and bool(_A_OR_B.search(text[words[at].end :]))
    if asks is None or verb <= asks + 1 or not (said[verb] in _ONE_HAS | _BRINGING_MORE or chosen):
        return False
    subject = said[asks + 1 : verb]
    one = words[verb - 1].text.lower() == said[verb - 1]
    if subject == ["one"]:  # "which one is heavier: A or B"
        return False
    listed = subject[0] == "of" and bool({"and", "or"} & set(subject))
    return (one or listed) and not _SET_AGAINST & set(said)


def _does_it(word: Token) -> bool:
    """ "sells", "sold": the verb of a single one."""
    return word.text.lower() == f"{word.norm}s" or is_participle(word.norm)


def _is_difference(words: tuple[Token, ...], at: int) -> bool:
    """ "the difference in weight between A and B"."""
    near = [w.norm for w in words[at + 1 : at + LONGEST_PHRASE]]
    return words[at].norm in DIFFERENCES and "between" in near and near[0] in ("in", "of")


def _holds(words: tuple[Token, ...], at: int, length: int) -> bool:
    """ "the mean weight" is no question for a meaning, "weight computed by month" none for a formula."""
    if not _explains(words, at, length):
        return False
    needed = NEEDS_BEFORE.get(words[at].norm)
    if words[at].text.lower() == "means":  # "tell me what it means": a verb, and no average
        needed = frozenset({"what"})
    if _is_number_of(words, at):
        return False
    if words[at].norm == "certified":  # "is it certified", and not "from certified places"
        last = [w.norm for w in words[at + 1 :]]
        return words[0].norm in BE and all(norm in FILLERS for norm in last)
    before = range(max(0, at - LONGEST_PHRASE), at)
    return needed is None or any(words[i].norm in needed and not _asks_how_many(words, i) for i in before)


def _explains(words: tuple[Token, ...], at: int, length: int) -> bool:
    """ "the unit of A", and not "how many units of A"; "what does A include", and not "include A"; "how is A counted",
    and not "cases counted"."""
    norm, said = words[at].norm, [w.norm for w in words]
    if norm in AT_THE_HEAD:
        return set(said[:at]) <= BEFORE_AT_THE_HEAD
    if " ".join(said[at : at + length]) in CONSISTING_OF:
        return said[0] == "what" and said[1] in VERB_BEHIND and at + length == len(words)
    if norm == "based" and any(word in _RANKED for word in said[:at]):
        return False  # "the top three places based on A"
    if norm in COMING_ABOUT:
        return any(pair[0] == "how" and pair[1] in BE for pair in pairwise(said[:at]))
    return norm != "be" or said[0] == "how" or said[1:2] in (["can"], ["could"]) or _asks_by_what(said)


def _asks_by_what(said: list[str]) -> bool:
    """ "by what can A be cut", "by which dimensions can A be cut"."""
    return said[0] == "by" and said[1] in ("what", "which") and bool({"can", "could"} & set(said[2:4]))


def _asks_how_many(words: tuple[Token, ...], at: int) -> bool:
    return (words[at].norm, words[at + 1].norm) in HOW_MUCH


def _key(words: tuple[Token, ...], at: int, length: int) -> tuple[str, ...]:
    found = words[at : at + length]
    return tuple(w.norm for w in found) if len(found) == length else ()


def _times(
    words: tuple[Token, ...], cues: tuple[Cue, ...], times: tuple[TimeFound, ...], text: str
) -> Iterator[TimeSpan]:
    taken: set[int] = set()
    for found in (t for t in times if not _is_in_an_identifier(text, t)):
        inside = [i for i, w in enumerate(words) if w.start < found.end and w.end > found.start]
        if inside:
            taken.update(inside)
            yield TimeSpan(first=inside[0], last=inside[-1], found=found)
    yield from _listed_grains(text, words, cues, taken)
    dated = [f.expression for f in times if f.type == "time"]
    yield from _asked_grains(words, cues, taken, of_one_year=len(dated) == 1 and _is_a_whole_year(dated[0]))


def _is_in_an_identifier(text: str, found: TimeFound) -> bool:
    """The "monthly" of "fct_cost_monthly", and not the "by=month" of "group_by=month"."""
    inside = text[found.start - 1 : found.start] == "_" and not found.text.startswith("by")
    return inside or text[found.end : found.end + 1] == "_"


def _listed_grains(text: str, words: tuple[Token, ...], cues: tuple[Cue, ...], taken: set[int]) -> Iterator[TimeSpan]:
    """ "by A and month", "by A and fiscal quarter": a unit of time in a list of groupings, which "orders by A" begins,
    too."""
    orders = (c.last for c in cues if c.kind == "sort" and c.last == c.first + 1 and _are_orders(words, c))
    grouped = min((*(c.first for c in cues if c.kind == "group"), *orders), default=len(words))
    for at in range(grouped + 2, len(words)):
        word = words[at]
        basis = words[at - 1].norm if words[at - 1].norm in _BASES else None
        first = at - (basis is not None)
        before = words[first - 1]
        listed = before.norm == "and" or text[before.end : words[first].start].strip() == ","
        if at not in taken and word.norm in _GRAINS and not word.is_inflected and listed:
            start = words[first].start
            told = text[start : word.end]
            grain = GrainMention(start=start, end=word.end, text=told, grain=word.norm, basis=basis)
            yield TimeSpan(first=first, last=at, found=grain)


def _are_orders(words: tuple[Token, ...], cue: Cue) -> bool:
    """ "orders by", of more than one, and no "order by"."""
    return words[cue.first].text.lower() == "orders" and words[cue.last].norm == "by"


def _is_a_whole_year(said: Expression) -> bool:
    return isinstance(said, Year) or (isinstance(said, Relative) and said.grain == "year" and not said.is_ago)


def _asked_grains(
    words: tuple[Token, ...], cues: tuple[Cue, ...], taken: set[int], *, of_one_year: bool
) -> Iterator[TimeSpan]:
    """ "which month", "the best quarter", "the days with the most": time itself is what is asked for. Of a part of
    another one ("day of the week") it is none."""
    ranked = [c for c in with_limits(cues, words, "") if c.kind in ("top", "bottom")]
    bounds = [c for c in cues if c.kind in NUMERIC_CUES]
    for at, word in enumerate(words):
        unit = _NAMED_UNITS.get(word.norm, word.norm)
        if at in taken or unit not in _GRAINS:
            continue
        before, behind = (words[i].norm if 0 <= i < len(words) else "" for i in (at - 1, at + 1))
        single = _single_before(words, at, ranked)
        counted = at > 1 and count_at(words, at - 1) is not None and words[at - 2].norm in ("which", "what") and ranked
        asked = (
            before in ("which", "what", *OF_GRAIN)
            or ((before == "any" or single is not None) and _is_first_alone(ranked))
            or any(_ranks(words, c, at) for c in ranked)
            or bool(counted)
        )
        asked = asked or (bool(ranked) and _is_corresponding(words, at)) or _is_counted_of_those(words, at)
        beside = any(c.first in (at + 2, at + 3) for c in (*ranked, *bounds))
        holds = behind in ("with", "when", "where") and beside
        part = behind == "of" and at + 2 not in taken and single is None
        of_it = of_one_year and [w.norm for w in words[at + 1 : at + 4]] == ["of", "the", "year"]
        asked = asked or (before in _HEADS and word.is_inflected and _is_bound(words, at, bounds))
        if (asked or holds) and (of_it or not part):
            grain = GrainMention(start=word.start, end=word.end, text=word.text, grain=unit)
            first = at if single is None else single
            yield TimeSpan(first=first, last=at + 3 * of_it, found=grain)


def _single_before(words: tuple[Token, ...], at: int, ranked: Iterable[Cue]) -> int | None:
    """ "the highest A in a single day", "in one month", "the highest single day": where the words for a single one
    begin."""
    first = at - 1 if at and words[at - 1].norm == "single" else at
    if first < at and any(c.last == first - 1 for c in ranked):
        return first
    first -= first > 0 and words[first - 1].norm in ("a", "an", "one", "any")
    led = 0 < first < at and words[first - 1].norm in ("in", "on", "during")
    return first if led and any(c.last < first - 1 for c in ranked) and not words[at].is_inflected else None


def _is_counted_of_those(words: tuple[Token, ...], at: int) -> bool:
    """ "in how many months was A over", "how many quarters missed the plan": units of time of which something holds;
    "how many days until", "for how many months", "how many days did it take", "in how many days" are a length of
    time."""
    said = [w.norm for w in words[max(at - 3, 0) : at + 2]]
    if not words[at].is_inflected or at < 2 or said[-4:-2] != ["how", "many"] or len(words) == at + 1:
        return False
    before = words[at - 3].norm if at > 2 else ""
    if any(w.norm in _TAKING_TIME for w in words[at + 1 :]) or (before == "in" and words[at].norm == "day"):
        return False
    holds = _HOLDING - _ASKING_HOW_LONG if words[at].norm == "day" else _HOLDING
    return before in _WITHIN or (before in _OPENING and said[-1] in holds)


def _is_first_alone(ranked: Iterable[Cue]) -> bool:
    """ "the highest A in any month": the first of all months; "the top 5 places in any month" are several of each."""
    found = list(ranked)
    return bool(found) and all(c.number in (None, 1) for c in found)


def _is_corresponding(words: tuple[Token, ...], at: int) -> bool:
    """ "the highest A and the corresponding month"."""
    said = [w.norm for w in words[max(at - 3, 0) : at]]
    return len(said) == 3 and said[0] in ("and", "with") and said[2] in CORRESPONDING


def _ranks(words: tuple[Token, ...], cue: Cue, at: int) -> bool:
    """ "the best month", "the highest cost month": of which unit it is the highest."""
    between = [w.norm for w in words[cue.last + 1 : at]]
    return 0 < at - cue.last <= _WORDS_OF_A_NAME + 1 and FUNCTION_WORDS.isdisjoint(between)


def _is_bound(words: tuple[Token, ...], at: int, bounds: Iterable[Cue]) -> bool:
    """ "months in 2025 with more than": what comes behind says which of them."""
    behind = (words[i].norm for c in bounds for i in range(at + 1, c.first))
    return any(norm in ("with", "when", "where", "had", "have") for norm in behind)


def _phrases(words: tuple[Token, ...], plain: frozenset[int]) -> Iterator[Phrase]:
    """Names may begin and end with any word, but not consist of plain ones."""
    content = [at for at in range(len(words)) if at not in plain]
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST_PHRASE, len(words))):
            if _any_between(content, first, last):
                form = " ".join(w.norm for w in words[first : last + 1])
                yield Phrase.model_construct(first=first, last=last, form=form)


def _any_between(content: list[int], first: int, last: int) -> bool:
    at = bisect_left(content, first)
    return at < len(content) and content[at] <= last
