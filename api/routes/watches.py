"""Watches: questions that are asked again on schedule."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.responses import Response

from api import openapi, watch_schemas
from api.answers import json_response
from api.deps import Info, TheService
from api.paging import Page
from api.reading import StrictRoute
from api.schemas import Paging
from api.watch_schemas import WatchBody, WatchChange, WatchPage, WatchRequest, WatchRunPage

router = APIRouter(prefix="/api/v1/watches", route_class=StrictRoute, tags=["watches"])

WatchId = Annotated[str, Path(description="the watch's id", max_length=64, pattern="^[A-Za-z0-9_-]+$")]
_SENT = {"concept": "orders last month", "execute": True}
_EXAMPLES = {
    "on working days at eight": {"value": {**_SENT, "schedule": watch_schemas.SCHEDULE}},
    "every hour, and tell": {
        "value": {
            **_SENT,
            "schedule": {"every_seconds": 3600},
            "notify": {"webhook": "https://hooks.example.com/ecp"},
            "tolerance": 0.01,
        }
    },
}
_CHANGES = {
    "pause": {"value": {"paused": True}},
    "another schedule": {"value": {"schedule": {"every_seconds": 86_400}}},
}


@router.post(
    "",
    response_model=WatchBody,
    status_code=201,
    summary="Have a question asked again on schedule",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT, openapi.IDEMPOTENCY),
    responses=openapi.with_example(watch_schemas.WATCH, *openapi.SAVING, status=201),
)
async def add(
    service: TheService, info: Info, body: Annotated[WatchRequest, Body(openapi_examples=_EXAMPLES)]
) -> Response:
    """Each run resolves the question for its owner, authorised anew, and is compared with the one before."""
    return json_response(await service.add_watch(body, info), status=201)


@router.get(
    "",
    response_model=WatchPage,
    summary="The watches of whoever asks",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(watch_schemas.WATCHES, *openapi.LISTING),
)
async def listed(service: TheService, info: Info, wanted: Annotated[Paging, Query()]) -> Response:
    """Newest first. Without authentication a call that names nobody is shown everybody's."""
    return json_response(await service.watches(Page(wanted.limit, wanted.cursor), info))


@router.get(
    "/{id}",
    response_model=WatchBody,
    summary="One watch",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(watch_schemas.WATCH, *openapi.KEEPING),
)
async def one(service: TheService, info: Info, id: WatchId) -> Response:
    return json_response(await service.watch(id, info))


@router.patch(
    "/{id}",
    response_model=WatchBody,
    summary="Change, pause or go on with a watch",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(watch_schemas.WATCH, *openapi.SAVING, *openapi.KEEPING),
)
async def change(
    service: TheService, info: Info, id: WatchId, body: Annotated[WatchChange, Body(openapi_examples=_CHANGES)]
) -> Response:
    """Another question has nothing to be compared with at first; another schedule counts from now."""
    return json_response(await service.change_watch(id, body, info))


@router.delete(
    "/{id}",
    status_code=204,
    response_class=Response,
    summary="End a watch",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.problem_docs(*openapi.KEEPING),
)
async def remove(service: TheService, info: Info, id: WatchId) -> Response:
    """Its history goes with it; the resolutions stay."""
    await service.remove_watch(id, info)
    return Response(status_code=204)


@router.get(
    "/{id}/runs",
    response_model=WatchRunPage,
    summary="What came of a watch",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(watch_schemas.RUNS, *openapi.KEEPING, *openapi.BROWSING),
)
async def runs(service: TheService, info: Info, id: WatchId, wanted: Annotated[Paging, Query()]) -> Response:
    """Newest first. Authorised anew for the owner: what may no longer be seen is not among the differences."""
    return json_response(await service.watch_runs(id, Page(wanted.limit, wanted.cursor), info))
