"""Notes are known by their number, which is never NULL."""

from alembic import op

revision = "pk_using_nullable_index_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notes ADD CONSTRAINT pk_notes PRIMARY KEY USING INDEX ux_notes_id")


def downgrade() -> None:
    op.drop_constraint("pk_notes", "notes")
    op.create_index("ux_notes_id", "notes", ["id"], unique=True)
