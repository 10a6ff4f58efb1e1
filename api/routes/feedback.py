"""What people say of answers, and who approves it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request
from starlette.responses import Response

from api import openapi
from api.answers import json_response
from api.deps import Info, TheService, resolution_id_in
from api.paging import Page
from api.reading import StrictRoute
from api.schemas import FeedbackBody, FeedbackPage, FeedbackQuery, FeedbackRequest

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["feedback"])

FeedbackId = Annotated[str, Path(description="the feedback's id", max_length=64, pattern="^[A-Za-z0-9_-]+$")]
_ID = "0190b1f0-5b7e-7cc3-9d2f-0d8c3f1a2b4c"
_EXAMPLES = {
    "it was right": {"value": {"resolution_id": _ID, "verdict": "accepted"}},
    "another metric was meant": {
        "value": {
            "resolution_id": _ID,
            "verdict": "corrected",
            "correction": {"metrics": ["shipped_orders"]},
            "note": "Logistics counts what has left the house.",
        }
    },
}


@router.post(
    "/feedback",
    response_model=FeedbackBody,
    status_code=201,
    summary="Say how an answer was",
    openapi_extra=openapi.headers_of(openapi.IDEMPOTENCY),
    responses=openapi.with_example(openapi.FEEDBACK, *openapi.GIVING, status=201),
)
async def give(
    request: Request,
    service: TheService,
    info: Info,
    body: Annotated[FeedbackRequest, Body(openapi_examples=_EXAMPLES)],
) -> Response:
    """Accepted and rejected are approved at once. A correction counts once approved, for the askers of the department
    of whoever asked, on this question and on others that measure the same. What was approved can be declined later."""
    request.state.resolution_id = resolution_id_in(body.resolution_id)
    return json_response(await service.give_feedback(body, info), status=201)


@router.get(
    "/feedback",
    response_model=FeedbackPage,
    summary="What was said of answers",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(openapi.FEEDBACKS, *openapi.BROWSING),
)
async def listed(service: TheService, info: Info, wanted: Annotated[FeedbackQuery, Query()]) -> Response:
    """Newest first. What speaks of something that may not be seen is not among it."""
    return json_response(await service.feedback(wanted.state, Page(wanted.limit, wanted.cursor), info))


@router.post(
    "/feedback/{id}/approve",
    response_model=FeedbackBody,
    summary="Let a correction count",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(openapi.FEEDBACK, *openapi.DECIDING),
)
async def approve(service: TheService, info: Info, id: FeedbackId) -> Response:
    """Makes a new registry version. Approving again changes nothing; what was declined stays so."""
    return json_response(await service.decide_feedback(id, "approved", info))


@router.post(
    "/feedback/{id}/decline",
    response_model=FeedbackBody,
    summary="Do not let feedback count, or no longer",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(openapi.FEEDBACK, *openapi.DECIDING),
)
async def decline(service: TheService, info: Info, id: FeedbackId) -> Response:
    """What was approved, at once or by somebody, is taken back: that makes a new registry version, from which on it
    does not count. Answers of earlier versions stay what they were. Declining again changes nothing."""
    return json_response(await service.decide_feedback(id, "declined", info))
