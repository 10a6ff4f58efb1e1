"""What the published document says of every route: its problems, its headers, examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import problems
from api.problems import MEDIA_TYPE
from api.reading import CONTROLS
from api.schemas import Problem, Sent
from ecp import errors

ResponseDocs = dict[int | str, dict[str, Any]]

TITLE = "Enterprise Context Platform"
DESCRIPTION = (
    "A business question comes in; a governed definition, a plan, caveats, a confidence and its provenance go out, "
    "or a clear refusal. Every 4xx and 5xx is a problem document (RFC 9457)."
)
_BODY = (problems.MalformedBody, problems.BodyTooSlow, problems.BodyTooLarge, problems.NotJson, errors.ValidationError)
_ANYWHERE = (problems.MalformedHeader, problems.NotLoopback, errors.ECPError)
_STORES = (errors.StoreUnavailable, errors.StoreTimeout, errors.RateLimited)

RESOLVING = (
    *_ANYWHERE,
    *_BODY,
    *_STORES,
    errors.AccessDenied,
    errors.PolicyUnavailable,
    errors.ResolutionNotFound,
    errors.ResolutionCancelled,
    errors.DeadlineExceeded,
    errors.Interrupted,
)
EXECUTING = (*RESOLVING, errors.ResolutionConflict)
READING = (*_ANYWHERE, *_STORES, errors.AccessDenied, errors.PolicyUnavailable, errors.ResolutionNotFound)
FOLLOWING = (*READING, errors.RateLimited)
BROWSING = (*_ANYWHERE, *_STORES, errors.ValidationError, errors.PolicyUnavailable)
TRACING = (*BROWSING, errors.AccessDenied, problems.NotFound, problems.Ambiguous)
SEARCHING = (*BROWSING, *_BODY)
GIVING = (*BROWSING, *_BODY, errors.AccessDenied, errors.ResolutionNotFound, errors.FeedbackConflict)
DECIDING = (*BROWSING, problems.NotFound, errors.FeedbackConflict)
RERUNNING = (*READING, errors.AlreadyRunning, errors.NothingToRerun, errors.ValidationError)
CANCELLING = (*_ANYWHERE, *_STORES, errors.ResolutionNotFound, errors.NothingToCancel)
LISTING = (*_ANYWHERE, *_STORES, errors.ValidationError)
KEEPING = (*LISTING, problems.NotFound)
SAVING = (*LISTING, *_BODY)
READINESS = (problems.NotLoopback, problems.NotReady, errors.ECPError)
OPERATIONAL = (problems.NotLoopback, errors.ECPError)

USER_CONTEXT = {
    "name": "X-ECP-User-Context",
    "in": "header",
    "required": False,
    "description": "Who asks, where the body does not say. Honoured without authentication only.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asker"}}},
}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The first answer under a key is replayed; another body under it is 422.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`respond-async`: 202 at once. `wait=N`: 202 after N seconds.",
    "schema": {"type": "string"},
}
LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event that was received: what is behind it is sent. Without it, everything.",
    "schema": {"type": "string", "pattern": "^([0-9]{1,9}[.][0-9]{1,9})?$"},
}
_EVENTS = """id: 1.1
event: status
data: {"status": "running"}

id: 1.2
event: stage
data: {"id": "parse_intent", "type": "parse", "status": "complete", …}

id: 1.3
event: status
data: {"status": "complete"}

