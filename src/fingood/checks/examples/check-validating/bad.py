"""Account numbers are not empty."""

from alembic import op

revision = "check_validating_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint("ck_accounts_number", "accounts", "number <> ''")


def downgrade() -> None:
    op.drop_constraint("ck_accounts_number", "accounts")
