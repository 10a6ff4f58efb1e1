"""A stage of a resolution: a Prefect task when its run is tracked in full, else a plain call under the same table."""

from __future__ import annotations

import asyncio
import copy
import typing
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import task_run
from prefect.states import Cancelled, Completed, Failed
from pydantic import TypeAdapter

from ecp.errors import CircuitOpen, ECPError, StoreError, StoreKnownDown
from ecp.resilience.retry import with_retries
from ecp.run import Run, current_run, in_stage
from ecp.telemetry import metrics, spans
from ecp.telemetry.logs import STAGE_COMPLETED, get_logger
from ecp.trace import NodeStatus, NodeType, StageRecord

P = ParamSpec("P")
R = TypeVar("R")
_log = get_logger(__name__)


@dataclass
class _Call:
    """One call of a stage: what it is to do, and how that went."""

    run: Run
    record: StageRecord
    body: Callable[[], Awaitable[Any]]
    parse: Callable[[Any], Any]
    reuse: bool
    limit: int
    store: str | None = None
    without: str | None = None
    retries: int = 0
    times: int = 0
    value: Any = None
    reused: bool = False
    error: BaseException | None = None

    async def attempt(self) -> None:
        self.error, before = None, len(self.record.stores_queried)
        try:
            if not self._take_earlier():
                with in_stage(self.record):
                    self.value = await self.body()
        except BaseException as error:
            self.error = error
            refused = isinstance(error, StoreKnownDown | CircuitOpen)
            self.times += len(self.record.stores_queried) > before and not refused
            raise

    def wait_after(self, error: StoreError, retries: int) -> float | None:
        if self.store is None:
            return None
        wait = self.run.wait_after(error, retries)
        self.retries += wait is not None
        return wait

    def settle(self) -> None:
        """Prefect asks nobody once its retries are used up; the store is given up on all the same."""
        if self.retries >= self.limit and isinstance(self.error, StoreError):
            self.wait_after(self.error, self.retries)

    @property
    def skipped(self) -> bool:
        return isinstance(self.error, StoreKnownDown) and not self.retries

    @property
    def cancelled(self) -> bool:
        """Ended with its resolution, before its time."""
        return isinstance(self.error, asyncio.CancelledError) and (self.run.cancelled or self.run.failing)

    @property
    def status(self) -> NodeStatus:
        if self.error is not None:
            return "skipped" if self.skipped or self.cancelled else "failed"
        return "reused" if self.reused else "complete"

    @property
    def message(self) -> str | None:
        """What went wrong, which store it was and how often it was asked."""
        if self.error is None:
            return None
        if isinstance(self.error, asyncio.CancelledError):
            ended = "was cancelled" if self.run.cancelled else "ended"
            return f"the resolution {ended} before this stage did"
        text = self.error.detail if isinstance(self.error, ECPError) else type(self.error).__name__
        return f"{text}; {self._asked}" if self._asked else text

    @property
    def told(self) -> str | None:
        """What an operator reads on the red or skipped task: the message, and what that did to the answer."""
        if self.store is None or not isinstance(self.error, StoreError):
            return self.message
        return f"{self.message}. Without it: {self._did(self.error.store)}"

    def _did(self, failed: str) -> str:
        """A stage may ask more stores than its own; without one that is required there is no answer."""
        if self.without is not None and not self.run.requires(failed):
            return self.without
        return self.run.without(failed)

    @property
    def _asked(self) -> str | None:
        """How often, where a store was asked at all."""
        if not self.times or not isinstance(self.error, StoreError):
            return None
        return f"asked {self.times} times" if self.times > 1 else "asked once"

    def _take_earlier(self) -> bool:
        if not self.reuse:
            return False
        self.reused, output = self.run.trace.reusable(self.record)
        if self.reused:
            self.value = self.parse(output)
        return self.reused


_call: ContextVar[_Call] = ContextVar("ecp_stage_call")


class Mark:
    """What a task run returns in place of its value: given to those that depend on it, it draws the edge to them. No
    dataclass: Prefect would look inside."""

    def __init__(self, task_run_id: str | None) -> None:
        self.task_run_id = task_run_id


async def _tracked_attempt(after: tuple[Mark, ...]) -> State[Any]:
    """Runs inside the Prefect task; the value travels beside it, so nothing is persisted or resolved there."""
    call = _call.get()
    mark = call.record.handle = Mark(task_run.id)
    try:
        await call.attempt()
    except ECPError:
        if call.skipped:
            return Completed(name="Skipped", message=call.told, data=mark)
        return Failed(message=call.told, data=mark)
    except asyncio.CancelledError:
        # Cancelled, or past the deadline, this is the flow's end: let through, the task run would show as crashed.
        if call.cancelled:
            return Cancelled(message=call.message, data=mark)
        if not call.run.is_over:
            raise
        return Failed(name="TimedOut", message=call.message, data=mark)
    return Completed(name="Reused" if call.reused else None, data=mark)


