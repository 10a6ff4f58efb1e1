"""What is not HTTP at all is refused as a problem document too: `uvicorn --http api.protocol:Problems`."""

from __future__ import annotations

import json
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.problems import MEDIA_TYPE, RequestError
from ecp.telemetry import metrics


class Problems(HttpToolsProtocol):
    """uvicorn's own protocol, but for what it says to a request that it cannot parse."""

    def send_400_response(self, msg: str) -> None:
        body = _body()
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
            f"x-request-id: {json.loads(body)['request_id']}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()


def _body() -> bytes:
    metrics.error_answered(RequestError.slug, "api")
    problem = {
        "type": f"urn:ecp:problem:{RequestError.slug}",
        "title": RequestError.title,
        "status": RequestError.status,
        "detail": "This is no HTTP request that can be read.",
        "instance": "",
        "request_id": str(uuid4()),
        "degradations": [],
    }
    return json.dumps(problem).encode("ascii")
