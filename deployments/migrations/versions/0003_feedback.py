"""Feedback, and the questions it was given on as vectors: precedents."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# approved_version is the registry version that the approval made: older versions do not see it.
FEEDBACK = """
create table feedback (
  feedback_id text primary key,
  resolution_id text not null,
  verdict text not null check (verdict in ('accepted', 'corrected', 'rejected')),
  correction jsonb not null,
  note text not null,
  state text not null check (state in ('pending', 'approved', 'declined')),
  asker jsonb not null,
  department text,
  question text not null,
  metrics text[] not null,
  model text not null,
  embedding vector(256) not null,
  approved_version bigint,
  created_at timestamptz not null,
  decided_at timestamptz
);
create index feedback_state on feedback (state, created_at);
create index feedback_resolution on feedback (resolution_id);
create index feedback_near on feedback using hnsw (embedding vector_cosine_ops) where state = 'approved';

grant select, insert, update, delete on feedback to ecp_app;
"""


def upgrade() -> None:
    op.execute(FEEDBACK)


def downgrade() -> None:
    op.execute("drop table feedback")
