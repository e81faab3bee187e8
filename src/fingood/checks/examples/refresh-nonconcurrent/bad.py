"""Fresh totals."""

from alembic import op

revision = "refresh_nonconcurrent_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REFRESH MATERIALIZED VIEW totals")


def downgrade() -> None:
    pass
