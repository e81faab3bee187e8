"""No totals any more."""

from alembic import op

revision = "drop_view_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW totals")


def downgrade() -> None:
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT account_id, sum(amount) FROM ledger.entries GROUP BY 1")
    op.execute("CREATE UNIQUE INDEX ux_totals ON totals (account_id)")
