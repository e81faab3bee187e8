"""The index is bloated."""

from alembic import op

revision = "reindex_nonconcurrent_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("REINDEX INDEX CONCURRENTLY ix_accounts_status")


def downgrade() -> None:
    pass
