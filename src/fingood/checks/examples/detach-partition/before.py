"""Rates by year."""

from alembic import op

revision = "detach_partition_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE rates (day date) PARTITION BY RANGE (day)")
    op.execute("CREATE TABLE rates_2024 PARTITION OF rates FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")


def downgrade() -> None:
    op.drop_table("rates")
