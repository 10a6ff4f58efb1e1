"""The command line's way to the API of this home."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, NoReturn

import httpx

from ecp.cli.consoles import errors
from ecp.cli.problems import failing, problem
from ecp.platform import processes
from ecp.platform.record import PartRecord, read_record
from ecp.settings import Settings

BACK_SECONDS = 120.0
LOOK_SECONDS = 2.0
MOST_RETURNS = 3
_waiting = Lock()


def api_url(settings: Settings) -> str:
    """Where this home's API is: as `ecp up` wrote it down, else the configured port."""
    record = read_record(settings.home)
    part = record.part("api") if record else None
    return part.url if part and part.url else f"http://127.0.0.1:{settings.port}"


def call(
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    *,
    params: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> httpx.Response:
    """One request; exits with what to do when nothing answers."""
    with _reaching_the_api() as url:
        return httpx.request(method, f"{url}{path}", json=body, params=params, headers=headers, timeout=timeout)


def fetched(method: str, path: str, body: dict[str, Any] | None = None, **how: Any) -> dict[str, Any]:
    """The body of what went well; exits with the reason of what did not."""
    answer = call(method, path, body, **how)
    found: dict[str, Any] = answer.json()
    if answer.is_error:
        refuse(found)
    return found


def refuse(told: dict[str, Any]) -> NoReturn:
    """Says what a problem document says, and exits."""
    raise failing(told)


def events(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and data of server-sent events, as they come."""
    with _reaching_the_api() as url, httpx.stream("GET", f"{url}{path}", timeout=60.0) as stream:
        if stream.is_error:
            stream.read()
            refuse(stream.json())
        name = ""
        for line in stream.iter_lines():
            field, _, value = line.partition(": ")
            name = value if field == "event" else name
            if field == "data":
                yield name, json.loads(value)


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Those that were given at all."""
    return {name: value for name, value in values.items() if value is not None}


def asker_headers(department: str | None, role: str | None, user: str | None) -> dict[str, str]:
    """Who asks, where no body says it."""
    known = {name: v for name, v in (("user_id", user), ("department", department), ("role", role)) if v}
    return {"X-ECP-User-Context": json.dumps(known)} if known else {}


def question_body(
    question: str, context: dict[str, Any], as_of: str | None, execute: bool, follows: str | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {"concept": question, "execute": execute}
    known = {name: value for name, value in context.items() if value}
    given = {"user_context": known or None, "as_of": as_of, "follows": follows}
    return body | {name: value for name, value in given.items() if value}


@contextmanager
def _reaching_the_api() -> Iterator[str]:
    url = api_url(Settings())
    try:
        yield url
    except httpx.HTTPError as error:
        detail = f"nothing at {url} ({type(error).__name__}). {_next_step()}"
        raise failing(problem("api-unreachable", "The API does not answer", detail)) from None


def patient_call(method: str, path: str) -> tuple[httpx.Response, bool]:
    """As `call`; but an API that a platform which is up begins anew is waited for and then asked again, as the second
    value says: the first time may have been heard."""
    for tried in range(MOST_RETURNS):
        try:
            return httpx.request(method, f"{api_url(Settings())}{path}", timeout=60.0), tried > 0
        except httpx.HTTPError:
            if not _comes_back():
                break
    return call(method, path), True


def _comes_back() -> bool:
    """Whether an API that has ceased to answer does so again; of several that wait, one says so."""
    if _begun_anew() is None:
        return False
    with _waiting:
        if _lives():
            return True
        errors.print(f"The API does not answer; waiting up to {BACK_SECONDS:.0f} s for it …", soft_wrap=True)
        ends = time.monotonic() + BACK_SECONDS
        while time.monotonic() < ends:
            time.sleep(LOOK_SECONDS)
            if _lives():
                errors.print("The API answers again; going on.")
                return True
    return False


def _lives() -> bool:
    with suppress(httpx.HTTPError):
        return not httpx.get(f"{api_url(Settings())}/health/live", timeout=LOOK_SECONDS).is_error
    return False


def _begun_anew() -> PartRecord | None:
    """The API of this home, where its platform is up: whoever kills it, it is started again."""
    record = read_record(Settings().home)
    if record is None or not processes.lives(record.supervisor_pid, record.supervisor_started):
        return None
    return record.part("api")


def _next_step() -> str:
    part = _begun_anew()
    if part is None:
        return "Start it: ecp up"
    return f"`ecp status` shows whether it is starting, `ecp start api` starts it. Its log: {part.log}"
