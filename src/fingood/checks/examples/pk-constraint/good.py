"""The unique index that is there becomes the key."""

from alembic import op

revision = "pk_constraint_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notes ADD CONSTRAINT ux_notes_id PRIMARY KEY USING INDEX ux_notes_id")


def downgrade() -> None:
    op.drop_constraint("ux_notes_id", "notes")
    op.create_index("ux_notes_id", "notes", ["id"], unique=True)
    op.alter_column("notes", "id", nullable=False)
