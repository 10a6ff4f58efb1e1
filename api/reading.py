"""Bodies read as strictly as they are trusted: RFC 8259 without its freedoms (duplicate names, lone surrogates)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.problems import MalformedBody, NotJson, field_errors

_JSON_TYPE = re.compile(r"(?i)application/(?:[\w.+-]+\+)?json\s*(?:;\s*charset\s*=\s*\"?utf-8\"?\s*)?;?\s*")
_SURROGATE = re.compile("[\ud800-\udfff]")
CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_CONTROL = re.compile(f"[{CONTROLS}]")
_DEEPEST = 32
Loc = tuple[str | int, ...]


class StrictRequest(Request):
    """A request whose body has been read and found sound."""

    sound: Any = None

    async def json(self) -> Any:
        return self.sound


class StrictRoute(APIRoute):
    """A route that takes JSON and nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        takes_body = self.body_field is not None

        async def handle(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            if takes_body:
                _require_json(request.headers.get("content-type", ""))
                strict.sound = parse_json(await strict.body())
            return await handler(strict)

        return handle


def parse_json(body: bytes) -> Any:
    """The value in a body. Raises `MalformedBody` for what is no JSON, `ValidationError` for control characters."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except RecursionError:
        raise MalformedBody("It is nested too deeply.") from None
    except UnicodeDecodeError:
        raise MalformedBody("It is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise MalformedBody(f"{error.msg} at character {error.pos}.") from None
    except ValueError:
        raise MalformedBody("A number in it is too long.") from None
    _check_strings(value)
    return value


def has_control_characters(text: str) -> bool:
    return _CONTROL.search(text) is not None


def _require_json(content_type: str) -> None:
    if not _JSON_TYPE.fullmatch(content_type.strip()):
        raise NotJson("Send it as application/json, in UTF-8.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise MalformedBody("A name stands twice in one object.")
    return built


def _no_number(_name: str) -> NoReturn:
    raise MalformedBody("NaN and Infinity are not JSON.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise MalformedBody("A number in it is out of range.")
    return value


def _check_strings(value: Any) -> None:
    unclean = []
    for loc, text in _strings(value):
        if _SURROGATE.search(text):
            raise MalformedBody("A string in it is not Unicode text.")
        if has_control_characters(text):
            unclean.append({"loc": ("body", *loc), "msg": "Control characters are not allowed"})
    if unclean:
        raise field_errors(unclean)


def _strings(value: Any) -> Iterator[tuple[Loc, str]]:
    rest: list[tuple[Loc, Any]] = [((), value)]
    while rest:
        loc, item = rest.pop()
        if len(loc) > _DEEPEST:
            raise MalformedBody("It is nested too deeply.")
        if isinstance(item, str):
            yield loc, item
        elif isinstance(item, dict):
            yield from ((loc, name) for name in item)
            rest.extend(((*loc, name), child) for name, child in item.items())
        elif isinstance(item, list):
            rest.extend(((*loc, index), child) for index, child in enumerate(item))
