"""A CHECK for new rows."""

from alembic import op

revision = "validate_under_lock_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD CONSTRAINT ck_accounts_code CHECK (code > 0) NOT VALID")


def downgrade() -> None:
    op.drop_constraint("ck_accounts_code", "accounts")
