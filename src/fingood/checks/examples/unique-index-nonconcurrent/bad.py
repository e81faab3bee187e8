"""No two accounts share a mail address."""

from alembic import op

revision = "unique_index_nonconcurrent_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ux_accounts_email", "accounts", ["email"], unique=True)


def downgrade() -> None:
    op.drop_index("ux_accounts_email", table_name="accounts")
