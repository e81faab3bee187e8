"""A new kind, then its row."""

from alembic import op

revision = "enum_value_used_at_once_good"
down_revision = "enum_value_used_at_once_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'loan'")
    op.execute("INSERT INTO kinds VALUES ('loan')")


def downgrade() -> None:
    op.execute("DELETE FROM kinds")
