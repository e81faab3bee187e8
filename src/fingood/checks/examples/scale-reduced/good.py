"""Larger prices."""

import sqlalchemy as sa
from alembic import op

revision = "scale_reduced_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("prices", "amount", type_=sa.Numeric(22, 4))


def downgrade() -> None:
    op.alter_column("prices", "amount", type_=sa.Numeric(18, 4))
