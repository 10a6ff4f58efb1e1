"""How the platform is: for people, for balancers, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import Response

from api import health, openapi
from api.answers import json_response
from api.deps import TheService, TheSettings
from api.problems import NotReady
from api.schemas import Alive, Health
from ecp.settings import Settings
from ecp.telemetry import metrics

router = APIRouter(tags=["operations"])

UNAUTHENTICATED = "ECP_UNAUTHENTICATED_NETWORK is on: the network is served without authentication."
_SECONDS = 1.5


@router.get(
    "/api/v1/health",
    response_model=Health,
    summary="Every component, with its breaker",
    responses=openapi.problem_docs(*openapi.READINESS),
)
async def components(service: TheService, settings: TheSettings, request: Request) -> Response:
    """All components are asked at once, each with a time limit of its own; 200 however they are."""
    found = await health.check(service, request.app.state.seen, seconds=_SECONDS)
    found = health.explained(found, settings)
    return json_response(
        Health(status=health.overall(found), components=found, warnings=warnings_of(settings)),
    )


@router.get("/health/live", summary="The process serves", responses=openapi.problem_docs(*openapi.OPERATIONAL))
async def live() -> Alive:
    return Alive()


@router.get(
    "/health/ready",
    response_model=Alive,
    summary="A question could be answered",
    responses=openapi.problem_docs(*openapi.READINESS),
)
async def ready(service: TheService, request: Request) -> Response:
    """503 only when no question could be answered: registry or policy down."""
    found = await health.check(service, request.app.state.seen, seconds=_SECONDS, only=health.REQUIRED)
    if not health.can_answer(found):
        down = sorted(name for name in health.REQUIRED if name not in found or found[name].status == "down")
        raise NotReady(f"No question can be answered: {', '.join(down)} down.", components=found)
    return json_response(Alive())


@router.get(
    "/metrics",
    response_class=Response,
    summary="Prometheus text",
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **openapi.problem_docs(*openapi.OPERATIONAL),
    },
)
def prometheus() -> Response:
    """Of this process, or of all that share its metrics folder. Not async: it reads files, in a thread."""
    return Response(metrics.render(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def warnings_of(settings: Settings) -> tuple[str, ...]:
    return (UNAUTHENTICATED,) if settings.unauthenticated_network else ()
