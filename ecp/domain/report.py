"""A resolution as markdown, for the people who operate the platform."""

from __future__ import annotations

from collections.abc import Iterator

from ecp.domain.answer import Resolution, Results

MOST_ROWS = 20


def report(resolution: Resolution, *, discreet: bool) -> str:
    """Definition, scope, numbers, caveats and confidence; what was refused says why. `discreet`: nothing of the
    question's words, of what it was limited to, and no numbers."""
    return "\n".join(_discreet(resolution) if discreet else _lines(resolution))


def _discreet(resolution: Resolution) -> Iterator[str]:
    for metric in resolution.resolved_concepts.metrics:
        yield f"- `{metric.id}`"
    yield from (f"- ⚠ {w.severity}: `{w.id}`" for w in resolution.warnings)
    if resolution.confidence_score is not None:
        yield f"- Confidence: **{resolution.confidence_level}** {resolution.confidence_score:g}"


def _lines(resolution: Resolution) -> Iterator[str]:
    concepts = resolution.resolved_concepts
    for metric in concepts.metrics:
        yield f"- **{metric.name}** (`{metric.id}`): {metric.reason}"
    if concepts.period:
        period = concepts.period
        yield f"- Period: **{period.label}**, {period.start} to {period.end} ({period.rule})"
    for item in concepts.filters:
        values = ", ".join(map(str, item.values))
        yield f"- {item.dimension or item.metric} {item.operator}: {values}"
    for compared in concepts.comparisons:
        against = compared.metric or compared.member or (compared.period.label if compared.period else "")
        yield f"- Compared with: {against}"
    for reason in resolution.authorization.reasons if resolution.authorization else ():
        yield f"- Policy: {reason}"
    for warning in resolution.warnings:
        yield f"- ⚠ {warning.severity}: {warning.message}"
    if resolution.confidence_score is not None:
        named = ", ".join(f"{name} {value:g}" for name, value in resolution.confidence_factors.items())
        yield f"- Confidence: **{resolution.confidence_level}** {resolution.confidence_score:g} ({named})"
    if resolution.results:
        yield from _table(resolution.results)


def _table(results: Results) -> Iterator[str]:
    yield ""
    yield "| " + " | ".join(f"{c.name} ({c.unit})" if c.unit else c.name for c in results.columns) + " |"
    yield "|" + "---|" * len(results.columns)
    for row in results.rows[:MOST_ROWS]:
        yield "| " + " | ".join(map(_shown, row)) + " |"
    if len(results.rows) > MOST_ROWS:
        yield f"\n{len(results.rows) - MOST_ROWS} more rows"
    for name, value in results.computed.items():
        yield f"\n{name}: **{_shown(value)}**"


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"
    return "" if value is None else str(value)
