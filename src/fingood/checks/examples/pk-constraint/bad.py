"""Notes have a key."""

from alembic import op

revision = "pk_constraint_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_primary_key("pk_notes", "notes", ["id"])


def downgrade() -> None:
    op.drop_constraint("pk_notes", "notes")
