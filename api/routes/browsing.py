"""What there is, as far as the asker may see it: glossary, metrics and lineage."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import openapi
from api.answers import json_response
from api.deps import Info, TheService
from api.paging import Page
from api.schemas import GlossaryPage, LineagePage, LineageQuery, MetricsPage, Paging

router = APIRouter(prefix="/api/v1", tags=["what there is"])


@router.get(
    "/glossary",
    response_model=GlossaryPage,
    summary="The terms people use",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(openapi.GLOSSARY, *openapi.BROWSING),
)
async def glossary(service: TheService, info: Info, paging: Annotated[Paging, Query()]) -> Response:
    """By name. A term that means a metric to somebody says so in `meanings`."""
    return json_response(await service.glossary(Page(paging.limit, paging.cursor), info))


@router.get(
    "/metrics",
    response_model=MetricsPage,
    summary="The metrics there are",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(openapi.METRICS, *openapi.BROWSING),
)
async def metrics(service: TheService, info: Info, paging: Annotated[Paging, Query()]) -> Response:
    """By name."""
    return json_response(await service.metrics(Page(paging.limit, paging.cursor), info))


@router.get(
    "/lineage",
    response_model=LineagePage,
    summary="Where a number comes from",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(openapi.LINEAGE, *openapi.TRACING),
)
async def lineage(service: TheService, info: Info, wanted: Annotated[LineageQuery, Query()]) -> Response:
    """What feeds a metric, a measure or a column. What may not be seen is left out, and so is what then leads
    nowhere."""
    page = Page(wanted.limit, wanted.cursor)
    return json_response(await service.lineage(wanted.target, wanted.depth, page, info))
