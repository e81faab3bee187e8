"""Fees of an account, and a score that is no money."""

import sqlalchemy as sa
from alembic import op

revision = "money_float_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("monthly_fee", sa.Numeric(19, 4)))
    op.add_column("accounts", sa.Column("credit_score", sa.Float()))


def downgrade() -> None:
    op.drop_column("accounts", "credit_score")
    op.drop_column("accounts", "monthly_fee")
