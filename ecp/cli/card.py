"""A resolution, or the problem that came instead, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

_COLOURS = {"complete": "green", "disambiguation_required": "yellow", "unresolved": "yellow"}


def card(question: str, status_code: int, body: dict[str, Any]) -> Panel:
    """One panel: definition, scope, numbers, caveats, confidence and where the run can be seen."""
    if status_code >= 400:
        return Panel(Group(*_problem(body)), title=escape(question), border_style="red", title_align="left")
    colour = _COLOURS.get(body["status"], "red")
    return Panel(Group(*_parts(body)), title=escape(question), border_style=colour, title_align="left")


def _problem(body: dict[str, Any]) -> Iterator[RenderableType]:
    yield f"[bold red]{escape(str(body.get('title', 'refused')))}[/bold red]: {escape(str(body.get('detail', '')))}"
    for reason in body.get("reasons") or []:
        yield f"  • {escape(str(reason))}"
    for item in body.get("degradations") or []:
        yield _degradation(item)
    if body.get("resolution_id"):
        yield f"[dim]resolution {body['resolution_id']}[/dim]"


def _parts(body: dict[str, Any]) -> Iterator[RenderableType]:
    concepts = body["resolved_concepts"]
    for metric in concepts["metrics"]:
        unit = f" ({metric['unit']})" if metric["unit"] else ""
        yield f"[bold]{escape(metric['name'])}[/bold]{escape(unit)}: {escape(metric['definition'])}"
        yield f"  [dim]{escape(metric['reason'])}; certification tier {metric['certification_tier']}[/dim]"
    yield from _scope(concepts)
    if body["results"]:
        yield _table(body["results"])
    yield from _answer(body.get("answer"))
    yield from _open_ends(body)
    for item in body["warnings"]:
        yield f"[yellow]⚠ {escape(item['message'])}[/yellow]"
        if item["workaround"]:
            yield f"  [dim]{escape(item['workaround'])}[/dim]"
    for item in body["degradations"]:
        yield _degradation(item)
    yield from _footer(body)


def _scope(concepts: dict[str, Any]) -> Iterator[RenderableType]:
    period = concepts["period"]
    if period:
        dates = f"{period['start']} to {period['end']}"
        yield f"Period: [bold]{escape(period['label'])}[/bold], {dates} [dim]({escape(period['rule'])})[/dim]"
    for item in concepts["filters"]:
        values = ", ".join(map(str, item["values"]))
        negated = "not " if item["operator"] == "not_in" else ""
        name = escape(str(item["dimension"] or item["metric"]))
        yield f"{name}: {negated}{escape(item['mention'])} [dim]({escape(values)})[/dim]"
    for item in concepts["comparisons"]:
        against = item["metric"] or item["member"] or (item["period"] or {}).get("label", "")
        yield f"Compared with: {escape(str(against))}"


def _table(results: dict[str, Any]) -> Table:
    table = Table(show_edge=False, header_style="bold")
    for column in results["columns"]:
        unit = f" ({column['unit']})" if column["unit"] else ""
        table.add_column(f"{column['name']}{unit}", justify="right" if column["type"] == "number" else "left")
    for row in results["rows"]:
        table.add_row(*(_cell(v) for v in row))
    for name, value in results["computed"].items():
        table.caption = f"{table.caption or ''}  {name}: {_cell(value)}".strip()
    return table


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else escape(str(value if value is not None else "–"))


def _answer(answer: dict[str, Any] | None) -> Iterator[RenderableType]:
    told = answer or {}
    for entry in told.get("entries", [told] if told.get("members") else []):
        yield f"[bold]{escape(entry['name'])}[/bold]: {escape(entry['definition'])}"
        yield from _members(entry)
        yield from _governed(entry)
    if begins := told.get("data_from"):
        has = told.get("has_data")
        there = "" if has is None else "; there are data of then" if has else "; there are none of then"
        yield f"  data from {escape(begins)}{there}"
    for meant in told.get("meant_by", []):
        what = meant.get("name") or ", ".join(map(str, meant["consists_of"] or meant["values"]))
        yield f"  {escape(meant['department'])}: {escape(what)}"
    # of a list each dimension is told; of a definition they are the ids of what it can be cut by
    dimensions = (d for d in told.get("dimensions", []) if isinstance(d, dict))
    for entry in (*told.get("metrics", []), *dimensions, *told.get("templates", [])):
        yield f"• [bold]{escape(entry['name'])}[/bold]: {escape(entry['definition'])}"
    for issue in told.get("known_issues", []) if "kind" not in told else ():
        yield from _issue(issue)
    for edge in told.get("edges", []):
        yield f"{escape(edge['source'])} → {escape(edge['target'])}"


def _members(entry: dict[str, Any]) -> Iterator[RenderableType]:
    for member in entry.get("members", []):
        yield f"  • {escape(member['name'])} [dim]{escape(member['id'])}[/dim]"
    if entry.get("values"):
        names = ", ".join(map(str, entry["consists_of"] or entry["values"]))
        yield f"  {escape(names)} [dim]{escape(entry['reason'] or '')}[/dim]"
    if "total" in entry and "values" in entry:
        yield f"  {entry['total']} in all"
    if asked := entry.get("asked_of"):
        yield f"  {escape(asked['name'])}: {_belonging(asked)}"
        for other in asked.get("by_department", []):
            yield f"  [dim]{escape(other['department'])}: {_belonging(other)}[/dim]"
    for other in entry.get("variations", []):
        whose, values = ", ".join(other["departments"]), ", ".join(map(str, other["values"]))
        yield f"  [dim]{escape(whose)}: {escape(values)}[/dim]"


def _belonging(told: dict[str, Any]) -> str:
    if "belongs_to" in told:
        names = ", ".join(m["name"] for m in told["belongs_to"])
        return f"part of {escape(names)}" if names else "in none"
    return "part of it" if told["belongs"] else "no part of it"


def _governed(entry: dict[str, Any]) -> Iterator[RenderableType]:
    """Who answers for a metric, in what it is counted and cut, and what is known to be wrong with it."""
    told = {
        "owner": entry.get("owner"),
        "unit": entry.get("unit"),
        "by": ", ".join(entry.get("dimensions") or ()),
        "used by": ", ".join(who["department"] for who in entry.get("used_by") or ()),
        "fresh within": f"{entry['freshness_hours']:g} h" if entry.get("freshness_hours") else None,
    }
    if entry["kind"] == "metric":
        yield "  [dim]" + escape("; ".join(f"{name} {value}" for name, value in told.items() if value)) + "[/dim]"
    for contract in entry.get("contracts", []):
        yield f"  [dim]{escape(contract['definition'] or contract['name'])}[/dim]"
    for issue in entry.get("known_issues", []):
        yield from _issue(issue)


def _issue(issue: dict[str, Any]) -> Iterator[RenderableType]:
    """What is known to be wrong, what that does to numbers, and which it touches."""
    yield f"[yellow]⚠ {escape(issue['message'])}[/yellow]"
    period = issue["period"]
    named = [t["name"] for what in ("metrics", "members", "dimensions", "domains") for t in issue["touches"][what]]
    when = f"{period['start'] or '…'} to {period['end'] or '…'}" if period else ""
    told = (issue["severity"], ", ".join((*named, *issue["touches"]["departments"])), when, issue["impact"])
    yield f"  [dim]{escape('; '.join(filter(None, told)))}[/dim]"


def _open_ends(body: dict[str, Any]) -> Iterator[RenderableType]:
    if body["options"]:
        yield "Which one is meant?"
    for option in body["options"]:
        mark = " [green](suggested)[/green]" if option["suggested"] else ""
        yield f"  {option['id']}. {escape(option['text'])}{mark}"
    for item in body["unresolved"]:
        near = ", ".join(n["name"] for n in item["nearest"])
        hint = f" Near it: {near}." if near else ""
        yield f"[yellow]Not understood: “{escape(item['mention'])}”.[/yellow]{escape(hint)}"


def _degradation(item: dict[str, Any]) -> str:
    return f"[magenta]degraded: {escape(item['component'])}[/magenta]: {escape(item['effect'])}"


def _footer(body: dict[str, Any]) -> Iterator[RenderableType]:
    if body["confidence_score"] is not None:
        yield f"Confidence: {body['confidence_level']} ({body['confidence_score']:.2f})"
    url = body["provenance"]["flow_run_url"]
    yield f"[dim]resolution {body['resolution_id']}{'  ·  ' + url if url else ''}[/dim]"
