"""Notes are known by their text."""

from alembic import op

revision = "pk_using_nullable_index_bad"
down_revision = "pk_using_nullable_index_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notes ADD CONSTRAINT pk_notes PRIMARY KEY USING INDEX ux_notes_text")


def downgrade() -> None:
    op.drop_constraint("pk_notes", "notes")
    op.alter_column("notes", "text", nullable=True)
    op.create_index("ux_notes_text", "notes", ["text"], unique=True)
