"""Balances begin at one."""

from alembic import op

revision = "change_default_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "balance", server_default="1")


def downgrade() -> None:
    op.alter_column("accounts", "balance", server_default="0")
