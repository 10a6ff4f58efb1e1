"""Questions that are known word by word, from the first to the last: what they name stands in the gaps of a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import Intent
from ecp.domain.matching import Target
from ecp.domain.mentions import Mention, Role


class Sentence:
    """A question in the normal form of its words."""

    def __init__(self, intent: Intent, catalogue: Catalogue) -> None:
        self.intent, self.catalogue = intent, catalogue
        self.said = intent.form(0, len(intent.tokens) - 1)

    def read(self, patterns: Iterable[re.Pattern[str]]) -> Iterator[re.Match[str]]:
        """The patterns that are the whole of the question."""
        return (found for pattern in patterns if (found := pattern.fullmatch(self.said)))

    def department(self, found: re.Match[str]) -> Mention | None:
        """The department in the gap `who`, if there is one."""
        whose = self.catalogue.departments.get(found["who"] or "")
        targets = (Target(kind="department", asset_id=whose),) if whose else ()
        return self.mention(found, "who", "department", targets) if targets else None

    def mention(self, found: re.Match[str], gap: str, role: Role, targets: tuple[Target, ...]) -> Mention:
        first, last = (self.said.count(" ", 0, at) for at in found.span(gap))
        text = self.intent.text[self.intent.tokens[first].start : self.intent.tokens[last].end]
        return Mention(text=text, first=first, last=last, role=role, targets=targets)
