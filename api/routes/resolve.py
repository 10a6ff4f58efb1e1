"""POST /api/v1/resolve: a business question in, its governed meaning out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from api import openapi
from api.answers import answer
from api.deps import Asked, Info, TheService
from api.reading import StrictRoute
from api.schemas import AcceptedBody, ResolveRequest
from ecp.domain.answer import Resolution
from ecp.domain.question import ANONYMOUS
from ecp.telemetry.context import guard_question

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["resolutions"])

_EXAMPLES = {
    "a question": {
        "value": {
            "concept": "orders last month by channel",
            "user_context": {"user_id": "u-7", "department": "logistics", "role": "analyst"},
            "as_of": "2026-02-10",
            "execute": False,
        }
    },
    "an anonymous asker": {"value": {"concept": "What does churn mean?"}},
}


@router.post(
    "/resolve",
    response_model=Resolution,
    summary="Resolve a question",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT, openapi.IDEMPOTENCY, openapi.PREFER),
    responses={
        202: {"model": AcceptedBody, "headers": openapi.ACCEPTED_HEADERS},
        **openapi.problem_docs(*openapi.RESOLVING),
    },
)
async def resolve(
    request: Request,
    service: TheService,
    info: Info,
    body: Annotated[ResolveRequest, Body(openapi_examples=_EXAMPLES)],
) -> Response:
    """Definitions, filters, period and plan for what was asked; `execute` also runs the plan. 200 also when there
    are options to choose from or something was not understood; denied is 403."""
    guard_question(body.concept)
    asked = Asked(
        text=body.concept,
        asker=body.user_context or info.asker or ANONYMOUS,
        as_of=body.as_of,
        execute=body.execute,
        follows=body.follows,
    )
    return answer(request, await service.resolve(asked, info))
