"""Balances begin at another number."""

from alembic import op

revision = "drop_default_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "balance", server_default="1")


def downgrade() -> None:
    op.alter_column("accounts", "balance", server_default="0")
