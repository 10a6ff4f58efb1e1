"""The desk on the enterprise's stores: a file for each thing that must never happen, a mutation for each file."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.desk import Desk, open_desk
from tests.support.enterprise import Enterprise

FINANCE = {"user_id": "u-finance", "department": "finance", "role": "analyst"}
GUEST = {"user_id": "u-guest"}
INSIDER = {"user_id": "u-hr", "department": "hr", "role": "hr_admin"}
APAC_ONLY = {**FINANCE, "allowed_regions": ["APAC"]}
FINANCE_APAC = ("AU", "CN", "HK", "IN", "JP", "KR", "SG")
ASKED = "What was APAC revenue last quarter?"
PAY = "What was executive compensation in FY2025?"


@pytest.fixture(scope="session")
async def desk(enterprise: Enterprise) -> AsyncIterator[Desk]:
    """Every store is there."""
    async with open_desk(enterprise.settings, enterprise.words) as desk:
        yield desk
