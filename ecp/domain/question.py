"""Who asks, and what."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from ecp.domain.values import Value

Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


class Asker(Value):
    """The person or agent a question is answered for. Attributes limit dimensions; `None` limits nothing,
    an empty list allows nothing."""

    user_id: Line | None = None
    department: Line | None = None
    role: Line | None = None
    roles: tuple[str, ...] = Field(default=(), max_length=50)
    allowed_regions: tuple[str, ...] | None = Field(default=None, max_length=500)
    attributes: dict[str, tuple[str, ...]] = Field(default={}, max_length=50)

    @property
    def all_roles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(r for r in (self.role, *self.roles) if r))

    @property
    def limits(self) -> dict[str, tuple[str, ...]]:
        """What the asker is limited to, by attribute as the caller named it."""
        short = {} if self.allowed_regions is None else {"allowed_regions": self.allowed_regions}
        return {**self.attributes, **short}


ANONYMOUS = Asker()


class Question(Value):
    """One question as it was accepted. `as_of` is settled before anything is resolved; `chosen` is what the asker chose
    since: each word that was open → the id it is settled on."""

    text: str
    asker: Asker = ANONYMOUS
    as_of: date
    execute: bool = False
    follows: str | None = None
    chosen: dict[str, str] = {}
