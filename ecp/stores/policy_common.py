"""What both policy engines share: the policies' folder and digest, the input's form, the seam for the answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ecp.domain.authorization import Decision, PolicyInput
from ecp.errors import StoreMalformed, StoreRejected, StoreUnavailable

STORE = "policy"
VERSION_DATA = "ecp_policy"
DATA_FILE = "data.json"
TESTS = "_test.rego"
_DIGEST = re.compile(r"[0-9a-f]{16}")
_UNORDERED = ("denied", "masked_columns", "policies", "reasons")  # the engines sort other alphabets differently


def policies_folder() -> Path:
    """The `.rego` files this code goes with: beside the packages, in a checkout as in a wheel."""
    return Path(__file__).resolve().parents[2] / "deployments" / "policies"


def policy_files(folder: Path) -> tuple[Path, ...]:
    """The policies themselves, tests left out, in a fixed order."""
    return tuple(path for path in sorted(folder.glob("*.rego")) if not path.name.endswith(TESTS))


def policy_digest(folder: Path) -> str:
    """The version of the policies: a digest of their names and texts. Raises StoreUnavailable."""
    digest = hashlib.sha256()
    for name, text in policy_texts(folder).items():
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:16]


def policy_texts(folder: Path) -> dict[str, str]:
    """Texts by file name; line ends are unified, as a checkout may change them."""
    try:
        texts = {path.name: path.read_text(encoding="utf-8") for path in policy_files(folder)}
    except (OSError, UnicodeDecodeError) as error:
        raise StoreUnavailable(STORE, "The policies cannot be read") from error
    if not texts:
        raise StoreUnavailable(STORE, "There are no policies")
    return texts


def recorded_version(folder: Path) -> str | None:
    """What `data.json` says the version is; the decision returns this."""
    try:
        version = json.loads((folder / DATA_FILE).read_text(encoding="utf-8"))[VERSION_DATA]["version"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return version if isinstance(version, str) else None


def record_version(folder: Path) -> str:
    """Writes the digest into `data.json` and answers it."""
    version = policy_digest(folder)
    (folder / DATA_FILE).write_text(json.dumps({VERSION_DATA: {"version": version}}, indent=2) + "\n")
    return version


def input_text(question: PolicyInput) -> str:
    """The input as JSON. Whole floats become integers: the engines disagree on whether 1.0 is 1."""
    try:
        return json.dumps(_whole(question.model_dump()), allow_nan=False)
    except ValueError as error:
        raise StoreRejected(STORE, "The question cannot be put to the policy") from error


def decision_of(answer: Any, expected: str) -> Decision:
    """The decision in an engine's answer. Every field must be there and of its exact type: a filter left out
    would widen. Raises StoreMalformed, also for another policy version than expected."""
    if not isinstance(answer, dict) or answer.keys() != Decision.model_fields.keys():
        raise malformed()
    try:
        decision = Decision.model_validate_json(json.dumps(answer), strict=True)
    except (ValidationError, ValueError) as error:
        raise malformed() from error
    if any(not row_filter.values for row_filter in decision.row_filters):
        raise malformed("The policy answered with a filter that allows nothing")
    if decision.policy_version != expected:
        raise other_version(decision.policy_version, expected)
    return decision.model_copy(update={name: tuple(sorted(getattr(decision, name))) for name in _UNORDERED})


def agreeing(decision: Decision, question: PolicyInput) -> Decision:
    """The decision, where what it refuses is nothing that is needed, and what it masks is refused: one that allows a
    question and denies what it is about is not followed either way. Raises StoreMalformed."""
    needed = {asset.id for asset in question.assets if asset.required}
    if decision.allowed and needed.intersection(decision.denied):
        raise malformed("The policy allows a question and denies what it is about")
    if not set(decision.masked_columns) <= set(decision.denied):
        raise malformed("The policy masks what it does not deny")
    return decision


def parsed(text: str | bytes) -> Any:
    """JSON, without the constants that JSON does not have, and with each name once: of two, either could be meant."""
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise malformed() from error


def malformed(detail: str = "The policy answered with something that is no decision") -> StoreMalformed:
    return StoreMalformed(STORE, detail)


def other_version(came: str, expected: str) -> StoreMalformed:
    """What came is shown where it is a digest: it is the server's own word."""
    shown = came if _DIGEST.fullmatch(came) else "none of ours"
    return malformed(f"policies of version {expected} are expected, it has {shown}")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("a name stands twice")
    return named


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return list(_items(value)) if isinstance(value, list | tuple) else value


def _items(values: list[Any] | tuple[Any, ...]) -> Iterator[Any]:
    return (_whole(item) for item in values)
