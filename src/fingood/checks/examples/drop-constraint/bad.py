"""Accounts may be overdrawn."""

from alembic import op

revision = "drop_constraint_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_accounts_balance", "accounts")


def downgrade() -> None:
    op.create_check_constraint("ck_accounts_balance", "accounts", "balance >= 0")
