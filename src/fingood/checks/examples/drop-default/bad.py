"""Balances are always given."""

from alembic import op

revision = "drop_default_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "balance", server_default=None)


def downgrade() -> None:
    op.alter_column("accounts", "balance", server_default="0")