id: 1.4
event: done
data: {"resolution_id": "…", "status": "complete", …}
"""


def _event(name: str, data: dict[str, Any]) -> dict[str, Any]:
    told = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    place = {"type": "string", "pattern": "^[0-9]{1,9}[.][0-9]{1,9}$"}
    required = ["event", "data"] if name == "problem" else ["event", "data", "id"]
    return {
        "type": "object",
        "properties": {"event": {"const": name}, "data": told, "id": place},
        "required": required,
    }


def _component(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_STATUS = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
_ITEM = {
    "oneOf": [
        _event("status", _STATUS),
        _event("stage", _component("DagNode")),
        _event("done", _component("Resolution")),
        _event("problem", _component("Problem")),
    ]
}
EVENT_STREAM: ResponseDocs = {
    200: {
        "description": "the events; a comment every few seconds while nothing happens",
        "content": {"text/event-stream": {"itemSchema": _ITEM, "example": _EVENTS}},
    },
    204: {"description": "the client has had everything"},
}
_TERM = {
    "id": "churn",
    "kind": "term",
    "name": "Churn",
    "definition": "Customers who left.",
    "synonyms": ["attrition"],
    "owner": "Customer Care",
    "domain": "customers",
    "meanings": [{"metric": "lost_orders", "departments": ["logistics"]}],
    "related": [],
}
_METRIC = {
    "id": "orders",
    "kind": "metric",
    "name": "Orders",
    "definition": "Orders that were shipped.",
    "synonyms": ["shipments"],
    "owner": "Logistics",
    "domain": "shipping",
    "unit": None,
    "certification_tier": 1,
    "formula": None,
    "departments": ["logistics"],
    "semantic_layer_ref": "Orders.count",
    "aggregation": "sum",
    "grain": "day",
    "dimensions": ["channel"],
    "target_of": [],
}
GLOSSARY = {"terms": [_TERM], "total": 1, "next_cursor": None}
METRICS = {"metrics": [_METRIC], "total": 1, "next_cursor": None}
LINEAGE = {
    "target": "orders",
    "nodes": [
        {"id": "orders", "type": "metric", "name": "Orders", "system": None},
        {"id": "Orders.count", "type": "measure", "name": "Orders.count", "system": "semantic layer"},
    ],
    "edges": [{"source": "Orders.count", "target": "orders", "transformation": None}],
    "total": 2,
    "next_cursor": None,
}
_FOUND = {"id": "orders", "kind": "metric", "name": "Orders", "definition": "Orders that were shipped.", "score": 0.98}
SEARCH = {"results": [{**_FOUND, "of": None}], "total": 1, "degradations": []}
FEEDBACK = {
    "id": "0190b1f0-5b7e-7cc3-9d2f-0d8c3f1a2b4d",
    "resolution_id": "0190b1f0-5b7e-7cc3-9d2f-0d8c3f1a2b4c",
    "verdict": "corrected",
    "state": "pending",
    "question": "orders last month",
    "department": "logistics",
    "metrics": ["shipped_orders"],
    "correction": {"metrics": ["shipped_orders"]},
    "note": "Logistics counts what has left the house.",
    "created_at": "2026-02-10T09:30:00+00:00",
}
FEEDBACKS = {"feedback": [FEEDBACK], "total": 1, "next_cursor": None}
_PLAIN = f"^[^{CONTROLS}]*$"
_NOT_BLANK = rf"^[^{CONTROLS}]*[^\s{CONTROLS}][^{CONTROLS}]*$"
ACCEPTED_HEADERS = {"Location": {"description": "the resolution's state", "schema": {"type": "string"}}}


def problem_docs(*kinds: type[errors.ECPError]) -> ResponseDocs:
    """One entry a status, with an example of each problem that has it."""
    docs: ResponseDocs = {}
    for kind in sorted(set(kinds), key=lambda k: (k.status, k.slug)):
        entry = docs.setdefault(kind.status, {"description": kind.title, "content": _content()})
        if kind.title not in entry["description"]:
            entry["description"] += f"; {kind.title.lower()}"
        entry["content"][MEDIA_TYPE]["examples"][kind.slug] = {"value": _example(kind)}
    return docs


def with_example(example: object, *kinds: type[errors.ECPError], status: int = 200) -> ResponseDocs:
    """`problem_docs`, and what is answered when all is well."""
    return {status: {"content": {"application/json": {"example": example}}}, **problem_docs(*kinds)}


def headers_of(*parameters: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": list(parameters)}


def install(app: FastAPI) -> None:
    """The document is made once, with the problem's schema among its components."""

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
            _without_theirs(made)
            for name in _sent() & schemas.keys():
                _without_controls(schemas[name])
            _without_controls(list(_query_schemas(made)))
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _sent() -> set[str]:
    """The models of what is sent."""
    return {"Asker", "Schedule", *(model.__name__ for model in Sent.__subclasses__())}


def _without_controls(schema: Any) -> None:
    """Every string that is sent is free of control characters, which no model says of itself."""
    if isinstance(schema, list):
        for part in schema:
            _without_controls(part)
    elif isinstance(schema, dict):
        if schema.get("type") == "string" and not schema.keys() & {"enum", "const", "format", "pattern"}:
            schema["pattern"] = _NOT_BLANK if schema.get("minLength") else _PLAIN
        if isinstance(schema.get("additionalProperties"), dict):
            schema["propertyNames"] = {"pattern": _PLAIN}
        for part in list(schema.values()):
            _without_controls(part)


def _query_schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from (p["schema"] for p in operation.get("parameters", ()) if p["in"] == "query")


def _without_theirs(document: dict[str, Any]) -> None:
    """FastAPI promises a 422 of its own shape wherever there is a path parameter; ours cannot be invalid."""
    for methods in document["paths"].values():
        for operation in methods.values():
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
    for theirs in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(theirs, None)


def _content() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}}


def _example(kind: type[errors.ECPError]) -> dict[str, Any]:
    return {
        "type": f"urn:ecp:problem:{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": "What happened, for the caller.",
        "instance": "/api/v1/…",
        "request_id": "b0f1c9e2-6a2b-4f0e-9d3c-2f6f0f5c7a11",
        "degradations": [],
    }
