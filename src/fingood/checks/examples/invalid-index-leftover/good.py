"""Index the accounts by phone, whatever an earlier try has left."""

from alembic import op

revision = "invalid_index_leftover_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_accounts_phone")
        op.execute("CREATE INDEX CONCURRENTLY ix_accounts_phone ON accounts (phone)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY ix_accounts_phone")
