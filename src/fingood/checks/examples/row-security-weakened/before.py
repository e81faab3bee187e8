"""Every branch its own notes."""

from alembic import op

revision = "row_security_weakened_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("ALTER TABLE notes DISABLE ROW LEVEL SECURITY")
