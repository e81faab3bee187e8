"""A copy of all entries."""

import sqlalchemy as sa
from alembic import op

revision = "data_migration_unbatched_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry_totals",
        sa.Column("account_id", sa.BigInteger(), primary_key=True),
        sa.Column("entries", sa.BigInteger()),
    )
    op.execute("INSERT INTO entry_totals SELECT account_id, count(*) FROM ledger.entries GROUP BY 1")


def downgrade() -> None:
    op.drop_table("entry_totals")
