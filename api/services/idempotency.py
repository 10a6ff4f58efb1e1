"""The same call twice: the first answer is replayed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

from api.services.core import body_of
from api.services.refusals import as_answered
from api.services.stored import StoredResolutions
from ecp.domain.answer import Resolution
from ecp.domain.question import Question
from ecp.errors import DeadlineExceeded, ValidationError
from ecp.stores.protocols import StoredResolution

POLL_SECONDS = 0.05
GRACE_POLLS = 20


class Idempotency(StoredResolutions):
    """Keys belong to their caller. What is replayed is authorised anew."""

    async def _owner(self, question: Question, key: str, digest: str, mark: str) -> str:
        """Whose work this key stands for: ours (`mark`), or that of the call that had it first."""
        asker = question.asker
        caller = asker.user_id or digest_of("asker", asker.model_dump(mode="json"))
        held, owner = await self._of_registry(lambda r: r.claim_key(caller, key, digest, mark))
        if held != digest:
            raise ValidationError(
                "this idempotency key was used with another body", errors=[not_accepted("Idempotency-Key")]
            )
        return owner

    async def _begun(self, resolution_id: str) -> bool:
        """Whether the call that took the key came as far as writing its request down; it is given a moment."""
        return await self._reached(resolution_id, after=0)

    async def _answered_since(self, resolution_id: str, after: int) -> Resolution | None:
        """What the call that took the key was answered, which began the attempt behind `after`; waited for while that
        is under way. None when it began none, or came to none of its own: then the call is made again."""
        if not await self._reached(resolution_id, after):
            return None
        ended = await self._first_ended(resolution_id, after, self._settings.deadline_seconds)
        if ended is None:
            raise not_ended(resolution_id)
        if body_of(ended).attempt < ended.attempt:  # it failed, and left the answer before it standing
            return None
        return await self._told_again(ended)

    async def _told_again(self, ended: StoredResolution) -> Resolution:
        as_answered(ended)
        return await self._visible(ended)

    async def _reached(self, resolution_id: str, after: int) -> bool:
        for _ in range(GRACE_POLLS):
            stored = await self._on_loop(lambda s: s.registry.resolution(resolution_id))
            if stored is not None and stored.attempt > after:
                return True
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def _first_ended(self, resolution_id: str, after: int, seconds: float) -> StoredResolution | None:
        """The first attempt behind `after` that has ended, whatever came later; None when none does in `seconds`."""
        ends = asyncio.get_running_loop().time() + seconds
        while True:
            ended = await self._on_loop(lambda s: s.registry.ended_after(resolution_id, after))
            if ended is not None or asyncio.get_running_loop().time() >= ends:
                return ended
            await asyncio.sleep(POLL_SECONDS)


def not_ended(resolution_id: str) -> DeadlineExceeded:
    return DeadlineExceeded("the first call with this key has not ended yet", resolution_id=resolution_id)


def digest_of(operation: str, content: Any) -> str:
    return hashlib.sha256(json.dumps([operation, content], sort_keys=True).encode()).hexdigest()


def not_accepted(name: str) -> dict[str, Any]:
    return {"loc": [name], "message": "not accepted"}
