"""Index the accounts by phone, unless something of that name is there."""

from alembic import op

revision = "invalid_index_leftover_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_accounts_phone ON accounts (phone)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY ix_accounts_phone")
