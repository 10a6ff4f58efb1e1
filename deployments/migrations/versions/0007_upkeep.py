"""Packs that were taken in, and how what is old is found."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INGESTED = """
create table ingested (
  pack text primary key,
  digest text not null,
  version bigint not null,
  at timestamptz not null
);
create index attempts_finished on attempts (finished_at);
create index resolutions_updated on resolutions (updated_at);
grant select, insert, update, delete on ingested to ecp_app;
"""

# A staged version lives in temporary tables. Where another role owns the database, that one has to allow them.
STAGING = """
do $$
begin
  execute format('grant temporary on database %I to ecp_app', current_database());
exception
  when insufficient_privilege then raise notice 'ecp_app may not create temporary tables: no import can be planned';
end $$;
"""


def upgrade() -> None:
    op.execute(INGESTED)
    op.execute(STAGING)


def downgrade() -> None:
    op.execute("drop table ingested")
    op.execute("drop index attempts_finished, resolutions_updated")
