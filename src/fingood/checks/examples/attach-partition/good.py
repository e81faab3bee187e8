"""2024 as well, which says what it holds."""

from alembic import op

revision = "attach_partition_good"
down_revision = "attach_partition_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE rates ATTACH PARTITION rates_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")


def downgrade() -> None:
    op.execute("ALTER TABLE rates DETACH PARTITION rates_2024")
