"""No more notes, but kept until nobody has missed them."""

from alembic import op

revision = "drop_table_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("notes", "notes_retired")


def downgrade() -> None:
    op.rename_table("notes_retired", "notes")
