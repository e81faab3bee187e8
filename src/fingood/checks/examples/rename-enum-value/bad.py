"""A better word."""

from alembic import op

revision = "rename_enum_value_bad"
down_revision = "rename_enum_value_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TYPE kind RENAME VALUE 'saving' TO 'savings'")


def downgrade() -> None:
    op.execute("ALTER TYPE kind RENAME VALUE 'savings' TO 'saving'")
