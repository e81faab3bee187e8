"""Index the accounts by owner and, so it was meant, by code."""

from alembic import op

revision = "index_duplicate_column_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix_accounts_owner ON accounts (owner_id, owner_id)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_owner", table_name="accounts", postgresql_concurrently=True)
