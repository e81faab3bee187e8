"""Accounts get a limit of a type that cannot be negative."""

from alembic import op

revision = "constrained_domain_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE DOMAIN positive AS numeric(18, 4) CHECK (VALUE >= 0)")
    op.execute("ALTER TABLE accounts ADD COLUMN daily_limit positive")


def downgrade() -> None:
    op.drop_column("accounts", "daily_limit")
    op.execute("DROP DOMAIN positive")
