"""The figures, as a table, a plot and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from bench import plot
from bench.measuring import Results
from bench.outage import Outage
from bench.scaleout import Scaled
from bench.sizes import Sizes

Row = Sequence[object]


def p50(results: Results, name: str) -> float:
    """The median in milliseconds."""
    return median(results.seconds[name]) * 1e3


def figures(results: Results) -> dict[str, float | None]:
    """What the project is held to; None where it could not be measured. Times in milliseconds."""
    found = results.recorded
    wanted: dict[str, Callable[[], float]] = {
        "tracking_overhead_ms": lambda: p50(results, "rest 1 few") - p50(results, "bare 1"),
        "naive_ratio": lambda: p50(results, "rest 1 few") / p50(results, "naive 1"),
        "resolves_per_second_c16": lambda: results.per_second["rest 16 few"],
        "recorded_per_second": lambda: found.per_second if found else results.per_second["recorded"],
        "cached_p50_ms": lambda: p50(results, "cached 1"),
        "scale_ratio": lambda: p50(results, "rest 1 many") / p50(results, "rest 1 few"),
        "telemetry_ms": lambda: p50(results, "telemetry on") - p50(results, "telemetry off"),
    }
    return {name: _measured(value) for name, value in wanted.items()}


def _measured(value: Callable[[], float]) -> float | None:
    try:
        return round(value(), 3)
    except LookupError:
        return None


BARS = {
    "tracking_overhead_ms": ("a resolution over REST, less its bare stages", "ms", "≤ 30", "≤ 8"),
    "naive_ratio": ("a resolution over REST, divided by the naive flow", "", "≤ 0.25", "≤ 0.1"),
    "resolves_per_second_c16": ("resolutions a second, 16 callers", "/s", "≥ 30", "≥ 80"),
    "recorded_per_second": ("runs a second with all their task runs in Prefect", "/s", "≥ 10", "≥ 20"),
    "cached_p50_ms": ("an answer from the cache over REST", "ms", "≤ 5", "≤ 2"),
    "scale_ratio": ("many assets and traces, divided by few", "", "≤ 1.3", "≤ 1.05"),
    "telemetry_ms": ("telemetry and breakers, a resolution", "ms", "≤ 2", "≤ 0.5"),
}


def written(results: Results, machine: dict[str, str], busy: float, sizes: Sizes, took: float, folder: Path) -> None:
    """benchmarks.md, .json and .svg in the folder."""
    told = figures(results)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    (folder / "benchmarks.json").write_text(
        json.dumps(
            {
                "figures": told,
                "measured_at": now,
                "seconds": round(took),
                "load_before_per_core": round(busy, 2),
                "machine": machine,
                "sizes": asdict(sizes),
                "rows": {name: _row(results, name) for name in results.seconds},
                "recorded": asdict(results.recorded) if results.recorded else None,
                "crowd": asdict(results.crowd) if results.crowd else None,
                "prefect_killed": asdict(results.outage) if results.outage else None,
                "scaled_out": [asdict(found) for found in results.scaled],
                "memory_mb": results.memory,
                "notes": results.notes,
            },
            indent=2,
        )
        + "\n"
    )
    (folder / "benchmarks.svg").write_text(plot.drawn(results))
    (folder / "benchmarks.md").write_text(_page(results, told, machine, busy, sizes, now, took))


def _row(results: Results, name: str) -> dict[str, float | int]:
    taken = results.seconds[name]
    row: dict[str, float | int] = {"count": len(taken), "p50_ms": round(p50(results, name), 2)}
    if len(taken) > 1:
        row["p95_ms"] = round(quantiles(taken, n=20)[-1] * 1e3, 2)
    if name in results.per_second:
        row["per_second"] = round(results.per_second[name], 1)
    return row | ({"failed": results.failed[name]} if name in results.failed else {})


def _page(
    results: Results,
    told: dict[str, float | None],
    machine: dict[str, str],
    busy: float,
    sizes: Sizes,
    now: str,
    took: float,
) -> str:
    bars = [(text, _figure(told[name], unit), bar, goal) for name, (text, unit, bar, goal) in BARS.items()]
    if results.outage:
        lost = f"{results.outage.lost}, {results.outage.late}"
        bars.append((f"answers lost, late, Prefect killed for {results.outage.seconds:g} s", lost, "0, 0", "0, 0"))
    calls = [_line(results, name, text) for name, text in ROWS.items() if name in results.seconds]
    stages = [(name, f"{median(taken) * 1e3:.2f}") for name, taken in results.stages.items()]
    parts = sorted({part for size in results.memory.values() for part in size})
    memory = [(p, *(results.memory.get(size, {}).get(p, "–") for size in ("few", "many"))) for p in parts]
    return _TEXT.format(
        now=now,
        took=round(took),
        busy=f"{busy:.2f}",
        bars=_table(("", "measured", "bar", "goal"), bars),
        rows=_table(("", "median ms", "95 % ms", "a second", "failed"), calls),
        stages=_table(("stage", "median ms"), stages),
        notes="".join(f"\nNot as meant: {note}.\n" for note in results.notes),
        recorded=_recorded(results),
        outage=_outage(results.outage) if results.outage else "Not measured.",
        scaled=_scaled(results) if len(results.scaled) == 2 else "Not measured.",
        memory=_table(("part", f"MB, {sizes.few_assets} assets", f"MB, {sizes.many_assets} assets"), memory),
        machine=_table(("", ""), machine.items()),
        few=sizes.few_assets,
        many=sizes.many_assets,
        traces=sizes.many_traces,
    )


def _figure(value: float | None, unit: str) -> str:
    return "not measured" if value is None else f"{value:.3g} {unit}".strip()


def _line(results: Results, name: str, text: str) -> Row:
    row = _row(results, name)
    return (text, row["p50_ms"], row.get("p95_ms", "–"), row.get("per_second", "–"), row.get("failed", "–"))


def _recorded(results: Results) -> str:
    crowd, paced = results.crowd, results.recorded
    told = []
    if crowd is not None:
        told.append(
            f"With 16 callers who ask as fast as they can, {crowd.full} runs were recorded in full and {crowd.summary} "
            f"in summary; of {crowd.missing} answers the server knows less than it should. It knew all of it "
            f"{crowd.seconds:.1f} s after the first question."
        )
    if paced is not None:
        told.append(
            f"Asked at the rate that it kept up with best, it recorded {paced.full} runs in full and {paced.summary} "
            f"in summary in {paced.seconds:.1f} s, {paced.per_second:.1f} in full a second; nothing was dropped."
        )
    return "\n\n".join(told) or "Not measured."


def _outage(found: Outage) -> str:
    return (
        f"While questions came in, the Prefect server was killed and stayed away for {found.seconds:g} s. Of "
        f"{found.answers} answers {found.lost} were lost and {found.late} came after their deadline; the median took "
        f"{found.p50_ms:g} ms, the longest {found.longest_ms:g} ms. Of {found.unrecorded} the server knew less than it "
        "should when it was back."
    )


def _scaled(results: Results) -> str:
    """The loads side by side, and what follows for one process more."""
    one, both = results.scaled
    alone = results.crowd
    loads = [
        ("one API process, one Prefect server", *_alone(results), f"{alone.per_second:.1f}" if alone else "–"),
        ("one of two API processes asked, two Prefect servers", *_load(one)),
        ("both API processes asked, two Prefect servers", *_load(both)),
    ]
    head = ("16 callers", "resolutions a second", "failed", "full records a second")
    costs = [(p, f"{ms:g}", f"{1000 / ms:.0f}" if ms else "–") for p, ms in _by_kind(both.processor_ms).items()]
    held = ", ".join(f"{who} {count}" for who, count in both.connections.items())
    return "\n\n".join(
        (
            _table(head, loads),
            "What a resolution took of a processor in the last of these loads, its record included:",
            _table(("part", "ms of a processor", "resolutions a second that one core of it carries"), costs),
            f"Connections to Postgres held meanwhile: {held}.",
        )
    )


def _alone(results: Results) -> tuple[object, ...]:
    return round(results.per_second.get("rest 16 few", 0.0), 1), results.failed.get("rest 16 few", "–")


def _load(found: Scaled) -> tuple[object, ...]:
    return found.per_second, found.failed, found.recorded_per_second


def _by_kind(spent: dict[str, float]) -> dict[str, float]:
    """Replicas of a part together."""
    kinds: dict[str, float] = {}
    for part, ms in spent.items():
        kind = part.partition("-")[0]
        kinds[kind] = round(kinds.get(kind, 0.0) + ms, 1)
    return kinds


def _table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


ROWS = {
    "bare 1": "bare stages",
    "rest 1 few": "over REST",
    "naive 1": "naive flow",
    "cached 1": "over REST, from the cache",
    "rest cold": "over REST, the first question of a process",
    "telemetry on": "bare stages, telemetry and breakers on",
    "telemetry off": "bare stages, telemetry and breakers off",
    "rest 1 many": "over REST, many assets and traces",
    "bare 16": "bare stages, 16 at once",
    "rest 16 few": "over REST, 16 callers",
    "naive 16": "naive flow, 16 at once",
    "cached 16": "over REST, from the cache, 16 callers",
    "rest 16 many": "over REST, 16 callers, many assets and traces",
}

_TEXT = """# Benchmarks

