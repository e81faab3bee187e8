"""A better name."""

from alembic import op

revision = "rename_object_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER MATERIALIZED VIEW totals RENAME TO sums")


def downgrade() -> None:
    op.execute("ALTER MATERIALIZED VIEW sums RENAME TO totals")
