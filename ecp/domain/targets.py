"""Where a webhook may go."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"https": 443, "http": 80}


def check_target(url: str, hosts: str | None) -> None:
    """Raises ValueError with what to do unless this is an https address, or an http one on this machine, at a host
    that the operator's list (`host` or `host:port`, separated by commas) has. A host without a port stands for https's
    own port, on this machine for any."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("this is no address; write one such as https://hooks.example.com/ecp") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise ValueError("a webhook's address begins with https://")
    if not host or "@" in parts.netloc or not parts.netloc.isascii() or any(c.isspace() or c == "\\" for c in url):
        raise ValueError("name the host, and no user or password")
    allowed = {entry.strip().lower() for entry in (hosts or "").split(",") if entry.strip()}
    usual = port is None or port == _PORTS[parts.scheme] or host in LOOPBACK
    named = f"[{host}]" if ":" in host else host
    if f"{named}:{port or _PORTS[parts.scheme]}" not in allowed and not (usual and named in allowed):
        raise ValueError(
            f"webhooks may not go to {parts.netloc}; whoever operates the platform lists it in ECP_WEBHOOK_HOSTS"
        )
