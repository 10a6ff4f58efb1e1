"""POST /api/v1/search: what there is by the words and by the meaning of a text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from api import openapi
from api.answers import json_response
from api.deps import Info, TheService
from api.reading import StrictRoute
from api.schemas import SearchRequest, SearchResults

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["what there is"])

_EXAMPLES = {
    "everything": {"value": {"query": "customers we lost"}},
    "some kinds": {"value": {"query": "churn", "kinds": ["metric", "term"], "limit": 5}},
}


@router.post(
    "/search",
    response_model=SearchResults,
    summary="Find what there is",
    openapi_extra=openapi.headers_of(openapi.USER_CONTEXT),
    responses=openapi.with_example(openapi.SEARCH, *openapi.SEARCHING),
)
async def search(
    service: TheService, info: Info, body: Annotated[SearchRequest, Body(openapi_examples=_EXAMPLES)]
) -> Response:
    """Best first, by words and by meaning; a term brings the metrics that it means, with its own score. `total` counts
    what was found and may be seen."""
    return json_response(await service.search(body, info))
