"""Accounts may be overdrawn up to a limit."""

from alembic import op

revision = "add_column_inline_check_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN overdraft numeric(18, 4) DEFAULT 0 CHECK (overdraft >= 0)")


def downgrade() -> None:
    op.drop_column("accounts", "overdraft")
