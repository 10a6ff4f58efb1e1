"""Ways to ask what something means, is made of, can be cut by and is owned by, where numbers come from, and what there
is to ask about; in the normal form of `ecp.domain.words`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

_WHO = ("i", "we", "you", "they", "one")
_MEASURES = ("metric", "kpi", "kpis", "measure", "indicator")
_THERE = (
    "", "are available", "are there", "are defined", "are tracked", "do we have", "do you have", "exist",
    "can i ask about", "can we ask about", "can i ask for", "can we ask for", "can you tell me about", "do you know",
)  # fmt: skip
_DATA = ("data", "information", "anything", "metric", "measure")
_CALCULATING = (
    "calculate", "compute", "measure", "define", "determine", "derive", "count", "work out", "arrive at", "get to",
    "come up with",
)  # fmt: skip
_TIERS = ("tier", "certification tier")
_SEEN = (
    "considered", "considered as", "considered to be", "deemed", "deemed to be", "regarded as", "classed as",
    "classified as", "treated as", "counted as", "understood by",
)  # fmt: skip
_SEEING = ("call", "consider", "consider to be", "count as", "regard as", "treat as", "understand by", "class as")
_CUTTING = (
    "break down", "break", "slice", "split", "split up", "group", "cut", "segment", "drill down", "drill into",
    "filter",
)  # fmt: skip
_CUT = (
    "broken down", "split", "split up", "sliced", "grouped", "segmented", "cut", "divided", "drilled down", "filtered",
)  # fmt: skip
_BREAKDOWNS = ("breakdown", "dimension", "cut", "split", "grouping")
_WHICH_ISSUES = ("known", "any", "any known", "there", "data quality", "quality", "data")
_CAVEATS = ("caveat", "known caveat", "known limitation")
_ABOUT = ("with", "of", "on", "about", "for", "in", "are there on", "are there for", "are there with")
# At the end of a question only: "what does A include".
CONSISTING_OF = ("include", "cover", "contain", "comprise", "consist of")
_CONSISTING = ("included in", "counted in", "covered by", "contained in", "excluded from", "left out of")


def definitions() -> Iterator[str]:
    """ "how do you calculate A", "what is included in A", "the unit of A", "what can I split A by"."""
    for does, who, verb in product(("do", "doe", "did", "would", "can", "could", "should"), _WHO, _CALCULATING):
        yield f"how {does} {who} {verb}"
    yield from (f"how to {verb}" for verb in _CALCULATING)
    yield from (f"what {be}{inside}" for be, inside in product(("is ", "are ", ""), _CONSISTING))
    yield from ("what is part of", "what are part of")
    yield from of_data()
    yield from (f"{which} {tier} {be}" for which, tier, be in product(("which", "what"), _TIERS, ("is", "are")))
    yield from ("help me understand", "help me to understand", "help us understand")
    yield from ("what goe into", "what count toward", "what count towards", "what make up")
    yield from CONSISTING_OF
    yield from (f"what {be} {seen}" for be, seen in product(("is", "are"), _SEEN))
    yield from (f"what {does} {verb}" for does, verb in product(("would", "doe", "do"), ("count as", "qualify as")))
    yield from (f"what do {who} {verb}" for who, verb in product((*_WHO, "people"), _SEEING))
    for unit, about in product(("unit of measure", "unit of measurement", "measurement unit"), ("of", "for", "in")):
        yield f"{unit} {about}"
    yield from ("unit of measure", "unit of measurement", "unit of", "unit for", "what measure is")
    for which, group in product(("which", "what"), ("team", "department", "group", "person", "function", "unit")):
        yield from (f"{which} {group} {owns}" for owns in ("own", "maintain", "is responsible for", "look after"))
    yield from (f"whose {measure} {be}" for measure, be in product(_MEASURES, ("is", "are")))
    yield from _whom_to_ask()
    yield from _cuts()


def _whom_to_ask() -> Iterator[str]:
    """ "who do I ask about A", "who can we talk to about A"."""
    asking = ("ask", "contact", "talk to", "speak to", "speak with", "turn to")
    for whom, do, i, ask in product(("who", "whom"), ("do", "should", "can", "could", "would"), ("i", "we"), asking):
        yield from (f"{whom} {do} {i} {ask} {about}" for about in ("about", "regarding", "for"))
    yield from (f"{contact} {of}" for contact, of in product(("contact person", "point of contact"), ("for", "of")))


@cache
def asked_of_data() -> frozenset[str]:
    return frozenset(of_data())


def of_data() -> Iterator[str]:
    """Ways to ask what is known of the data: "caveats for A", "what should I know about A", "how fresh is A"."""
    for fresh, be in product(("fresh", "up to date", "current", "recent"), ("is", "are")):
        yield f"how {fresh} {be}"
    yield from ("freshness of", "freshness for")
    wrong = (f"{which} {noun}" for which, noun in product(_WHICH_ISSUES, ("issue", "problem")))
    for noun, about in product((*wrong, *_CAVEATS), _ABOUT):
        yield f"{noun} {about}"
    for knowing in ("should know about", "need to know about", "must know about", "ought to know about"):
        yield from (f"{what} {who} {knowing}" for what, who in product(("what", "anything", "everything"), _WHO))
    yield from (f"what {do} {who} need to know about" for do, who in product(("do", "should", "would"), _WHO))
    yield from (f"what {should} {who} know about" for should, who in product(("should", "must"), _WHO))


def _cuts() -> Iterator[str]:
    for asked, can, who, verb in product(("what", "how"), ("can", "could", "do", "would", "should"), _WHO, _CUTTING):
        yield f"{asked} {can} {who} {verb}"
    for cut, by in product(_CUT, ("", " by")):
        yield f"be {cut}{by}"
    for noun, about in product(_BREAKDOWNS, ("of", "for")):
        yield from (f"{there} {noun} {about}" for there in ("available", "possible"))
        yield from (f"{noun} {there} {about}" for there in ("available", "possible", "exist", "are available"))
        for which, there in product(("what", "which"), ("exist", "are available", "are there", "are possible")):
            yield f"{which} {noun} {there} {about}"


def lineages() -> Iterator[str]:
    """ "trace A back to its source", "the source tables of A"."""
    yield from ("trace", "back to it source", "to it source")
    yield from (f"source of truth{about}" for about in ("", " of", " for", " behind"))
    yield from (f"source {what}{about}" for what, about in product(("table", "system"), ("", " of", " for")))


def catalogues() -> Iterator[str]:
    """Ways to ask what there is to ask about."""
    for measure, there in product(_MEASURES, _THERE):
        for leading in ("what", "which", "what kind of", "what other", *(("",) if there else ())):
            yield f"{leading} {measure} {there}"
    for measure in _MEASURES:
        yield from (f"{leading} {measure}" for leading in ("what are the", "list", "list of", "list all", "list the"))
        yield from (f"{leading} {measure}" for leading in ("all", "all the", "available"))
        yield from (f"{measure} {about}" for about in ("about", "on", "related to", "for"))
        yield f"what are the {measure} for"
    for have, some, data, about in product(
        ("do we have", "do you have", "is there", "are there", "got"), ("", "any"), _DATA, ("on", "about", "for")
    ):
        yield f"{have} {some} {data} {about}"
    for data, have, about in product(
        ("data", "information"),
        ("do we have", "do you have", "is there", "are there", "is available"),
        ("on", "about", "for"),
    ):
        yield f"what {data} {have} {about}"
    for who, does in product(
        ("i", "we", "you", "one"), ("ask", "ask about", "ask for", "measure", "query", "report on")
    ):
        yield f"what can {who} {does}"
    yield from (f"what can be {done}" for done in ("measured", "asked", "queried", "reported on"))
    yield "glossary"
    yield from ("do we track", "do you track", "do we measure", "do you measure", "do you know about")
