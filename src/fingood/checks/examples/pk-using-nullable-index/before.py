"""An index of a column that may be NULL."""

from alembic import op

revision = "pk_using_nullable_index_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ux_notes_text", "notes", ["text"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ux_notes_text", table_name="notes", postgresql_concurrently=True)
