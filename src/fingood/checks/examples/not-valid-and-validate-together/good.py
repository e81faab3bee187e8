"""Validate what is already there, alone in its transaction."""

from alembic import op

revision = "not_valid_and_validate_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts VALIDATE CONSTRAINT ck_accounts_balance")


def downgrade() -> None:
    pass
