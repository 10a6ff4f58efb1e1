"""The audit trail: it only grows."""

from __future__ import annotations

from typing import Any

from ecp.domain.values import JsonObject
from ecp.stores.postgres import Connection, json_text, stored
from ecp.stores.protocols import AuditRecord
from ecp.stores.registry.part import NO_VERSION, Part


class Auditing(Part):
    async def audit_if_current(self, record: AuditRecord) -> bool:
        """Whether it was written: only while no version is newer than the record's."""
        return await self._db.row(_AUDIT_IF_CURRENT, {**audit_arguments(record), "none": NO_VERSION}) is not None

    async def audit_records(self, resolution_id: str) -> tuple[JsonObject, ...]:
        """Oldest first, each with its `seq` and `at`."""
        found = await self._db.rows(
            "select * from audit where resolution_id = %s order by seq", (stored(resolution_id),)
        )
        return tuple({**r, "at": r["at"].isoformat()} for r in found)


async def write_audit(connection: Connection, record: AuditRecord) -> None:
    """Within the transaction of what it records, so that neither is there without the other."""
    await connection.execute(_AUDIT, audit_arguments(record))


def audit_arguments(record: AuditRecord) -> dict[str, Any]:
    texts = {k: v if not isinstance(v, str) else stored(v) for k, v in record}
    return {
        **texts,
        "asker": json_text(record.asker),
        "decision": None if record.decision is None else json_text(record.decision),
    }


_AUDIT = """
insert into audit (resolution_id, attempt, event, asker, question, status, decision, answer_digest, registry_version,
                   policy_version, request_id)
select %(resolution_id)s, %(attempt)s, %(event)s, %(asker)s::jsonb, %(question)s, %(status)s, %(decision)s::jsonb,
       %(answer_digest)s, %(registry_version)s, %(policy_version)s, %(request_id)s
"""
_AUDIT_IF_CURRENT = f"""{_AUDIT}
where (select coalesce(max(version)::text, %(none)s) from registry_versions) = %(registry_version)s
returning seq
"""
