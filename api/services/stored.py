"""Stored resolutions, shown to who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.deps import RequestInfo
from api.schemas import AttemptTrace, ProvenanceTrace
from api.services.core import Core, body_of, denial
from ecp.domain.answer import Resolution
from ecp.domain.exposure import Shown, policy_input
from ecp.domain.review import reviewed
from ecp.stores.protocols import StoredResolution
from ecp.wiring import Stores

NOTHING_SHOWN = frozenset({"running", "failed", "timed_out", "cancelled", "access_denied"})
SAFE_OUTPUTS = frozenset({"parse_intent", "resolve_period"})


class StoredResolutions(Core):
    """What was asked before: its present state and its trace."""

    async def resolution(self, resolution_id: str, request: RequestInfo) -> Resolution:
        return await self._visible(await self._stored(resolution_id))

    async def provenance(self, resolution_id: str, request: RequestInfo) -> ProvenanceTrace:
        await self._visible(await self._stored(resolution_id))
        attempts = await self._on_loop(lambda s: s.registry.attempts(resolution_id))
        kept = await self._on_loop(lambda s: s.registry.checkpoints(resolution_id))
        outputs = {c.stage: c.output for c in kept if c.stage in SAFE_OUTPUTS}
        return ProvenanceTrace(
            resolution_id=resolution_id,
            attempts=tuple(AttemptTrace.model_validate(_with_outputs(a, outputs)) for a in attempts),
        )

    async def _visible(self, stored: StoredResolution) -> Resolution:
        """Authorised anew for its own asker: what the policy no longer allows is not shown."""
        body = body_of(stored)
        if stored.status in NOTHING_SHOWN:
            return body
        return await self._on_loop(lambda s: self._reviewed(s, stored, body))

    async def _reviewed(self, stores: Stores, stored: StoredResolution, body: Resolution) -> Resolution:
        catalogue = await stores.registry.catalogue(stored.registry_version)
        shown = Shown(
            concepts=body.resolved_concepts,
            subjects=_subjects(body),
            options=body.options,
            unresolved=body.unresolved,
            caveats=tuple(w.id for w in body.warnings if w.source in ("tribal_knowledge", "freshness")),
        )
        question = policy_input(stored.question, shown, catalogue)
        decision = await self._decision(stores, question, resolution_id=stored.resolution_id)
        if not decision.allowed:
            raise denial(decision.reasons, resolution_id=stored.resolution_id)
        return reviewed(body, decision, catalogue)


def _subjects(body: Resolution) -> tuple[str, ...]:
    """What a definition, a lineage, a catalogue or a list told of. The first entry of a definition stands in the answer
    itself, too, with the ids of what it can be cut by."""
    answer = body.answer or {}
    listed_by = ("metrics", "dimensions", "templates")
    entries = answer.get("entries") or [e for name in listed_by for e in answer.get(name) or ()]
    listed = () if entries else (answer[key] for key in ("id", "target") if key in answer)
    members = (f"{answer['of']}:{m['id']}" for m in answer["members"]) if "of" in answer and not entries else ()
    issues = (k["id"] for k in answer.get("known_issues") or ())
    return (*(e["id"] for e in entries), *listed, *members, *issues)


def _with_outputs(attempt: dict[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
    stages = [{**s, "inputs": s.get("depends_on", []), "output": outputs.get(s["id"])} for s in attempt["stages"]]
    return {**attempt, "stages": stages}
