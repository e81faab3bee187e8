"""A partition for the statements of 2025

Made beside the parent and attached: ATTACH lets everybody read and write on, CREATE ... PARTITION OF does not.

Revision ID: e24f81d60b9c
Revises: 7b3a50c9e4d2
Create Date: 2024-12-02 15:36:40

"""

from alembic import op

revision = "e24f81d60b9c"
down_revision = "7b3a50c9e4d2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE ledger.statements_2025 (LIKE ledger.statements INCLUDING ALL)")
    op.execute(
        "ALTER TABLE ledger.statements ATTACH PARTITION ledger.statements_2025 "
        "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE ledger.statements DETACH PARTITION ledger.statements_2025")
    op.drop_table("statements_2025", schema="ledger")
