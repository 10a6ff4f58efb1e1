"""A resolution after it was asked for: its present state and its whole trace."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sse_starlette import EventSourceResponse
from starlette.responses import Response

from api import openapi
from api.answers import RESOLUTIONS, answer, json_response
from api.deps import Info, LastEvent, ResolutionId, TheService
from api.events import event_stream
from api.schemas import AcceptedBody, ProvenanceTrace, ResolutionList, Sent
from ecp.domain.answer import Resolution
from ecp.domain.rerun import SINCE, since_seconds

router = APIRouter(prefix="/api/v1", tags=["resolutions"])

Statuses = Literal[
    "complete", "degraded", "disambiguation_required", "unresolved", "access_denied", "running", "failed", "timed_out",
    "cancelled",
]  # fmt: skip
Force = Annotated[bool, Query(description="also where there is nothing to rerun")]


class Listed(Sent):
    """Which resolutions; a name that is not among these is refused, for it would leave all of them."""

    status: Statuses | None = None
    since: str | None = Field(default=None, pattern=SINCE, description="not older than this: 90s, 30m, 1h, 2d")
    limit: int = Field(default=100, ge=1, le=1000)
    watches: bool = Field(default=True, description="also what watches asked: it is asked anew when they are next due")


@router.get(
    "/resolutions/{id}",
    response_model=Resolution,
    summary="The resolution in its present state",
    responses=openapi.problem_docs(*openapi.READING),
)
async def resolution(request: Request, service: TheService, info: Info, resolution_id: ResolutionId) -> Response:
    """200 whatever its status. It is authorised anew for its own asker."""
    return answer(request, await service.resolution(resolution_id, info))


@router.get(
    "/resolutions/{id}/events",
    response_class=EventSourceResponse,
    summary="What happens to it, as it happens",
    openapi_extra=openapi.headers_of(openapi.LAST_EVENT_ID),
    responses={**openapi.EVENT_STREAM, **openapi.problem_docs(*openapi.FOLLOWING)},
)
async def events(
    request: Request, service: TheService, info: Info, resolution_id: ResolutionId, last: LastEvent
) -> Response:
    """Server-sent events: `stage` (a node of the DAG), `status`, and at the end `done` with the whole resolution. What
    has happened comes first, then the rest as it happens. What goes wrong on the way is told as `problem`, and the
    stream ends. 204 when there is nothing behind the last event that the client has had."""
    request.state.resolution_id = resolution_id
    told = await service.events(resolution_id, last, info)
    return Response(status_code=204) if told == () else event_stream(told, request.scope)


@router.post(
    "/resolutions/{id}/rerun",
    status_code=202,
    response_model=AcceptedBody,
    summary="Run again what failed or was missing",
    responses={202: {"headers": openapi.ACCEPTED_HEADERS}, **openapi.problem_docs(*openapi.RERUNNING)},
)
async def rerun(
    request: Request, service: TheService, info: Info, resolution_id: ResolutionId, force: Force = False
) -> Response:
    """The next attempt at a resolution that failed, timed out, was cancelled or is degraded. Finished stages are used
    again and ask no store; it is always authorised anew. Reruns of the same resolution at once are one."""
    request.state.resolution_id = resolution_id
    return answer(request, await service.rerun(resolution_id, info, force=force))


@router.post(
    "/resolutions/{id}/cancel",
    status_code=202,
    response_model=AcceptedBody,
    summary="End what is running",
    responses={202: {"headers": openapi.ACCEPTED_HEADERS}, **openapi.problem_docs(*openapi.CANCELLING)},
)
async def cancel(request: Request, service: TheService, info: Info, resolution_id: ResolutionId) -> Response:
    """Wherever it runs: no answer is given after this, and who waits for it is told 409 `cancelled`. An answer that was
    given before the attempt stands. Cancelling again what was cancelled is 202, too."""
    request.state.resolution_id = resolution_id
    await service.cancel(resolution_id, info)
    location = {"Location": f"{RESOLUTIONS}/{resolution_id}"}
    return json_response(AcceptedBody(resolution_id=resolution_id, status="cancelled"), status=202, headers=location)


@router.get(
    "/resolutions",
    response_model=ResolutionList,
    summary="What there is to rerun",
    responses=openapi.problem_docs(*openapi.LISTING),
)
async def resolutions(service: TheService, listed: Annotated[Listed, Query()]) -> Response:
    """Newest first, without question or answer. The status `degraded` finds those that came to their
    answer without a store: also options and refusals, as what was missing may be why."""
    since = since_seconds(listed.since)
    return json_response(await service.resolutions(listed.status, since, listed.limit, watches=listed.watches))


@router.get(
    "/provenance/{id}",
    response_model=ProvenanceTrace,
    summary="Every attempt, stage by stage",
    responses=openapi.problem_docs(*openapi.READING),
)
async def provenance(request: Request, service: TheService, info: Info, resolution_id: ResolutionId) -> Response:
    """What went into each stage, what came out, which stores were asked."""
    request.state.resolution_id = resolution_id
    return json_response(await service.provenance(resolution_id, info))
