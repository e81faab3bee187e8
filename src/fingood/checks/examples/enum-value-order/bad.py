"""Loans."""

from alembic import op

revision = "enum_value_order_bad"
down_revision = "enum_value_order_before"
branch_labels = None
depends_on = None
irreversible = "an enum's value cannot be taken away"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'loan'")


def downgrade() -> None:
    pass
