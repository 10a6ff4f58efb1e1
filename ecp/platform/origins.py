"""Where each setting comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from ecp.settings import PlatformFileSource, Settings

HIDDEN = "********"
# these hold passwords inside their URL
SECRET_FIELDS = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}


@dataclass(frozen=True)
class Setting:
    name: str
    value: str | None
    origin: str


def from_environment() -> dict[str, Any]:
    return by_field(EnvSettingsSource(Settings)())


def from_dotenv() -> dict[str, Any]:
    return by_field(DotEnvSettingsSource(Settings)())


def given_by_user() -> dict[str, Any]:
    """Fields set in the environment or in `.env`: `ecp up` neither starts nor overwrites these."""
    return {**from_dotenv(), **from_environment()}


def by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    lower = {key.lower(): value for key, value in values.items()}
    return {name: lower[name] for name in Settings.model_fields if lower.get(name) not in (None, "")}


def variable(field: str) -> str:
    """The environment variable of a field."""
    return "PREFECT_API_URL" if field == "prefect_api_url" else f"ECP_{field.upper()}"


def listed(settings: Settings) -> list[Setting]:
    """Every setting with its value and where it comes from; secrets hidden."""
    environment, dotenv, written = from_environment(), from_dotenv(), endpoints(settings)
    sources = (("env", environment), (".env", dotenv), ("platform file", written))
    rows = []
    for name in Settings.model_fields:
        origin = next((label for label, values in sources if name in values), "default")
        rows.append(Setting(variable(name), shown(name, getattr(settings, name)), origin))
    return rows


def endpoints(settings: Settings) -> dict[str, Any]:
    source = PlatformFileSource(Settings)
    source._set_current_state({"home": settings.home})
    return source()


def shown(name: str, value: Any) -> str | None:
    if value is None:
        return None
    return HIDDEN if name in SECRET_FIELDS or isinstance(value, SecretStr) else str(value)
