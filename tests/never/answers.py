"""Answers some questions and prints them without what differs from run to run.

`python -m tests.never.answers HOME WORDS`: the words of the pack in that home, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from ecp.telemetry import logs
from tests.never.conftest import APAC_ONLY, FINANCE, GUEST
from tests.support.desk import Desk, open_desk
from tests.support.platform import settings_for
from tests.support.renamed import Renaming

QUESTIONS = [
    ("What was revenue last quarter?", GUEST),
    ("What was APAC and EMEA revenue last quarter compared to budget?", FINANCE),
    ("Gross revenue by country last quarter", APAC_ONLY),
    ("What metrics are available?", FINANCE),
    ("APAC revenue for Q4 2019", FINANCE),
    ("What was revenue for LATAM and Antarctica last quarter?", FINANCE),
]
# `as_of_data` is when the layer looked into the warehouse, which it does for every execution.
ITS_OWN = {
    "resolution_id": True,
    "provenance": {"dag", "flow_run_id", "flow_run_url"},
    "results": {"as_of_data"},
}


TIMES = 3


async def answers(desk: Desk) -> list[Any]:
    return [await answer(desk, question, asker) for question, asker in QUESTIONS]


async def answer(desk: Desk, question: str, asker: dict[str, Any]) -> Any:
    """What is answered while every store answers: the circumstances that both processes share."""
    for _ in range(TIMES):
        resolution = (await desk.ask(question, asker, execute=True)).resolution
        assert resolution is not None
        if not resolution.degradations:
            break
    return resolution.model_dump(mode="json", exclude=ITS_OWN)


async def main(home: str, words: str) -> None:
    async with open_desk(settings_for(Path(home)), Renaming(**json.loads(words))) as desk:
        print(json.dumps(await answers(desk)))


if __name__ == "__main__":
    logs.configure(env="prod", level="CRITICAL", secrets=[])
    asyncio.run(main(*sys.argv[1:]))
