"""An index of a partitioned table, built while everybody works."""

# also: upgrade-fails because the server refuses the statement

from alembic import op

revision = "concurrent_on_partitioned_bad"
down_revision = "concurrent_on_partitioned_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_bookings_day", "bookings", ["day"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_bookings_day", table_name="bookings")
