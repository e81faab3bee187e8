"""Fresh totals, readable all the while."""

from alembic import op

revision = "refresh_nonconcurrent_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")


def downgrade() -> None:
    pass