def _may_retry(attempted: Any, _task_run: Any, _state: Any) -> bool:
    call = _call.get()
    if not isinstance(call.error, StoreError):
        return False
    wait = call.wait_after(call.error, call.retries)
    attempted.retry_delay_seconds = [wait]
    return wait is not None


class Stage(Generic[P, R]):
    """Called in a flow as `await stage(*args)`; the run it belongs to is found in the context."""

    def __init__(
        self,
        fn: Callable[Concatenate[Run, P], Awaitable[R]],
        id_: str,
        type_: NodeType,
        *,
        store: str | None,
        depends_on: tuple[str, ...],
        reuse: bool,
        passive: frozenset[str],
        without: str | None,
    ) -> None:
        self.fn = fn
        self.id = id_
        self.type = type_
        self.store = store
        self.depends_on = depends_on
        self.reuse = reuse
        self.passive = passive
        self.without = without
        self.__doc__ = fn.__doc__
        self._task = task(
            name=id_, description=fn.__doc__, cache_policy=NO_CACHE, persist_result=False, log_prints=False
        )(_tracked_attempt)

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        run = current_run()
        record = run.trace.begin(self.id, self.type, self.depends_on, self.passive)
        call = self._begin(run, record, lambda: self.fn(run, *args, **kwargs))
        started = run.clock.monotonic()
        with spans.span(f"stage {self.id}", stage=record.id, resolution_id=run.resolution_id) as noted:
            try:
                await (self._tracked(call) if run.tracking == "full" else self._plain(call))
            finally:
                self._finish(call, run.clock.monotonic() - started)
                noted.note(status=call.status, retries=call.retries)
        return typing.cast(R, call.value)

    @cached_property
    def _output(self) -> TypeAdapter[Any]:
        return TypeAdapter(typing.get_type_hints(self.fn)["return"])

    def _begin(self, run: Run, record: StageRecord, body: Callable[[], Awaitable[R]]) -> _Call:
        limit = run.settings.retry_attempts if self.store else 0
        return _Call(run, record, body, self._output.validate_python, self.reuse, limit, self.store, self.without)

    async def _plain(self, call: _Call) -> None:
        await with_retries(call.attempt, call.wait_after, asyncio.sleep)

    async def _tracked(self, call: _Call) -> None:
        attempted = self._own_task(call)
        after = tuple(known.handle for known in call.run.trace.before(call.record) if known.handle is not None)
        token = _call.set(call)
        try:
            if call.run.run_task is None:
                await attempted(after, return_state=True)
            else:
                await call.run.run_task(attempted, {"after": after})
        finally:
            _call.reset(token)
        if call.error is not None:
            call.settle()
            raise call.error

    def _own_task(self, call: _Call) -> Any:
        if not call.limit:
            return self._task
        # The wait before a retry is drawn when it is needed, so each call has a task object to write it to.
        own = copy.copy(self._task)
        own.retries = call.limit
        own.retry_condition_fn = _may_retry
        return own

    def _finish(self, call: _Call, seconds: float) -> None:
        run, record = call.run, call.record
        output = self._output.dump_python(call.value, mode="json") if call.error is None else None
        run.trace.finish(record, call.status, output, call.message, call.told)
        if call.retries and call.error is None and self.store is not None:
            metrics.retried(self.store, "succeeded")
        metrics.stage_finished(self.id, seconds)
        _log.info(STAGE_COMPLETED, stage=record.id, status=record.status, duration_ms=round(seconds * 1e3, 3))


def stage(
    id_: str,
    *,
    type: NodeType,
    store: str | None = None,
    depends_on: tuple[str, ...] = (),
    reuse: bool = True,
    passive: frozenset[str] = frozenset(),
    without: str | None = None,
) -> Callable[[Callable[Concatenate[Run, P], Awaitable[R]]], Stage[P, R]]:
    """Makes `async def fn(run, …)` a stage. Only one with a `store` is retried. `depends_on` names every stage whose
    output it is given: a rerun uses an earlier output again only while all of those are unchanged. `reuse=False` for
    what must always run again. `passive` are fields of its output that may differ without a later stage noticing.
    `without`: what becomes of the answer when this stage fails for want of an optional store, for people; default: what
    the table says of the store."""

    def decorate(fn: Callable[Concatenate[Run, P], Awaitable[R]]) -> Stage[P, R]:
        return Stage(fn, id_, type, store=store, depends_on=depends_on, reuse=reuse, passive=passive, without=without)

    return decorate
