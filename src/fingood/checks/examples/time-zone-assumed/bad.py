"""Opened when, exactly."""

import sqlalchemy as sa
from alembic import op

revision = "time_zone_assumed_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "opened_at", type_=sa.DateTime(timezone=True))


def downgrade() -> None:
    op.alter_column("accounts", "opened_at", type_=sa.DateTime(), postgresql_using="opened_at AT TIME ZONE 'UTC'")
