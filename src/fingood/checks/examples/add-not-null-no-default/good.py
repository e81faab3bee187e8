"""Accounts have a segment, retail unless said otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "add_not_null_no_default_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("segment", sa.String(10), server_default="retail", nullable=False))
    op.add_column("accounts", sa.Column("region", sa.String(10)))


def downgrade() -> None:
    op.drop_column("accounts", "region")
    op.drop_column("accounts", "segment")
