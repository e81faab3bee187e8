"""A cache that may be lost."""

from alembic import op

revision = "unlogged_table_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE UNLOGGED TABLE page_cache (key text PRIMARY KEY, body text)")


def downgrade() -> None:
    op.drop_table("page_cache")
