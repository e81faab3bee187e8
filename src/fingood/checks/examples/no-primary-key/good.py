"""Rates, one a day."""

import sqlalchemy as sa
from alembic import op

revision = "no_primary_key_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_rates",
        sa.Column("pair", sa.String(6), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("journal_rates")
