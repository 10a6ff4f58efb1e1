"""The names of one member are found without reading those of its whole dimension."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create index asset_names_owner on asset_names (asset_id, coalesce(member, ''), valid_to)")
    op.execute("drop index asset_names_asset")


def downgrade() -> None:
    op.execute("create index asset_names_asset on asset_names (asset_id, valid_to)")
    op.execute("drop index asset_names_owner")
