"""A stored answer as a new decision allows it to be shown."""

from __future__ import annotations

from ecp.domain.answer import Option, Resolution
from ecp.domain.authorization import Decision
from ecp.domain.catalogue import Catalogue
from ecp.domain.compose import shown_authorization, visible_options, visible_unresolved
from ecp.domain.exposure import keys_of
from ecp.domain.lineage import hidden_nodes


def reviewed(body: Resolution, decision: Decision, catalogue: Catalogue) -> Resolution:
    """The answer without what the decision denies; without its numbers and plan when they came about under other
    row filters."""
    authorization = shown_authorization(decision)
    same = body.authorization is not None and body.authorization.row_filters == authorization.row_filters
    hidden = hidden_nodes(catalogue, decision.denied)
    update: dict[str, object] = {
        "authorization": authorization,
        "options": _still_visible(body.options, hidden),
        "unresolved": visible_unresolved(body.unresolved, decision.denied, lambda near: keys_of(near, catalogue)),
        "warnings": tuple(w for w in body.warnings if w.id not in decision.denied),
        "answer": _visible_answer(body.answer, hidden),
    }
    if not same:
        update |= {"results": None, "execution_plan": None}
    return body.model_copy(update=update)


def _still_visible(options: tuple[Option, ...], denied: set[str]) -> tuple[Option, ...]:
    """An option keeps the id under which it was shown, whatever is no longer shown beside it."""
    kept = {o.text for o in visible_options(options, denied)}
    return tuple(o for o in options if o.text in kept)


def _visible_answer(answer: dict[str, object] | None, denied: set[str]) -> dict[str, object] | None:
    if not answer or not denied:
        return answer
    hidden = any(answer.get(key) in denied for key in ("id", "of", "target"))
    return None if hidden else {key: _without(value, denied) for key, value in answer.items()}


def _without(value: object, denied: set[str]) -> object:
    """Lists, however deep, without ids and entries that are denied."""
    if isinstance(value, dict):
        return {key: _without(v, denied) for key, v in value.items()}
    return [_without(v, denied) for v in value if not _speaks_of(v, denied)] if isinstance(value, list) else value


def _speaks_of(item: object, denied: set[str]) -> bool:
    if isinstance(item, dict):
        return bool(denied & {str(item.get(key)) for key in ("id", "of", "source", "target", "metric")})
    return item in denied
