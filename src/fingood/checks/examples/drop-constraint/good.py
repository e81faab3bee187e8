"""Accounts may be overdrawn, to a limit."""

from alembic import op

revision = "drop_constraint_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint("ck_accounts_limit", "accounts", "balance >= -1000", postgresql_not_valid=True)
    op.drop_constraint("ck_accounts_balance", "accounts")


def downgrade() -> None:
    op.create_check_constraint("ck_accounts_balance", "accounts", "balance >= 0", postgresql_not_valid=True)
    op.drop_constraint("ck_accounts_limit", "accounts")
