"""What is asked: the demo's questions that come to a plan, over several kinds and departments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecp.domain.question import Asker, Question
from ecp.evaluation import read_cases
from ecp.packs.demo import demo_pack

KINDS = 12


@dataclass(frozen=True)
class Asked:
    """One question in both forms: as it is sent, and as it is accepted."""

    text: str
    context: dict[str, Any]
    as_of: str

    @property
    def body(self) -> bytes:
        return json.dumps({"concept": self.text, "user_context": self.context, "as_of": self.as_of}).encode()

    @property
    def question(self) -> Question:
        asker = Asker.model_validate(self.context)
        return Question(text=self.text, asker=asker, as_of=date.fromisoformat(self.as_of))


def questions() -> tuple[Asked, ...]:
    """Those that are answered in full, in the order of the pack."""
    cases = read_cases(demo_pack() / "questions.yaml")
    complete = [c for c in cases if c.expected.get("status") == "complete" and not c.follows_id and c.as_of]
    planned = [c for c in complete if c.expected.get("kind") not in ("definition", "lineage", "catalogue")]
    return tuple(Asked(c.question, c.user_context or {}, str(c.as_of)) for c in planned[:KINDS])
