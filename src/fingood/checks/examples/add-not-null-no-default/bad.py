"""Accounts have a segment."""

import sqlalchemy as sa
from alembic import op

revision = "add_not_null_no_default_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("segment", sa.String(10), nullable=False))


def downgrade() -> None:
    op.drop_column("accounts", "segment")
