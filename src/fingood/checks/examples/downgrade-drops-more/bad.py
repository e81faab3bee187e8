"""A table that may be there already."""

from alembic import op

revision = "downgrade_drops_more_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE IF NOT EXISTS notes (id bigint)")


def downgrade() -> None:
    op.drop_table("notes")
