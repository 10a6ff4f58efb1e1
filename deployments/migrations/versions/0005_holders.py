"""Which process has an open resolution, what its asker was promised, and what the orchestrator has been told."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# told: the newest attempt that the orchestrator knows the end of. promised: how to go on, once somebody was told 202.
HOLDERS = """
create table holders (
  holder text primary key,
  seen_at timestamptz not null default now()
);
alter table resolutions add column holder text, add column promised jsonb, add column told integer not null default 0;
update resolutions set told = attempt where status <> 'running';
create index resolutions_unfinished on resolutions (updated_at) where status = 'running' or told < attempt;
grant select, insert, update, delete on holders to ecp_app;
"""


def upgrade() -> None:
    op.execute(HOLDERS)


def downgrade() -> None:
    op.execute("drop index resolutions_unfinished")
    op.execute("alter table resolutions drop column holder, drop column promised, drop column told")
    op.execute("drop table holders")
