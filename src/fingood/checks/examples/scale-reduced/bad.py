"""Two decimals are enough."""

# also: type-change-rewrite because every row is written anew as well

import sqlalchemy as sa
from alembic import op

revision = "scale_reduced_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "balance", type_=sa.Numeric(18, 2))


def downgrade() -> None:
    op.alter_column("accounts", "balance", type_=sa.Numeric(18, 4))
