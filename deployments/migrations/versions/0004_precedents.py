"""What feedback says of which words, for whom, and about what; and what an asker chose among options."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# scope is a normal form, question_form the digest of one; lifts is {words: [metric, …]}; about is everything the answer
# was made of.
COLUMNS = """
alter table feedback
  add column scope text not null default '',
  add column question_form text not null default '',
  add column lifts jsonb not null default '{}',
  add column about text[] not null default '{}';
update feedback set scope = lower(coalesce(department, '')), about = metrics;
create index feedback_same on feedback (question_form, scope, approved_version desc) where state = 'approved';
create index feedback_newest on feedback (created_at desc, feedback_id desc);

alter table resolutions add column chosen jsonb not null default '{}';
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    op.execute("alter table resolutions drop column chosen")
    op.execute("drop index feedback_same, feedback_newest")
    op.execute(
        "alter table feedback drop column scope, drop column question_form, drop column lifts, drop column about"
    )
