"""2025 as well."""

from alembic import op

revision = "attach_partition_bad"
down_revision = "attach_partition_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE rates ATTACH PARTITION rates_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")


def downgrade() -> None:
    op.execute("ALTER TABLE rates DETACH PARTITION rates_2025")
