"""Which parts a home gets, on which ports, and what everybody else will find written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ecp.platform import services, stores
from ecp.platform.errors import PlatformError
from ecp.platform.layout import Layout
from ecp.platform.origins import variable
from ecp.platform.parts import Part
from ecp.platform.ports import Ports
from ecp.platform.postgres import OWNER, PREFECT, READER, Postgres
from ecp.platform.servers import ServerCache, missing, redis_program
from ecp.settings import Settings

Stores = Literal["embedded", "server"]
STORE_PARTS = ("postgres", "graph", "cube", "opa", "redis")
ALL_PARTS = frozenset((*STORE_PARTS, "prefect", "worker", "api"))


@dataclass(frozen=True)
class Request:
    """What `ecp up` was asked for. `given` are the settings of the user's own, which stay untouched. `replicas`: of the
    API, and of the Prefect server where it is ours."""

    settings: Settings
    stores: Stores = "embedded"
    given: Mapping[str, Any] | None = None
    parts: frozenset[str] = ALL_PARTS
    replicas: int = 1

    def wants(self, part: str, *unless_given: str) -> bool:
        given = self.given or {}
        return part in self.parts and not (unless_given and all(name in given for name in unless_given))


@dataclass(frozen=True)
class Plan:
    layout: Layout
    run: Path
    postgres: Postgres | None
    parts: tuple[Part, ...]
    endpoints: Mapping[str, Any]


def make_plan(request: Request, layout: Layout, run: Path) -> Plan:
    """Takes the ports. Raises PortTaken, and PlatformError for servers that were never fetched."""
    if request.stores == "server":
        require_servers(request)
    return Planner(request, layout, run).plan()


def require_servers(request: Request) -> None:
    names = {"neo4j": "graph", "cube": "cube", "opa": "opa", "redis": "redis"}
    lacking = [name for name in missing(ServerCache.from_environment()) if names[name] in request.parts]
    if lacking:
        raise PlatformError(f"Not fetched yet: {', '.join(lacking)}. `make servers` fetches them.")


class Planner:
    """Collects parts and endpoints, in the order in which they need each other."""

    def __init__(self, request: Request, layout: Layout, run: Path) -> None:
        self.request, self.layout, self.run = request, layout, run
        self.given = dict(request.given or {})
        self.ports = Ports(request.settings.port)
        self.cache = ServerCache.from_environment()
        self.parts: list[Part] = []
        self.endpoints: dict[str, Any] = {"port": self.ports.first, "cube_model": str(layout.cube_model)}
        self.server: Postgres | None = None

    def plan(self) -> Plan:
        self.add_postgres()
        self.add_graph()
        if self.request.stores == "server":
            self.add_servers()
        elif self.request.replicas > 1:
            self.add_redis()
        self.add_services()
        self.add_replicas()
        # the port is always written: it is where the API is, whoever chose it
        ours = {name: value for name, value in self.endpoints.items() if name == "port" or name not in self.given}
        return Plan(self.layout, self.run, self.server, tuple(self.parts), ours)

    def add_postgres(self) -> None:
        if not self.request.wants("postgres", "postgres_dsn", "warehouse", "prefect_api_url"):
            return
        port = self.ports.take() if self.request.stores == "server" else None
        self.server = Postgres(self.layout, self.run, port)
        self.parts.append(self.server.part())
        self.endpoints |= {
            "postgres_dsn": self.server.dsn(OWNER, "ecp"),
            "warehouse": self.server.dsn(READER, "warehouse"),
            "warehouse_admin": self.server.dsn(OWNER, "warehouse"),
        }
        if "warehouse" in self.given:
            del self.endpoints["warehouse_admin"]  # it would load another warehouse than the one that is read

    def add_graph(self) -> None:
        if not self.request.wants("graph", "neo4j_uri"):
            return
        bolt = self.ports.take()
        real = self.request.stores == "server"
        part = (
            stores.neo4j(self.layout, self.cache, bolt)
            if real
            else stores.embedded_graph(self.layout, bolt, self.ports.take())
        )
        self.parts.append(part)
        self.endpoints |= {
            "neo4j_uri": part.url,
            "neo4j_user": "neo4j" if real else "root",
            "neo4j_password": self.layout.secret("graph"),
        }

    def add_servers(self) -> None:
        warehouse = self.given.get("warehouse") or self.endpoints.get("warehouse")
        if warehouse and self.request.wants("cube", "cube_url"):
            self.add(stores.cube(self.layout, self.cache, self.ports.take(), warehouse), "cube_url")
            self.endpoints["cube_token"] = stores.cube_token(self.layout)
        if self.request.wants("opa", "opa_url"):
            self.add(stores.opa(self.layout, self.cache, self.ports.take()), "opa_url")
        if self.request.wants("redis"):
            self.add_redis()

    def add_redis(self) -> None:
        if "redis_url" in self.given:
            return
        if redis_program() is None:
            raise PlatformError("Several Prefect servers need Redis, which is not here. `make servers` fetches it.")
        part = stores.redis(self.layout, self.ports.take())
        self.parts.append(part)
        self.endpoints["redis_url"] = part.probe

    def add(self, part: Part, endpoint: str) -> None:
        self.parts.append(part)
        self.endpoints[endpoint] = part.url

    def add_services(self) -> None:
        if self.server and self.request.wants("prefect", "prefect_api_url"):
            part = self.prefect_server("prefect", self.server)
            self.parts.append(part)
            self.endpoints["prefect_api_url"] = f"{part.url}/api"
        api_url = self.given.get("prefect_api_url") or self.endpoints.get("prefect_api_url")
        if api_url and self.request.wants("worker"):
            self.parts.append(services.worker(self.layout, api_url, self.environment(), self.request.settings))
        if self.request.wants("api"):
            self.parts.append(self.api("api", self.ports.first, api_url))

    def add_replicas(self) -> None:
        """Each API process tells its own Prefect server; behind them is one database, and one Redis."""
        api_url = self.given.get("prefect_api_url") or self.endpoints.get("prefect_api_url")
        for number in range(2, self.request.replicas + 1):
            if self.server and self.request.wants("prefect", "prefect_api_url"):
                part = self.prefect_server(f"prefect-{number}", self.server)
                self.parts.append(replace(part, after="prefect"))  # whose first start migrates their database
                api_url = f"{part.url}/api"
            if self.request.wants("api"):
                self.parts.append(self.api(f"api-{number}", self.ports.take(), api_url))

    def prefect_server(self, name: str, server: Postgres) -> Part:
        redis = self.given.get("redis_url") or self.endpoints.get("redis_url")
        shared = str(redis) if redis and self.request.replicas > 1 else None
        return services.prefect_server(
            self.layout, self.ports.take(), server.dsn(PREFECT, "prefect"), name=name, redis=shared
        )

    def api(self, name: str, port: int, api_url: str | None) -> Part:
        # without authentication only this machine may ask, unless the setting says otherwise
        host = "0.0.0.0" if self.request.settings.unauthenticated_network else "127.0.0.1"
        part = services.api(self.layout, host, port, api_url, self.environment())
        return part if name == "api" else replace(part, name=name)

    def environment(self) -> dict[str, str]:
        """The home and the user's own settings, for parts that run in another folder than `.env`."""
        given = {variable(name): str(value) for name, value in self.given.items()}
        return {**given, "ECP_HOME": str(self.layout.home)}
