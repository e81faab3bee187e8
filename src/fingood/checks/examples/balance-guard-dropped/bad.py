"""Overdrafts."""

from alembic import op

revision = "balance_guard_dropped_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_accounts_balance", "accounts")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ADD CONSTRAINT ck_accounts_balance CHECK (balance >= 0) NOT VALID")
