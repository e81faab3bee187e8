"""Amounts may have more digits, although the totals are made of them."""

import sqlalchemy as sa
from alembic import op

revision = "type_change_under_view_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("entries", "amount", type_=sa.Numeric(22, 4), schema="ledger")


def downgrade() -> None:
    op.alter_column("entries", "amount", type_=sa.Numeric(18, 4), schema="ledger")
