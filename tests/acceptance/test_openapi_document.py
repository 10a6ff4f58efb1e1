"""Whatever the OpenAPI document allows, and whatever it does not, is answered as it says."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.schemas import OpenApiSchema

EXAMPLES = 12


@pytest.fixture(scope="session")
def document(enterprise, rest) -> OpenApiSchema:
    return schemathesis.openapi.from_url(f"{enterprise.api_url}/openapi.json")


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@pytest.mark.timeout(900)
def test_every_operation_keeps_to_its_document(case) -> None:
    case.call_and_validate(timeout=60)
