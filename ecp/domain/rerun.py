"""Whether there is something to rerun."""

from __future__ import annotations

from typing import Literal

from ecp.domain.values import JsonObject

ENDED_BADLY = frozenset({"failed", "timed_out", "cancelled"})
HARMLESS = frozenset({"orchestrator"})

Standing = Literal["running", "settled", "wanting"]


def standing(status: str, body: JsonObject | None, *, held: bool) -> Standing:
    """`wanting` when an attempt ended badly or had to do without a store, or when the process that has it is gone, and
    so it is no longer `held`."""
    if status == "running":
        return "running" if held else "wanting"
    return "wanting" if status in ENDED_BADLY or missing(body) else "settled"


def missing(body: JsonObject | None) -> frozenset[str]:
    """The components an answer did without, of those that change it."""
    return frozenset(d["component"] for d in (body or {}).get("degradations", ())) - HARMLESS


SINCE = r"^[1-9][0-9]{0,5}[smhd]$"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def since_seconds(text: str | None) -> float | None:
    """Seconds of `90s`, `30m`, `1h` or `2d`; it must match `SINCE`."""
    return None if text is None else float(text[:-1]) * _SECONDS[text[-1]]
