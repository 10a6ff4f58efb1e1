"""How a command says that something went wrong: a sentence for people, on standard error; with `--json` one document,
of the shape of a problem document (RFC 9457), on standard output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperGroup
from typer.exceptions import TyperException

from ecp.cli.consoles import errors
from ecp.cli.faults import show_faults
from ecp.errors import ECPError
from ecp.platform.errors import PlatformError

Problem = Mapping[str, Any]
_as_json: ContextVar[bool] = ContextVar("ecp_as_json", default=False)


class Commands(TyperGroup):
    """What is typed wrongly is told as all else is."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _as_json.set("--json" in args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except TyperException as error:
            if not _as_json.get():
                raise
            told = problem("usage", "This cannot be asked for", error.format_message())
            raise failing(told, status=error.exit_code) from None


def problem(slug: str, title: str, detail: str, **more: Any) -> Problem:
    """`more`: what helps to mend it, such as `errors`."""
    return {"type": f"urn:ecp:problem:{slug}", "title": title, "detail": detail, **more}


def of_error(error: ECPError) -> Problem:
    """As the API would tell it."""
    faults = {"errors": error.extra["errors"]} if "errors" in error.extra else {}
    return problem(error.slug, error.title, error.detail, status=error.status, **faults)


def of_platform(error: PlatformError) -> Problem:
    return problem("platform", "The platform cannot do this", str(error))


def failing(told: Problem, *, hint: str = "", status: int = 1) -> typer.Exit:
    """To be raised once the problem is said; `hint` is what a person does about it."""
    if _as_json.get():
        print(json.dumps(told, indent=2, default=str))
        return typer.Exit(status)
    detail, faults = str(told.get("detail")), list(told.get("errors") or ())
    show_faults(fault for fault in faults if "loc" not in fault)
    errors.print(f"[red]{escape(str(told.get('title')))}:[/red] {escape(detail)}{escape(hint)}", soft_wrap=True)
    for fault in (f for f in faults if "loc" in f and str(f["message"]) not in detail):
        errors.print(f"  {escape('.'.join(map(str, fault['loc'])))}: {escape(str(fault['message']))}", soft_wrap=True)
    return typer.Exit(status)
