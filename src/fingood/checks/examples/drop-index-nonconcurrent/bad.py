"""The status is no longer searched."""

from alembic import op

revision = "drop_index_nonconcurrent_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_accounts_status", table_name="accounts")


def downgrade() -> None:
    op.create_index("ix_accounts_status", "accounts", ["status"])
