"""POST /api/v1/execute: runs the plan of a complete resolution, no wider than it was authorised."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from api import openapi
from api.answers import answer
from api.deps import Info, TheService, resolution_id_in
from api.reading import StrictRoute
from api.schemas import AcceptedBody, ExecuteRequest
from ecp.domain.answer import Resolution

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["resolutions"])

_EXAMPLES = {
    "as resolved": {"value": {"resolution_id": "0190b1f0-5b7e-7cc3-9d2f-0d8c3f1a2b4c"}},
    "narrowed": {
        "value": {
            "resolution_id": "0190b1f0-5b7e-7cc3-9d2f-0d8c3f1a2b4c",
            "parameters": {
                "filters": [{"dimension": "channel", "operator": "in", "values": ["web"]}],
                "period": {"start": "2026-01-01", "end": "2026-01-15"},
                "limit": 10,
            },
        }
    },
}


@router.post(
    "/execute",
    response_model=Resolution,
    summary="Execute a complete resolution",
    openapi_extra=openapi.headers_of(openapi.IDEMPOTENCY, openapi.PREFER),
    responses={
        202: {"model": AcceptedBody, "headers": openapi.ACCEPTED_HEADERS},
        **openapi.problem_docs(*openapi.EXECUTING),
    },
)
async def execute(
    request: Request,
    service: TheService,
    info: Info,
    body: Annotated[ExecuteRequest, Body(openapi_examples=_EXAMPLES)],
) -> Response:
    """Answers with the resolution, `results` filled. Parameters only narrow: one that would widen, that contradicts
    what was resolved, or that the metric is not kept by is 422 and named."""
    resolution_id = resolution_id_in(body.resolution_id)
    request.state.resolution_id = resolution_id
    return answer(request, await service.execute(resolution_id, body.parameters, info))
