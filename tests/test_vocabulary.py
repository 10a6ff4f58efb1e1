"""Nothing in the platform knows the demo: none of its words stands in the code or in the policies."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tests.support.vocabulary import governed_words, words_of

ROOT = Path(__file__).resolve().parents[1]
SEARCHED = ("ecp", "flows", "tasks", "api", "deployments/policies")
TEXTS = frozenset({".py", ".rego", ".sql", ".cypher", ".yaml", ".yml", ".json", ".ini", ".mako", ".txt", ".md"})

# Words that the demo shares with the trade of programming or with plain English, and where they are needed.
ORDINARY = {
    "active": "of what has begun and not ended",
    "admin": "who may administer a server or a database",
    "churn": "an example of a question in the API's description",
    "cost": "what a step of reading or a missing store takes away",
    "customer": "an example in the API's description",
    "desk": "where a piece of work is done",
    "employee": "a person, where people are counted",
    "flow": "a Prefect flow",
    "free": "of a port or of a dependency",
    "fund": "an option of npm",
    "grade": "as in upgrade and downgrade",
    "granted": "privileges in a database",
    "great": "greater than",
    "hr": "hours, in times",
    "issued": "what was sent out",
    "line": "a line of a file or of a log",
    "local": "on this machine",
    "mid": "the middle of a period",
    "middle": "a position",
    "na": "not available",
    "net": "a network",
    "new": "an adjective",
    "north": "a point of the compass, in examples of policies",
    "note": "what somebody wrote beside a version",
    "operation": "something that is done",
    "pay": "the verb, of whoever money comes from",
    "percentage": "a part of a whole, in hundredths",
    "plan": "the execution plan of a resolution",
    "portfolio": 'all that an enterprise holds, as in "across the board"',
    "price": "what something costs the platform to do",
    "product": "of two sets or numbers",
    "rate": "how often: rate limits",
    "recurring": "again and again",
    "reduction": "making smaller",
    "retention": "how long a server keeps its log",
    "small": "little",
    "south": "a point of the compass, in examples of policies",
    "state": "of a resolution or of a part",
    "united": "an adjective",
    "yield": "Python's keyword",
}


def test_no_word_of_the_demo_stands_in_the_code_or_the_policies():
    wanted = governed_words() - set(ORDINARY)
    found = defaultdict(set)
    for place in SEARCHED:
        for file in sorted((ROOT / place).rglob("*")):
            if file.suffix in TEXTS:
                # The contract's own name for limits on one dimension.
                text = file.read_text().replace("allowed_regions", "")
                for word in wanted & set(words_of(text)):
                    found[word].add(file.relative_to(ROOT).as_posix())
    assert dict(found) == {}


def test_the_words_looked_for_are_the_demos():
    words = governed_words()
    assert {"revenue", "apac", "emea", "finance", "sale", "budget", "headcount", "region", "canada"} <= words
    assert not set(ORDINARY) - words, "no longer in the demo: need not be excused"
