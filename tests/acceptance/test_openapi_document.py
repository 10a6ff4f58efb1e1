"""Whatever the OpenAPI document allows, and whatever it does not, is answered as it says."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.main import app

EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "20"))
ROUTES = {(route.path, method): route for route in app.state.routes for method in route.methods}
OPERATIONS = sorted(ROUTES)
# What no schema can say, and who sends it is told by name.
BEYOND_A_SCHEMA = (
    ("Idempotency-Key",),  # was not used with another body
    ("user_context", "attributes"),  # names dimensions of the pack
    ("body", "notify", "webhook"),  # names a host that the operators have listed
    ("query", "cursor"),  # was given with the page before
    ("body", "schedule"),  # has a cron expression, and a name of the time zone database
    ("body", "correction"),  # has free JSON in it, which is free of control characters
)


@pytest.fixture(scope="session")
def document(enterprise, rest) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{enterprise.api_url}/openapi.json")


@pytest.fixture(scope="session")
def known(enterprise, rest) -> dict[str, str]:
    """The id of something that is there, by the resource that is named before it."""
    resolution = rest.answer("What was APAC net revenue last quarter?")["resolution_id"]
    said = rest.post("feedback", {"resolution_id": resolution, "verdict": "accepted"})
    kept = rest.post("watches", {"concept": "revenue last quarter", "schedule": {"every_seconds": 86_400}})
    of_resolutions = dict.fromkeys(("resolutions", "provenance"), resolution)
    return {**of_resolutions, "feedback": said.json()["id"], "watches": kept.json()["id"]}


def can_be_wrong(route: Any) -> bool:
    """Whether anything but a path is sent, which is right whatever it says."""
    said = route.body_field or route.dependant.query_params or (route.openapi_extra or {}).get("parameters")
    return bool(said)


MODES = [(*o, m) for o in OPERATIONS for m in GenerationMode if m.is_positive or can_be_wrong(ROUTES[o])]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("path", "method", "mode"), MODES, ids=[f"{m} {p} {mode}" for p, m, mode in MODES])
def test_an_operation_keeps_to_its_document(
    document: BaseSchema, known: dict[str, str], path: str, method: str, mode: GenerationMode
) -> None:
    operation: APIOperation[Any, Any, Any] = document[path][method]
    cases = operation.as_strategy(mode)
    if "{id}" in path:
        cases |= operation.as_strategy(mode, path_parameters={"id": known[path.split("/")[3]]})

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def answered(case: schemathesis.Case) -> None:
        # In its place `refused_for_what_a_schema_says`: it knows nothing of what a schema cannot say.
        answer = case.call_and_validate(timeout=60, excluded_checks=[positive_data_acceptance])
        if mode.is_positive:
            assert not refused_for_what_a_schema_says(answer), answer.text

    answered()


def refused_for_what_a_schema_says(answer: schemathesis.Response) -> bool:
    if answer.status_code not in (400, 406, 413, 415, 422):
        return False
    where = [tuple(error["loc"]) for error in answer.json().get("errors", ())]
    return not where or not all(any(loc[: len(known)] == known for known in BEYOND_A_SCHEMA) for loc in where)


def test_every_operation_of_the_document_is_asked(document: BaseSchema) -> None:
    documented = {(found.ok().path, found.ok().method.upper()) for found in document.get_all_operations()}
    assert documented == set(OPERATIONS)


def test_the_bounds_of_the_models_are_in_the_document_under_its_names() -> None:
    """One that stands before a model's own reading of a value is written down as the model calls it."""
    assert names(app.openapi()["components"]["schemas"]) & {"ge", "gt", "le", "lt", "min_length", "max_length"} == set()


def names(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(names, schema))
    return set(schema).union(*map(names, schema.values())) if isinstance(schema, dict) else set()


@pytest.mark.parametrize("path", sorted({path for path, _ in OPERATIONS}))
def test_a_method_that_is_not_there_is_refused_with_those_that_are(rest, path: str) -> None:
    there = {method for known, method in OPERATIONS if known == path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - there:
        answer = rest.client.request(method, path.format(id="x"))
        assert answer.status_code == 405 and answer.headers["content-type"] == "application/problem+json"
        assert set(re.split(r",\s*", answer.headers["allow"])) == there
