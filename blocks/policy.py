"""The policy engine: an OPA server, or the same policies in-process."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from blocks.base import StoreBlock


class PolicyBlock(StoreBlock):
    """Who decides. Without a URL the policies are evaluated in-process."""

    _block_type_name = "ECP Policy"
    _block_type_slug = "ecp-policy"
    _description = "The OPA server that decides what may be shown."
    component: ClassVar[str] = "policy"
    settings: ClassVar[dict[str, str]] = {"opa_url": "opa_url"}

    opa_url: str | None = Field(default=None, description="Base URL of OPA's REST API.")
