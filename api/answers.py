"""A resolution, or the promise of one, as an HTTP answer."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.deps import Accepted
from api.schemas import AcceptedBody
from ecp.domain.answer import Resolution

RESOLUTIONS = "/api/v1/resolutions"


def answer(request: Request, outcome: Resolution | Accepted) -> Response:
    """200 with the resolution, or 202 with where it will be."""
    request.state.resolution_id = outcome.resolution_id
    if isinstance(outcome, Resolution):
        return json_response(outcome)
    headers = {"Location": f"{RESOLUTIONS}/{outcome.resolution_id}", "Preference-Applied": "respond-async"}
    return json_response(AcceptedBody(resolution_id=outcome.resolution_id), status=202, headers=headers)


def json_response(body: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """What was asked for one asker is kept by no cache between."""
    sent = {"Cache-Control": "no-store"} | (headers or {})
    return Response(body.model_dump_json(), status_code=status, headers=sent, media_type="application/json")
