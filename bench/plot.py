"""Two panels of bars as SVG: medians of one resolution, and its stages."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from xml.sax.saxutils import escape

from bench.measuring import Results

WIDTH, LABEL, ROW = 760, 230, 24
BARS = {
    "cached 1": "REST, cached",
    "bare 1": "bare stages",
    "rest 1 few": "REST",
    "rest 1 many": "REST, many assets",
    "naive 1": "naive flow",
}


def drawn(results: Results) -> str:
    """The plot. Each panel has a scale of its own, which begins at zero."""
    calls = [(text, median(results.seconds[name]) * 1e3) for name, text in BARS.items() if name in results.seconds]
    stages = [(name, median(taken) * 1e3) for name, taken in results.stages.items()]
    first = _panel("One resolution, median ms, one caller", calls, 0, "#3b6ea5")
    at = ROW * (len(calls) + 3)
    second = _panel("Its stages over REST, median ms", stages, at, "#5a9367")
    height = at + ROW * (len(stages) + 2)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="white"/>{first}{second}</svg>\n'
    )


def _panel(title: str, bars: Sequence[tuple[str, float]], top: int, colour: str) -> str:
    longest = max((value for _, value in bars), default=1.0) or 1.0
    lines = [f'<text x="10" y="{top + 20}" font-weight="bold">{escape(title)}</text>']
    for n, (text, value) in enumerate(bars, start=1):
        y = top + ROW * n + 8
        length = value / longest * (WIDTH - LABEL - 90)
        lines.append(
            f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(text)}</text>'
            f'<rect x="{LABEL}" y="{y + 2}" width="{length:.1f}" height="{ROW - 6}" fill="{colour}"/>'
            f'<text x="{LABEL + length + 6:.1f}" y="{y + 15}">{value:.1f}</text>'
        )
    return "".join(lines)
