"""The index is bloated."""

from alembic import op

revision = "reindex_nonconcurrent_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REINDEX INDEX ix_accounts_status")


def downgrade() -> None:
    pass
