"""Statuses may be longer; their index stays."""

import sqlalchemy as sa
from alembic import op

revision = "type_change_rebuilds_index_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "status", type_=sa.String(40))


def downgrade() -> None:
    op.alter_column("accounts", "status", type_=sa.String(10))
