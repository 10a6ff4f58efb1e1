"""Work side by side ends side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

from ecp.run import Run

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


@overload
async def together(run: Run, a: Awaitable[A], b: Awaitable[B], /) -> tuple[A, B]: ...
@overload
async def together(run: Run, a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], /) -> tuple[A, B, C]: ...


async def together(run: Run, *stages: Awaitable[Any]) -> tuple[Any, ...]:
    """What each stage came to. When one fails for good there is no answer, and the others are not left to go on: what
    they found out would be told of a resolution that is over."""

    def failing(error: BaseException) -> None:
        run.failing = run.failing or isinstance(error, Exception)

    return await _ending_together(stages, failing)


@overload
async def side_by_side(a: Awaitable[A], b: Awaitable[B], /) -> tuple[A, B]: ...
@overload
async def side_by_side(*asked: Awaitable[A]) -> tuple[A, ...]: ...


async def side_by_side(*asked: Awaitable[Any]) -> tuple[Any, ...]:
    """What each call of one stage came to. When one fails the stage has failed, and the others are not left to ask for
    a stage that is over."""
    return await _ending_together(asked)


async def _ending_together(
    asked: tuple[Awaitable[Any], ...], failing: Callable[[BaseException], None] = lambda error: None
) -> tuple[Any, ...]:
    begun = [asyncio.ensure_future(one) for one in asked]
    try:
        return tuple(await asyncio.gather(*begun))
    except BaseException as error:
        failing(error)
        for one in begun:
            one.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
        raise
