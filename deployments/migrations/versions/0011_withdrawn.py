"""Feedback that is taken back again, and what its question measures: by that like questions are found."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# withdrawn_version is the registry version that taking it back made: only older versions still see it. subject is what
# the question measures and subject_form its digest; of what was said before, the words that feedback speaks of. Its
# vector is another one, which the next reindexing makes: the very same question needs none.
COLUMNS = """
alter table attempts add column measured jsonb;

alter table feedback
  add column withdrawn_version bigint,
  add column subject text not null default '',
  add column subject_form text not null default '';
update feedback set model = '',
  subject = coalesce((select string_agg(word, ' ' order by word) from jsonb_object_keys(lifts) as word), '');
update feedback set subject_form = encode(sha256(convert_to(subject, 'UTF8')), 'hex');

drop index feedback_near, feedback_same;
create index feedback_near on feedback using hnsw (embedding vector_cosine_ops) where approved_version is not null;
create index feedback_same on feedback (question_form, scope, verdict, approved_version desc)
  where approved_version is not null;
create index feedback_alike on feedback (subject_form, scope, verdict, approved_version desc)
  where approved_version is not null;
"""

BACK = """
drop index feedback_near, feedback_same, feedback_alike;
create index feedback_near on feedback using hnsw (embedding vector_cosine_ops) where state = 'approved';
create index feedback_same on feedback (question_form, scope, approved_version desc) where state = 'approved';
alter table feedback drop column withdrawn_version, drop column subject, drop column subject_form;
alter table attempts drop column measured;
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    op.execute(BACK)
