"""Kinds of account."""

from alembic import op

revision = "enum_value_used_at_once_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TYPE kind AS ENUM ('current', 'saving')")
    op.execute("CREATE TABLE kinds (kind kind)")


def downgrade() -> None:
    op.execute("DROP TABLE kinds")
    op.execute("DROP TYPE kind")
