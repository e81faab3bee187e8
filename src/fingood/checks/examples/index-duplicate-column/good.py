"""Index the accounts by owner and code."""

from alembic import op

revision = "index_duplicate_column_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_owner", "accounts", ["owner_id", "code"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_owner", table_name="accounts", postgresql_concurrently=True)
