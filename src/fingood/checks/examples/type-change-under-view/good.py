"""Amounts may have more digits, and the totals are made anew."""

import sqlalchemy as sa
from alembic import op

revision = "type_change_under_view_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW totals")
    op.alter_column("entries", "amount", type_=sa.Numeric(22, 4), schema="ledger")
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT account_id, sum(amount) FROM ledger.entries GROUP BY 1")
    op.execute("CREATE UNIQUE INDEX ux_totals ON totals (account_id)")


def downgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW totals")
    op.alter_column("entries", "amount", type_=sa.Numeric(18, 4), schema="ledger")
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT account_id, sum(amount) FROM ledger.entries GROUP BY 1")
    op.execute("CREATE UNIQUE INDEX ux_totals ON totals (account_id)")
