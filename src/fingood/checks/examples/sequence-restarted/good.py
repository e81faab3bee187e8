"""Numbers in steps."""

from alembic import op

revision = "sequence_restarted_good"
down_revision = "sequence_restarted_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER SEQUENCE document_numbers INCREMENT BY 10")


def downgrade() -> None:
    op.execute("ALTER SEQUENCE document_numbers INCREMENT BY 1")
