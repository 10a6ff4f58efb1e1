"""Stages that run side by side end side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar, overload

from ecp.run import Run

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


@overload
async def together(run: Run, a: Awaitable[A], b: Awaitable[B], /) -> tuple[A, B]: ...
@overload
async def together(
    run: Run, a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], d: Awaitable[D], /
) -> tuple[A, B, C, D]: ...


async def together(run: Run, *stages: Awaitable[Any]) -> tuple[Any, ...]:
    """What each came to. When one fails for good there is no answer, and the others are not left to go on: what they
    found out would be told of a resolution that is over."""
    begun = [asyncio.ensure_future(stage) for stage in stages]
    try:
        return tuple(await asyncio.gather(*begun))
    except BaseException as error:
        run.failing = run.failing or isinstance(error, Exception)
        for stage in begun:
            stage.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
        raise
