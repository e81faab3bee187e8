"""Accounts say when they were entered; now() is the same for all rows."""

import sqlalchemy as sa
from alembic import op

revision = "add_column_volatile_default_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()")))


def downgrade() -> None:
    op.drop_column("accounts", "entered_at")
