"""Start with empty notes."""

from alembic import op

revision = "truncate_bad"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "the rows come from a backup only"


def upgrade() -> None:
    op.execute("TRUNCATE notes")


def downgrade() -> None:
    pass
