"""Accounts may be overdrawn up to a limit, to be tested later."""

from alembic import op

revision = "add_column_inline_check_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN overdraft numeric(18, 4) DEFAULT 0")
    op.execute("ALTER TABLE accounts ADD CONSTRAINT ck_accounts_overdraft CHECK (overdraft >= 0) NOT VALID")


def downgrade() -> None:
    op.drop_column("accounts", "overdraft")
