"""The base of every value that crosses a boundary."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value; fields it does not know are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


JsonObject = dict[str, Any]
