"""Index the accounts by owner."""

from alembic import op

revision = "index_nonconcurrent_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_accounts_owner", "accounts", ["owner_id"])


def downgrade() -> None:
    op.drop_index("ix_accounts_owner", table_name="accounts")
