"""One index a partition, built while everybody works; the next revision attaches it."""

from alembic import op

revision = "concurrent_on_partitioned_good"
down_revision = "concurrent_on_partitioned_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_bookings_2027_id", "bookings_2027", ["id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_bookings_2027_id", table_name="bookings_2027", postgresql_concurrently=True)
