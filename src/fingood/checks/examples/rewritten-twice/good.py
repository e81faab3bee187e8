"""Longer texts change the catalog only."""

import sqlalchemy as sa
from alembic import op

revision = "rewritten_twice_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "number", type_=sa.String(40))
    op.alter_column("accounts", "phone", type_=sa.Text())


def downgrade() -> None:
    op.alter_column("accounts", "phone", type_=sa.String(30))
    op.alter_column("accounts", "number", type_=sa.String(20))
