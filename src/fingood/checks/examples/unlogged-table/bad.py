"""Fees, written fast."""

from alembic import op

revision = "unlogged_table_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE UNLOGGED TABLE fees (id bigint PRIMARY KEY, amount numeric(19, 4), currency char(3))")


def downgrade() -> None:
    op.drop_table("fees")
