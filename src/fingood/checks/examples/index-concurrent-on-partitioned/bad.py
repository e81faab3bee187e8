"""Index a partitioned table as if it were one table."""

from alembic import op

revision = "concurrent_on_partitioned_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE bookings (id bigint, day date) PARTITION BY RANGE (day)")
    with op.get_context().autocommit_block():
        op.create_index("ix_bookings_id", "bookings", ["id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_table("bookings")
