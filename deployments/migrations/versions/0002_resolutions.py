"""Requests, their attempts and checkpoints, idempotency keys, and the audit trail that only grows."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RESOLUTIONS = """
create table resolutions (
  resolution_id text primary key,
  status text not null,
  attempt integer not null,
  question text not null,
  asker jsonb not null,
  as_of date not null,
  execute boolean not null,
  follows text,
  digest text not null,
  registry_version bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index resolutions_status on resolutions (status, updated_at);
create index resolutions_created on resolutions (created_at);
create index resolutions_digest on resolutions (digest, created_at);

create table attempts (
  resolution_id text not null references resolutions on delete cascade,
  attempt integer not null,
  status text not null,
  body jsonb not null,
  trace jsonb not null,
  finished_at timestamptz not null default now(),
  primary key (resolution_id, attempt)
);

create table checkpoints (
  resolution_id text not null,
  attempt integer not null,
  stage text not null,
  occurrence integer not null,
  output jsonb not null,
  primary key (resolution_id, attempt, stage, occurrence)
);

create table idempotency_keys (
  caller text not null,
  key text not null,
  digest text not null,
  resolution_id text not null,
  expires_at timestamptz not null,
  primary key (caller, key)
);
create index idempotency_keys_expired on idempotency_keys (expires_at);

grant select, insert, update, delete on resolutions, attempts, checkpoints, idempotency_keys to ecp_app;
"""

# No foreign key: the trail outlives the resolutions that retention removes.
AUDIT = """
create table audit (
  seq bigint generated always as identity primary key,
  at timestamptz not null default now(),
  resolution_id text not null,
  attempt integer not null,
  event text not null,
  asker jsonb not null,
  question text not null,
  status text not null,
  decision jsonb,
  answer_digest text not null,
  registry_version text not null,
  policy_version text,
  request_id text
);
create index audit_resolution on audit (resolution_id, seq);
create index audit_at on audit (at);

create function audit_only_grows() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail only grows' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_no_change before update or delete on audit
  for each row execute function audit_only_grows();
create trigger audit_no_truncate before truncate on audit
  for each statement execute function audit_only_grows();
alter table audit enable always trigger audit_no_change;
alter table audit enable always trigger audit_no_truncate;

grant select, insert on audit to ecp_app;
"""


def upgrade() -> None:
    op.execute(RESOLUTIONS)
    op.execute(AUDIT)


def downgrade() -> None:
    op.execute("drop table audit, idempotency_keys, checkpoints, attempts, resolutions")
    op.execute("drop function audit_only_grows()")