`make bench` writes this page, [the figures](benchmarks.json) and [the plot](benchmarks.svg) anew. Measured {now} in
{took} s, one run for all rows; the machine's load a core before it began was {busy}.

## Ratios and bars

{bars}

![Medians of one resolution, and of its stages](benchmarks.svg)

## How it is measured

A platform as `ecp up --demo` brings it up: the API, one Prefect server, ArcadeDB and one PostgreSQL with `fsync` on
for registry, vectors, warehouse and Prefect. The demo enterprise is filled up to {few} assets, later to {many} assets
and {traces} traces (requests, attempts and audit records, of every tenth the checkpoints); half of the new assets are
metrics whose names share words with the questions. The questions are the demo's that come to a plan, asked in turns.

- *bare stages*: the flow's function called in a process without Prefect, on the same stores and under the same
  telemetry and breakers, from the stored request to the stored answer.
- *over REST*: `POST /api/v1/resolve` with `Cache-Control: no-cache`, so nothing comes from the cache or is shared, and
  the request's own record, HTTP and tracking are in it.
- *naive flow*: `await flow()` of the same stages with Prefect's defaults for flow, client and results, on the same
  server. Its tasks are ours, which ask for no cache key; with the defaults there it would take longer.
- *recorded*: questions at several rates from 16 callers, until the Prefect server knows every run with one finished
  task run for each stage that the answer names; the best rate at which nothing was missing.
- Before each row the platform is left alone until it is idle.
- REST and bare, telemetry on and off take turns, so that both sides meet the same weather.
{notes}
## One resolution

{rows}

{recorded}

## By stage

From the traces of the answers over REST; stages run side by side where they can.

{stages}

## The Prefect server killed

{outage}

## Scaled out on this machine

Two API processes and two Prefect servers, with Redis between them, on a platform of their own after the other rows. All
share this machine's cores with the database, so what they gain here is little; what the next machine adds follows from
what a resolution takes of a processor: see [scaling](scaling.md).

{scaled}

## Memory

What each part has to itself.

{memory}

## Machine

{machine}
"""
