"""The zone is said, and with UTC no row changes."""

import sqlalchemy as sa
from alembic import op

revision = "time_zone_assumed_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL TimeZone = 'UTC'")
    op.alter_column("accounts", "opened_at", type_=sa.DateTime(timezone=True))


def downgrade() -> None:
    op.alter_column("accounts", "opened_at", type_=sa.DateTime(), postgresql_using="opened_at AT TIME ZONE 'UTC'")
