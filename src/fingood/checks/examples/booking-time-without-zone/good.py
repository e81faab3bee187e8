"""When an account was last booked on, to the moment."""

import sqlalchemy as sa
from alembic import op

revision = "booking_time_without_zone_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("last_booked_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("accounts", "last_booked_at")
