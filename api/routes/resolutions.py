"""A resolution after it was asked for: its present state and its whole trace."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi
from api.answers import answer, json_response
from api.deps import Info, ResolutionId, TheService
from api.schemas import ProvenanceTrace
from ecp.domain.answer import Resolution

router = APIRouter(prefix="/api/v1", tags=["resolutions"])


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
    "/provenance/{id}",
    response_model=ProvenanceTrace,
    summary="Every attempt, stage by stage",
    responses=openapi.problem_docs(*openapi.READING),
)
async def provenance(request: Request, service: TheService, info: Info, resolution_id: ResolutionId) -> Response:
    """What went into each stage, what came out, which stores were asked."""
    request.state.resolution_id = resolution_id
    return json_response(await service.provenance(resolution_id, info))
