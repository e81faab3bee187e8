"""Balances begin at nought, as they did."""

from alembic import op

revision = "change_default_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "balance", server_default="0")


def downgrade() -> None:
    op.alter_column("accounts", "balance", server_default="0")
