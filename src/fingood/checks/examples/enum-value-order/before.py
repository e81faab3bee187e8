"""Kinds of accounts."""

from alembic import op

revision = "enum_value_order_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TYPE kind AS ENUM ('current', 'saving')")


def downgrade() -> None:
    op.execute("DROP TYPE kind")
