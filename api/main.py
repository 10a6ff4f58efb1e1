"""The REST front. `uvicorn api.main:app` serves alone, whatever of the platform is up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware import Middleware

from api import openapi, problems
from api.admission import Admission
from api.deps import Service, ServiceFactory
from api.health import Seen
from api.middleware import BodyLimit, LoopbackOnly, RequestContext
from api.routes import browsing, clarify, execute, feedback, health, resolutions, resolve, search, watches
from api.tracking.environment import prepare
from ecp.settings import Settings
from ecp.telemetry import logs, metrics, spans

MOST_BODY_BYTES = 256 * 1024
BODY_SECONDS = 15.0
LINES_HELD_SECONDS = 0.1
_log = logs.get_logger("api")


def create_app(settings: Settings | None = None, factory: ServiceFactory | None = None) -> FastAPI:
    """The application. `factory` opens the service behind it (default: the platform's own)."""
    settings = settings or Settings()
    configure_logging(settings)
    app = FastAPIOffline(
        static_url="/docs/assets",  # Swagger UI from a wheel: the page asks no other host for anything
        title=openapi.TITLE,
        description=openapi.DESCRIPTION,
        version="1",
        lifespan=_lifespan(settings, factory or _platform),
        middleware=_middleware(settings),
        redirect_slashes=False,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.seen = Seen()
    problems.install(app)
    openapi.install(app)
    modules = (resolve, resolutions, clarify, execute, feedback, search, browsing, watches, health)
    for module in modules:
        app.include_router(module.router)
    app.state.routes = [route for module in modules for route in module.router.routes]
    return app


def configure_logging(settings: Settings) -> None:
    logs.configure(
        env=settings.env, level=settings.log_level, secrets=settings.secrets, hold_seconds=LINES_HELD_SECONDS
    )


def _lifespan(settings: Settings, factory: ServiceFactory) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        spans.configure(settings.otlp_endpoint)
        async with factory(settings) as service:
            for warning in health.warnings_of(settings):
                _log.warning("unauthenticated_network", warning=warning)
            app.state.service = service
            document = asyncio.create_task(asyncio.to_thread(app.openapi))  # made once, and not on the event loop
            try:
                yield
            finally:
                app.state.service = None
                await document
        await asyncio.to_thread(spans.shutdown)
        metrics.process_ended()

    return lifespan


def _middleware(settings: Settings) -> list[Middleware]:
    guard = [] if settings.unauthenticated_network else [Middleware(LoopbackOnly)]
    limit = Middleware(BodyLimit, most_bytes=MOST_BODY_BYTES, seconds=BODY_SECONDS)
    admission = Middleware(
        Admission,
        most=settings.requests_at_once,
        queue=settings.requests_waiting,
        seconds=settings.requests_wait_seconds,
    )
    # A place is taken when the body is there: who sends slowly keeps nobody from being served.
    return [Middleware(RequestContext), *guard, limit, admission]


def _platform(settings: Settings) -> AbstractAsyncContextManager[Service]:
    prepare(settings)  # before Prefect is imported for the first time
    from api.services.platform import open_service

    configure_logging(settings)  # again: Prefect set up its own when it was imported just now
    return open_service(settings)


app = create_app()
