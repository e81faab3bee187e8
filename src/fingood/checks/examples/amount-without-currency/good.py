"""Payments with their currency."""

import sqlalchemy as sa
from alembic import op

revision = "amount_without_currency_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("amount", sa.Numeric(19, 4), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("payments")
