"""Rates by year, and those of a year that has passed."""

from alembic import op

revision = "attach_partition_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE rates (day date) PARTITION BY RANGE (day)")
    op.execute("CREATE TABLE rates_2024 (day date NOT NULL, CHECK (day >= '2024-01-01' AND day < '2025-01-01'))")
    op.execute("CREATE TABLE rates_2025 (day date)")


def downgrade() -> None:
    op.drop_table("rates_2025")
    op.drop_table("rates_2024")
    op.drop_table("rates")
