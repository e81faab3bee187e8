"""Kinds of accounts, and a domain that nobody uses."""

from alembic import op

revision = "drop_type_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TYPE kind AS ENUM ('current', 'saving')")


def downgrade() -> None:
    op.execute("DROP TYPE kind")
