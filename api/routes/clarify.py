"""POST /api/v1/resolutions/{id}/clarify: goes on from one of the options."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from api import openapi
from api.answers import answer
from api.deps import Info, ResolutionId, TheService
from api.reading import StrictRoute
from api.schemas import AcceptedBody, ClarifyRequest
from ecp.domain.answer import Resolution

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["resolutions"])

_EXAMPLES = {"the second one": {"value": {"option": "2"}}}


@router.post(
    "/resolutions/{id}/clarify",
    response_model=Resolution,
    summary="Choose one of the options",
    openapi_extra=openapi.headers_of(openapi.IDEMPOTENCY, openapi.PREFER),
    responses={
        202: {"model": AcceptedBody, "headers": openapi.ACCEPTED_HEADERS},
        **openapi.problem_docs(*openapi.EXECUTING),
    },
)
async def clarify(
    request: Request,
    service: TheService,
    info: Info,
    resolution_id: ResolutionId,
    body: Annotated[ClarifyRequest, Body(openapi_examples=_EXAMPLES)],
) -> Response:
    """Answers with the resolution: the same id, the next attempt. 409 when there is nothing to choose."""
    request.state.resolution_id = resolution_id
    return answer(request, await service.clarify(resolution_id, body.option, info))
