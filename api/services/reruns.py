"""Resolutions brought back: rerun from what earlier attempts finished, by operators."""

from __future__ import annotations

from dataclasses import replace

from api.deps import Accepted, RequestInfo
from api.schemas import ResolutionList
from api.services.questions import Questions, how_of
from ecp.errors import AlreadyRunning
from tasks.opening import reopen


class Reruns(Questions):
    """`rerun`, and what there is to rerun."""

    async def rerun(self, resolution_id: str, request: RequestInfo, *, force: bool = False) -> Accepted:
        """A rerun under way is joined; a first attempt under way is not."""
        self._admit()
        given = {"request_id": request.request_id}
        try:
            run = await self._on_loop(lambda s: reopen(self._settings, s, resolution_id, force=force, given=given))
        except AlreadyRunning as running:
            if running.extra["attempt"] == 1:
                raise
            return Accepted(resolution_id)
        await self._waited(self._run(run), resolution_id, replace(request, wait_seconds=0), how_of(run))
        return Accepted(resolution_id)

    async def resolutions(
        self, status: str | None, since_seconds: float | None, limit: int, *, watches: bool = True
    ) -> ResolutionList:
        listed = await self._on_loop(
            lambda s: s.registry.resolutions(status=status, since_seconds=since_seconds, limit=limit, watches=watches)
        )
        return ResolutionList.model_validate({"resolutions": listed, "total": len(listed)})
