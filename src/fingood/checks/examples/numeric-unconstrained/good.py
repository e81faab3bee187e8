"""Fees of an account, with four decimals."""

import sqlalchemy as sa
from alembic import op

revision = "numeric_unconstrained_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("monthly_fee", sa.Numeric(19, 4)))


def downgrade() -> None:
    op.drop_column("accounts", "monthly_fee")
