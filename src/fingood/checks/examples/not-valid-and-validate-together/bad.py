"""Account numbers are not empty, in one go."""

from alembic import op

revision = "not_valid_and_validate_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint("ck_accounts_number", "accounts", "number <> ''", postgresql_not_valid=True)
    op.execute("ALTER TABLE accounts VALIDATE CONSTRAINT ck_accounts_number")


def downgrade() -> None:
    op.drop_constraint("ck_accounts_number", "accounts")
