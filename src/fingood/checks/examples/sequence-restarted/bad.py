"""A new year."""

from alembic import op

revision = "sequence_restarted_bad"
down_revision = "sequence_restarted_before"
branch_labels = None
depends_on = None
irreversible = "numbers that were given out stay given out"


def upgrade() -> None:
    op.execute("ALTER SEQUENCE document_numbers RESTART WITH 1")


def downgrade() -> None:
    pass
