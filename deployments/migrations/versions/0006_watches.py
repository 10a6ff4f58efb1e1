"""Watches, what came of each of their runs, and the notices that are still to be delivered."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# token, claimed_until: who runs it now, and until when nobody else may. next_at is null while a watch is paused.
WATCHES = """
create table watches (
  watch_id text primary key,
  owner_id text,
  owner jsonb not null,
  concept text not null,
  execute boolean not null,
  schedule jsonb not null,
  webhook text,
  tolerance double precision not null,
  paused boolean not null,
  created_at timestamptz not null,
  since timestamptz not null,
  next_at timestamptz,
  baseline jsonb,
  last_outcome text,
  token text,
  claimed_until timestamptz
);
create index watches_due on watches (next_at) where next_at is not null;
create index watches_newest on watches (created_at desc, watch_id desc);
create index watches_owner on watches (owner_id, created_at desc, watch_id desc);

create table watch_runs (
  watch_id text not null references watches on delete cascade,
  due_at timestamptz not null,
  at timestamptz not null,
  resolution_id text,
  outcome text not null check (outcome in ('changed', 'unchanged', 'denied', 'failed')),
  differences jsonb not null,
  missed integer not null,
  detail text,
  before_id text,
  primary key (watch_id, due_at)
);
create index watch_runs_newest on watch_runs (watch_id, at desc, due_at desc);

create table watch_deliveries (
  delivery_id text primary key,
  watch_id text not null references watches on delete cascade,
  url text not null,
  body jsonb not null,
  made_at timestamptz not null,
  attempts integer not null default 0,
  next_at timestamptz,
  delivered_at timestamptz,
  said text
);
create index watch_deliveries_due on watch_deliveries (next_at) where next_at is not null;
create index watch_deliveries_watch on watch_deliveries (watch_id);

grant select, insert, update, delete on watches, watch_runs, watch_deliveries to ecp_app;
"""


def upgrade() -> None:
    op.execute(WATCHES)


def downgrade() -> None:
    op.execute("drop table watch_deliveries")
    op.execute("drop table watch_runs")
    op.execute("drop table watches")
