"""More decimals, and as many digits before the point as before."""

import sqlalchemy as sa
from alembic import op

revision = "scale_reduced_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "balance", type_=sa.Numeric(20, 6))


def downgrade() -> None:
    op.alter_column("accounts", "balance", type_=sa.Numeric(18, 4))
