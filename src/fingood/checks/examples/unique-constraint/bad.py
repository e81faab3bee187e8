"""One account a code."""

from alembic import op

revision = "unique_constraint_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_unique_constraint("uq_accounts_code", "accounts", ["code"])


def downgrade() -> None:
    op.drop_constraint("uq_accounts_code", "accounts")
