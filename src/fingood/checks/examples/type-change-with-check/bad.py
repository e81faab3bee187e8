"""Balances may have more digits."""

import sqlalchemy as sa
from alembic import op

revision = "type_change_with_check_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "balance", type_=sa.Numeric(22, 4))


def downgrade() -> None:
    op.alter_column("accounts", "balance", type_=sa.Numeric(18, 4))
