"""Settings: environment, then `.env`, then what runs in `ECP_HOME`, then the default; read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PLATFORM_FILE = "platform.json"


class PlatformFileSource(PydanticBaseSettingsSource):
    """Endpoints of the parts that `ecp up` started in this home, as it wrote them down."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        home = Path(self.current_state.get("home") or ".ecp")
        try:
            written = json.loads((home / PLATFORM_FILE).read_text())
        except (OSError, ValueError):
            return {}
        return dict(written.get("endpoints", {}))


class Settings(BaseSettings):
    """Every setting of the platform. A store whose URL is unset is the embedded one."""

    model_config = SettingsConfigDict(env_prefix="ECP_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Path(".ecp")
    env: Literal["local", "prod"] = "local"
    log_level: str = "INFO"
    port: int = 8000

    postgres_dsn: SecretStr | None = None
    warehouse: SecretStr | None = Field(default=None, description="DSN of the warehouse, read-only role")
    warehouse_admin: SecretStr | None = Field(default=None, description="DSN that may load the warehouse")
    neo4j_uri: str | None = None
    neo4j_user: str = "neo4j"
    neo4j_password: SecretStr | None = None
    cube_url: str | None = None
    cube_token: SecretStr | None = None
    cube_model: Path | None = Field(default=None, description="folder the Cube server reads its model from")
    opa_url: str | None = None
    embeddings_url: str | None = None
    embeddings_model: str | None = None
    embeddings_key: SecretStr | None = None
    next_embeddings_url: str | None = Field(default=None, description="of the model that is to take its place")
    next_embeddings_model: str | None = None
    next_embeddings_key: SecretStr | None = None
    redis_url: SecretStr | None = None
    prefect_api_url: str | None = Field(
        default=None, validation_alias=AliasChoices("PREFECT_API_URL", "prefect_api_url")
    )

    otlp_endpoint: str | None = Field(default=None, description="traces are sent there, OTLP over HTTP")

    worker_runs_at_once: int = Field(default=2, description="flow runs of each work pool that one worker takes at once")
    worker_niceness: int = Field(default=10, description="how far a worker and its flow runs stand behind the API")
    blocks: str = Field(default="ecp", description="name of the Prefect blocks a worker without a DSN is configured by")

    ingest: Path | None = Field(default=None, description="folder of the pack that the flow `ingest` keeps imported")
    ingest_only: bool = Field(default=False, description="that pack is all there is")
    keep_resolutions_days: float = Field(default=90.0, gt=0, description="answers and traces; audit records stay")
    keep_checkpoints_days: float = Field(default=7.0, gt=0, description="what a rerun may use again")
    keep_runs_days: float = Field(default=30.0, gt=0, description="the orchestrator's own flow runs")

    unauthenticated_network: bool = False
    requests_at_once: int = Field(default=32, description="worked on at the same time")
    resolutions_at_once: int = Field(default=16, description="of them, and of those nobody waits for; the rest wait")
    requests_waiting: int = Field(default=64, description="may wait for their turn; the next one is 429")
    requests_wait_seconds: float = 1.0
    deadline_seconds: float = 10.0
    unattended_deadline_seconds: float = Field(default=30.0, description="of reruns and watches: nobody waits for them")
    policy_margin_seconds: float = 1.0
    data_version_seconds: float = 30.0
    cache_seconds: float = Field(default=300.0, description="how long an answer may be given again; 0: never")
    idempotency_hours: float = Field(default=24.0, description="how long an idempotency key is kept")
    cache_entries: int = Field(default=1000, description="answers that are kept at most")

    watches_at_once: int = Field(
        default=2,
        description="watches that one worker runs at the same time; 0: it leaves them, and what they tell, to others",
    )
    webhook_hosts: str | None = Field(default=None, description="where webhooks may go: host or host:port, by commas")
    webhook_secret: SecretStr | None = Field(default=None, description="webhooks are signed with it")
    webhook_timeout_seconds: float = 5.0

    retry_attempts: int = Field(default=3, description="retries after the first attempt")
    retry_first_wait_seconds: float = 1.0
    retry_longest_wait_seconds: float = 10.0
    store_timeout_seconds: float = 2.0
    query_timeout_seconds: float = 8.0
    down_memory_seconds: float = 5.0
    breaker_failures: int = 5
    breaker_reset_seconds: float = 60.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that are never to be written."""
        return tuple(value.get_secret_value() for _, value in self if isinstance(value, SecretStr))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, PlatformFileSource(settings_cls)
