"""A table to be filled in batches."""

import sqlalchemy as sa
from alembic import op

revision = "data_migration_unbatched_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry_totals",
        sa.Column("account_id", sa.BigInteger(), primary_key=True),
        sa.Column("entries", sa.BigInteger()),
    )


def downgrade() -> None:
    op.drop_table("entry_totals")
