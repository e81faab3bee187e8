"""Account numbers are not empty; the rows that are there are validated by the next revision."""

from alembic import op

revision = "check_validating_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint("ck_accounts_number", "accounts", "number <> ''", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("ck_accounts_number", "accounts")
