"""Other totals."""

from alembic import op

revision = "drop_view_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW totals")
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT account_id, count(*) FROM ledger.entries GROUP BY 1")


def downgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW totals")
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT account_id, sum(amount) FROM ledger.entries GROUP BY 1")
