"""The rows of a plan as people read them: each change once, with everybody whose answer it touches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ecp.domain.leaves import rows_of
from ecp.domain.values import JsonObject

LISTED = 10
BROKEN = "no longer as expected"
MENDED = "now as expected"


def alike(changes: Iterable[JsonObject]) -> Iterator[tuple[JsonObject, list[JsonObject]]]:
    """A pack's one edit changes many answers alike. What breaks a golden question goes first, then what most people
    notice."""
    found: dict[str, list[JsonObject]] = {}
    for change in changes:
        what = (change["outcome"], change["detail"], _verdict(change), change["differences"])
        found.setdefault(json.dumps(what, sort_keys=True), []).append(change)
    for whose in sorted(found.values(), key=lambda w: (_verdict(w[0]) != BROKEN, -len(w))):
        yield whose[0], whose


def title(change: JsonObject) -> str:
    """What becomes of the answer, and of a golden question whether that was expected."""
    return ": ".join(filter(None, (change["outcome"], change["detail"], _verdict(change))))


def count(whose: list[JsonObject]) -> str:
    return "1 answer" if len(whose) == 1 else f"{len(whose)} answers"


def asked(one: JsonObject) -> str:
    """Where a question comes from and who asked it; by its id where its words are withheld."""
    asker = f"{one['source']} {one['department'] or one['user_id'] or ''}".strip()
    return f"{asker}: {one['question'] or one['id']}"


def plan_report(changes: Iterable[JsonObject], said: str) -> str:
    """As markdown, for the people who operate the platform."""
    return "\n".join(_lines(changes, said))


def _lines(changes: Iterable[JsonObject], said: str) -> Iterator[str]:
    yield f"## {said}; nothing was published"
    for change, whose in alike(changes):
        yield f"\n### {title(change)}, {count(whose)}\n"
        if change["differences"]:
            yield from rows_of(change["differences"])
            yield ""
        yield from (f"- {_plain(asked(one))}" for one in whose[:LISTED])
        if len(whose) > LISTED:
            yield f"- and {len(whose) - LISTED} more, in the table `plan`"
    yield ""


def _verdict(change: JsonObject) -> str | None:
    before, after = change["as_expected"] or (None, None)
    return None if before == after else BROKEN if before else MENDED


def _plain(text: str) -> str:
    """Words of a question are no markup."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else " " if c in "\r\n" else c for c in text)
