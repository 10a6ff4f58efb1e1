"""Spans of requests, stages and store calls, sent over OTLP where an address is configured. Without one nothing is
made, and OpenTelemetry's SDK is not even imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

Value = str | bool | int | float
SERVICE = "ecp"
SHUTDOWN_MS = 3_000


class Noted(Protocol):
    """What a span takes: facts, and that what it stands for failed. The words of a question are no such fact."""

    def named(self, name: str) -> None: ...
    def note(self, **facts: Value) -> None: ...
    def failed(self, kind: str) -> None: ...


class _Nothing:
    def named(self, name: str) -> None:
        pass

    def note(self, **facts: Value) -> None:
        pass

    def failed(self, kind: str) -> None:
        pass


class _Recording:
    def __init__(self, span: Span) -> None:
        self._span = span

    def named(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, **facts: Value) -> None:
        self._span.set_attributes(_named(facts))

    def failed(self, kind: str) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR))


_NOTHING = _Nothing()
_provider: TracerProvider | None = None
_tracer: Tracer | None = None


def configure(endpoint: str | None) -> None:
    """Sends spans to `endpoint` (OTLP over HTTP, its base address) from now on; None: to nobody."""
    global _provider, _tracer
    shutdown()
    if endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    _provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}), shutdown_on_exit=False)
    _provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = _provider.get_tracer(SERVICE)


def shutdown() -> None:
    """Sends what has not been sent, and stops."""
    global _provider, _tracer
    if _provider is not None:
        _provider.force_flush(SHUTDOWN_MS)
        _provider.shutdown()
    _provider = _tracer = None


@contextmanager
def span(name: str, *, caller: Mapping[str, str] | None = None, **facts: Value) -> Iterator[Noted]:
    """A span around what is inside, below the one that is open. `caller`: headers that may name the caller's span
    (W3C Trace Context). The text of an exception is never in it."""
    if _tracer is None:
        yield _NOTHING
        return
    with _tracer.start_as_current_span(
        name, _context(caller), attributes=_named(facts), record_exception=False, set_status_on_exception=False
    ) as opened:
        noted = _Recording(opened)
        try:
            yield noted
        except BaseException as error:
            noted.failed(type(error).__name__)
            raise


def _context(caller: Mapping[str, str] | None) -> Context | None:
    if caller is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract(dict(caller))


def _named(facts: Mapping[str, Value]) -> dict[str, Value]:
    return {f"ecp.{name}": value for name, value in facts.items()}
