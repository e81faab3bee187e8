"""2024 is over, without a wait."""

from alembic import op

revision = "detach_partition_good"
down_revision = "detach_partition_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE rates DETACH PARTITION rates_2024 CONCURRENTLY")


def downgrade() -> None:
    op.execute("ALTER TABLE rates ATTACH PARTITION rates_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")
