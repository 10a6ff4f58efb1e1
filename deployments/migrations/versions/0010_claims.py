"""How often a watch was claimed since a run of it was last written."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table watches add column claims integer not null default 0")


def downgrade() -> None:
    op.execute("alter table watches drop column claims")
