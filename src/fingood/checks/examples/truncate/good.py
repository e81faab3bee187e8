"""Some notes are not wanted."""

from alembic import op

revision = "truncate_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "empty notes say nothing"


def upgrade() -> None:
    op.execute("DELETE FROM notes WHERE text = ''")


def downgrade() -> None:
    pass
