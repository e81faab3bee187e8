"""Replace the index of statuses by a wider one."""

from alembic import op

revision = "index_replaced_with_gap_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_accounts_status", table_name="accounts")
    op.create_index("ix_accounts_status_code", "accounts", ["status", "code"])


def downgrade() -> None:
    op.drop_index("ix_accounts_status_code", table_name="accounts")
    op.create_index("ix_accounts_status", "accounts", ["status"])
