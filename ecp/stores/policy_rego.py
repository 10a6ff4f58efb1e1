"""The policies evaluated in this process by rego-cpp (`regopy`), from the same files that OPA serves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from regopy import Interpreter
from regopy.rego_shared import RegoError

from ecp.domain.authorization import Decision, PolicyInput
from ecp.errors import StoreTimeout
from ecp.stores.policy_common import (
    STORE,
    VERSION_DATA,
    agreeing,
    decision_of,
    input_text,
    malformed,
    parsed,
    policy_digest,
    policy_texts,
    recorded_version,
)

QUERY = "data.ecp.decision"


@dataclass(frozen=True)
class Policies:
    """Read once, so that every thread evaluates the same."""

    texts: dict[str, str]
    recorded: str | None
    digest: str

    @classmethod
    def read(cls, folder: Path) -> Policies:
        return cls(policy_texts(folder), recorded_version(folder), policy_digest(folder))


class RegoEngine:
    """Evaluates on the calling thread, each thread with an interpreter of its own: a shared one crashes.

    `clock` is monotonic seconds. What takes longer than `timeout` has blocked its thread that long, and is refused.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._local = threading.local()

    async def decide(self, question: PolicyInput, *, timeout: float) -> Decision:
        began = self._clock()
        answer = parsed(self._evaluated(input_text(question)))
        if self._clock() - began > timeout:
            raise StoreTimeout(STORE, "The policy did not decide in time")
        return agreeing(decision_of(_first_expression(answer), self._policies.digest), question)

    async def version(self) -> str:
        return self._policies.digest

    async def ping(self) -> None:
        if self._policies.recorded != self._policies.digest:
            raise malformed("The policies are not the version they say they are")
        self._prepared()

    async def close(self) -> None:
        self._local = threading.local()

    @cached_property
    def _policies(self) -> Policies:
        return Policies.read(self._folder)

    def _evaluated(self, text: str) -> str:
        interpreter, bundle = self._prepared()
        try:
            interpreter.set_input_term(text)
            # a node kept after its output is freed aborts the process: only text leaves here
            return str(interpreter.query_bundle(bundle))
        except (RegoError, ValueError) as error:
            raise malformed() from error

    def _prepared(self) -> tuple[Interpreter, Any]:
        if not hasattr(self._local, "prepared"):
            self._local.prepared = prepared(self._policies)
        return cast("tuple[Interpreter, Any]", self._local.prepared)


def prepared(policies: Policies) -> tuple[Interpreter, Any]:
    """An interpreter with the policies, and the query compiled."""
    interpreter = Interpreter()
    try:
        for name, text in policies.texts.items():
            interpreter.add_module(name, text)
        interpreter.add_data({VERSION_DATA: {"version": policies.recorded}})
        return interpreter, interpreter.build(QUERY)
    except RegoError as error:
        raise malformed("The policies cannot be compiled") from error


def _first_expression(answer: Any) -> Any:
    if not isinstance(answer, dict) or not answer.get("expressions"):
        raise malformed("The policy left the decision undefined")
    return answer["expressions"][0]
