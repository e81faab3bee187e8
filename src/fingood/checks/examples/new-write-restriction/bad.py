"""Accounts have a code above zero."""

from alembic import op

revision = "new_write_restriction_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint("ck_accounts_code", "accounts", "code > 0", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("ck_accounts_code", "accounts")
