"""What a lineage is asked of by a mere name: by words, as a question is."""

from __future__ import annotations

from collections.abc import Callable

from ecp.domain.catalogue import Catalogue
from ecp.domain.intent import read_intent
from ecp.domain.matching import look_up
from ecp.domain.periods import Periods
from ecp.domain.reader import read
from ecp.domain.selection import Evidence, Selection, select


def traced(
    name: str,
    catalogue: Catalogue,
    department: str | None,
    is_word: Callable[[str], bool],
    forced: dict[str, str] | None = None,
) -> Selection:
    """What "lineage of NAME" selects for the department; nothing where the name says more than of what. `forced`
    settles a name that several have, as an option of it says."""
    intent = read_intent(f"lineage of {name}", years=catalogue.years)
    reading = read(intent, look_up(intent, catalogue, is_word=is_word), catalogue)
    found = select(reading, Periods(), catalogue, department, Evidence(), forced)
    metrics = len(found.concepts.metrics)
    alone = not (reading.times or reading.numbers) and len(reading.mentions) <= max(metrics, bool(found.options))
    return found if found.kind == "lineage" and alone and not found.unresolved else Selection(kind="lineage")
