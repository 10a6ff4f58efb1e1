"""Keeps secrets, and in prod the words of a question, out of every log line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

HIDDEN = "[redacted]"

_SECRET_FIELD = re.compile(r"(?i)(passw(or)?d|secret|token|api_?key|authorization|cookie|credential|dsn)")
_QUESTION_FIELDS = frozenset({"question", "concept", "concepts", "phrase", "phrases", "mention", "mentions", "text"})
_PATTERNS = (
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s/]+@"), r"\1:" + HIDDEN + "@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}"), r"\1 " + HIDDEN),
    (re.compile(r"(?i)\b(password|passwd|pwd|secret|token|api_?key)([\'\"]?\s*[=:]\s*)('[^']*'|\"[^\"]*\"|[^\s,;&]+)"),
     r"\1\2" + HIDDEN),
)  # fmt: skip
# What none of the patterns can do without: most texts hold none of it, and are passed at the price of one look.
_SUSPICIOUS = re.compile(r"(?i)://|bearer|basic|passw|pwd|secret|token|key")
_SHORTEST_SECRET = 6
_SHORTEST_QUESTION = 4
_LONGEST_REMEMBERED = 64


class Redactor:
    """Redacts one log event: fields by their name, strings by pattern, known secrets wherever they stand."""

    def __init__(self, *, secrets: Iterable[str], question: Callable[[], str | None], hide_questions: bool) -> None:
        self._secrets = tuple(sorted({s for s in secrets if len(s) >= _SHORTEST_SECRET}, key=len, reverse=True))
        self._question = question
        self._hide_questions = hide_questions
        # Ids, names and events stand in many lines.
        self._known = lru_cache(maxsize=2048)(self._without_secrets)
        self._shown = lru_cache(maxsize=1024)(self._may_show)
        self._spelled = lru_cache(maxsize=64)(_spellings)

    def __call__(self, _logger: object, _method: str, event: Mapping[str, Any]) -> dict[str, Any]:
        hidden = self._hidden()
        return {name: self._field(name, value, hidden) for name, value in event.items()}

    def _hidden(self) -> tuple[str, ...]:
        question = self._question() if self._hide_questions else None
        return self._spelled(question) if question else ()

    def _field(self, name: str, value: Any, hidden: tuple[str, ...]) -> Any:
        if value is None or value is True or value is False or name.startswith("_"):
            return value
        return self._value(value, hidden) if self._shown(name) else HIDDEN

    def _may_show(self, name: str) -> bool:
        return not (_SECRET_FIELD.search(name) or (self._hide_questions and name in _QUESTION_FIELDS))

    def _value(self, value: Any, hidden: tuple[str, ...]) -> Any:
        if isinstance(value, str):
            return self._text(value, hidden)
        if isinstance(value, (int, float)):
            return value
        if isinstance(value, Mapping):
            return {str(k): self._field(str(k), v, hidden) for k, v in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._value(v, hidden) for v in value]
        return value if value is None else self._text(str(value), hidden)

    def _text(self, text: str, hidden: tuple[str, ...]) -> str:
        text = self._known(text) if len(text) <= _LONGEST_REMEMBERED else self._without_secrets(text)
        for spelling in hidden:
            if len(spelling) <= len(text):
                text = text.replace(spelling, HIDDEN)
        return text

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        if _SUSPICIOUS.search(text):
            for pattern, replacement in _PATTERNS:
                text = pattern.sub(replacement, text)
        return text


def _spellings(question: str) -> tuple[str, ...]:
    """As it is written, and as it stands in a text that quotes it."""
    if len(question) < _SHORTEST_QUESTION:
        return ()
    return tuple(dict.fromkeys((question, repr(question)[1:-1])))
