"""Which attempt was cancelled: nothing that it still brings is taken."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table resolutions add column cancelled integer not null default 0")


def downgrade() -> None:
    op.execute("alter table resolutions drop column cancelled")
