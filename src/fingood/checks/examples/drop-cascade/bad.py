"""No totals any more."""

# also: drop-view because the view is missed with or without CASCADE

from alembic import op

revision = "drop_cascade_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW totals CASCADE")


def downgrade() -> None:
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT account_id, sum(amount) FROM ledger.entries GROUP BY 1")
