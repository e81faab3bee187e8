"""No more documents."""

from alembic import op

revision = "drop_routine_bad"
down_revision = "drop_routine_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP SEQUENCE document_numbers")


def downgrade() -> None:
    op.execute("CREATE SEQUENCE document_numbers")
