"""What Prefect must find in the environment. Applied before `prefect` is imported for the first time."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

from ecp.settings import Settings

RESULTS_BLOCK = "ecp-results"
RESULTS_BLOCK_SLUG = f"local-file-system/{RESULTS_BLOCK}"


def prefect_environment(settings: Settings) -> dict[str, str]:
    """Values by variable. Without an address there is no orchestrator, and none is started in its stead."""
    values = {
        "PREFECT_HOME": str((settings.home / "prefect").absolute()),
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
        # Without a named block every flow run asks the server for one, through a blocking client.
        "PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK": RESULTS_BLOCK_SLUG,
    }
    if settings.prefect_api_url:
        values["PREFECT_API_URL"] = settings.prefect_api_url
    return values


def prepare(settings: Settings, environ: MutableMapping[str, str] = os.environ) -> None:
    """The operator's own values stay; the address is always the settings'."""
    (settings.home / "prefect").mkdir(parents=True, exist_ok=True)
    for name, value in prefect_environment(settings).items():
        if name == "PREFECT_API_URL":
            environ[name] = value
        else:
            environ.setdefault(name, value)
