"""What a store answers to those who keep it in order: a part of the registry's Protocol."""

from __future__ import annotations

from typing import Protocol

from ecp.domain.question import Question


class UpkeepStore(Protocol):
    """What was taken in, and what is kept no longer."""

    async def ingested(self, pack: str) -> str | None:
        """The digest of this pack's files when it was last taken in."""
        ...

    async def note_ingested(self, pack: str, digest: str, version: str) -> None: ...
    async def asked_lately(self, limit: int) -> tuple[tuple[str, Question], ...]:
        """The newest questions that differ in words or asker and were answered, each with its resolution's id."""
        ...

    async def embed_feedback_again(self, limit: int) -> int:
        """Gives at most `limit` questions with feedback a vector of the present model; answers how many lacked one."""
        ...

    async def retire(self, kind: str, seconds: float, limit: int) -> int:
        """Removes at most `limit` rows of a kind that are older than this; answers how many there were.

        `kind`: checkpoints, resolutions (with their attempts), idempotency_keys, holders."""
        ...
