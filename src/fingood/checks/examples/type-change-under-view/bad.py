"""Larger prices."""

# also: upgrade-fails because the server refuses the statement

import sqlalchemy as sa
from alembic import op

revision = "type_change_under_view_bad"
down_revision = "type_change_under_view_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("prices", "amount", type_=sa.Numeric(22, 4))


def downgrade() -> None:
    op.alter_column("prices", "amount", type_=sa.Numeric(18, 4))
