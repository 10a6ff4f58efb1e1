"""What the documents name exists: files, headings, make targets, commands, calls over REST, metrics."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from api.main import app as front
from ecp.cli.main import app
from ecp.telemetry import metrics

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("docs", "deployments", "tests")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```\w*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"(?:api|blocks|deployments|docs|ecp|flows|tasks|tests)/[\w./-]+\.(?:py|rego|ya?ml|sql|md|json)")
MAKE = re.compile(r"(?:^|[`;&|]|\s)make ([a-z]+)\b")
ECP = re.compile(r"(?:^|[\s`])(?:\S*/)?ecp ([a-z]+(?: [a-z]+)?)([^#`\n]*)", re.MULTILINE)
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
CALL = re.compile(
    r"(?:(GET|POST|PATCH|DELETE)(?:, [A-Z]+)* |-X (\w+) |(?<!\w))[^\s`\"']*?(/(?:api/v1|health)/[^\s`\"']+)"
)
METRIC = re.compile(r"\b(ecp_[a-z_]+(?:_total|_seconds|_state|_backlog|_score))\b")
OPTION = re.compile(r"(?<=\s)--[a-z][a-z-]*")


def documents() -> list[Path]:
    below = (p for folder in FOLDERS for p in (ROOT / folder).rglob("*.md"))
    return sorted([*ROOT.glob("*.md"), *below])


def code(document: Path) -> list[str]:
    return [fenced or inline for fenced, inline in CODE.findall(document.read_text())]


def anchors(document: Path) -> set[str]:
    headings = HEADING.findall(FENCE.sub("", document.read_text()))
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def leads_somewhere(link: str, document: Path) -> bool:
    place, _, anchor = link.partition("#")
    file = (document.parent / place).resolve() if place else document
    return file.exists() and (not anchor or anchor in anchors(file))


def named_commands(document: Path) -> Iterator[tuple[str, Any, list[str]]]:
    """Each `ecp` command of the code in a document, with its options."""
    root: Any = typer.main.get_command(app)
    for words, rest in (found for text in code(document) for found in ECP.findall(text)):
        first, _, second = words.partition(" ")
        command = root.commands.get(first)
        inner = getattr(command, "commands", None)
        yield words, inner.get(second) if inner and second else command, OPTION.findall(f" {rest}")


@pytest.fixture(params=documents(), ids=lambda p: p.relative_to(ROOT).as_posix())
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_relative_link_leads_to_a_file_and_a_heading_that_exist(document):
    links = [link for link in LINK.findall(FENCE.sub("", document.read_text())) if "://" not in link]
    assert [link for link in links if not leads_somewhere(link, document)] == []


def test_every_file_that_is_named_exists(document):
    named = {path for text in code(document) for path in PATH.findall(text)}
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_make_target_that_is_named_exists(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for text in code(document) for target in MAKE.findall(text)}
    assert named - targets == set()


def test_every_command_that_is_named_exists_with_its_options(document):
    for words, command, options in named_commands(document):
        assert command is not None, f"there is no `ecp {words}`"
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert set(options) - known - {"--help"} == set(), f"options of `ecp {words}`"


def typed(document: Path) -> Iterator[list[str]]:
    """The `ecp` commands that a reader is told to type, as the shell splits them."""
    text = "\n".join(BLOCK.findall(document.read_text())).replace("\\\n", " ")
    for line in (line for line in text.splitlines() if re.match(r"(?:\S*/)?ecp ", line)):
        yield shlex.split(line, comments=True)[1:]


def test_every_command_that_is_to_be_typed_is_understood(document):
    for words in typed(document):
        if "--help" in words:
            continue
        command: Any = typer.main.get_command(app)
        context, rest = command.make_context("ecp", list(words)), list(words)
        while hasattr(command, "commands"):
            name, command, rest = command.resolve_command(context, rest)
            context = command.make_context(name, list(rest), parent=context)


def calls(document: Path) -> Iterator[tuple[str | None, str, set[str]]]:
    """Method where it is told, path, names of the query."""
    for first, second, target in (found for text in code(document) for found in CALL.findall(text)):
        path, _, query = target.rstrip(".,)…").partition("?")
        named = {pair.partition("=")[0] for pair in query.split("&") if pair}
        yield (first or second).lower() or None, path, named


def operations(path: str) -> dict[str, Any]:
    """What the front can do at a path whose ids are written as ID or {id}."""
    front_paths = front.openapi()["paths"]
    shapes = {re.sub(r"\{\w+\}", "{}", known): known for known in front_paths}
    return front_paths.get(shapes.get(re.sub(r"/(?:\{\w+\}|ID)(?=/|$)", "/{}", path)), {})


def test_every_call_over_rest_that_is_named_exists(document):
    for method, path, query in calls(document):
        found = operations(path)
        assert found and (method is None or method in found), f"there is no {method or ''} {path}"
        known = {p["name"] for one in found.values() if isinstance(one, dict) for p in one.get("parameters", ())}
        assert query <= known, f"parameters of {path}"


def test_every_metric_that_is_named_exists(document):
    known = {line.split()[2] for line in metrics.render().decode().splitlines() if line.startswith("# HELP ecp_")}
    assert {name for text in code(document) for name in METRIC.findall(text)} <= known
