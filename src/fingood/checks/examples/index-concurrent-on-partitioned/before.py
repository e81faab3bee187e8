"""Bookings by year."""

from alembic import op

revision = "concurrent_on_partitioned_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE bookings (id bigint, day date) PARTITION BY RANGE (day)")
    op.execute("CREATE TABLE bookings_2027 PARTITION OF bookings FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')")
    op.execute("CREATE INDEX ix_bookings_id ON ONLY bookings (id)")


def downgrade() -> None:
    op.drop_table("bookings")
