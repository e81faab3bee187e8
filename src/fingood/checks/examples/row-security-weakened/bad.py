"""The report was empty."""

from alembic import op

revision = "row_security_weakened_bad"
down_revision = "row_security_weakened_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notes DISABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
