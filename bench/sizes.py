"""How much of everything: enough for steady medians, little enough to end in a few minutes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """`rounds` go over every question once; `crowd_seconds` with 16 callers; `record_rates`: questions a second,
    asked to see how many runs the Prefect server takes in."""

    few_assets: int = 1_000
    many_assets: int = 100_000
    many_traces: int = 100_000
    rounds: int = 8
    crowd_seconds: float = 20.0
    record_rates: tuple[float, ...] = (11.0, 14.0, 18.0)
    record_seconds: float = 20.0
    bare_crowd: int = 240
    cached: int = 200
    naive_alone: int = 24
    naive_crowd: int = 48
    telemetry_rounds: int = 12
    quiet_seconds: float = 60.0
    outage_seconds: float = 60.0
    outage_rate: float = 8.0
    scaled_seconds: float = 12.0


QUICK = Sizes(
    many_assets=2_000,
    many_traces=1_000,
    rounds=2,
    crowd_seconds=4.0,
    record_rates=(8.0,),
    record_seconds=4.0,
    bare_crowd=32,
    cached=40,
    naive_alone=3,
    naive_crowd=4,
    telemetry_rounds=1,
    quiet_seconds=5.0,
    outage_seconds=10.0,
    outage_rate=4.0,
    scaled_seconds=4.0,
)
