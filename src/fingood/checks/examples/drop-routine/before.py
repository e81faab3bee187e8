"""Document numbers."""

from alembic import op

revision = "drop_routine_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE document_numbers")


def downgrade() -> None:
    op.execute("DROP SEQUENCE document_numbers")
