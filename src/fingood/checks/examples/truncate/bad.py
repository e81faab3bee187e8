"""Start with empty notes."""

from alembic import op

revision = "truncate_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("TRUNCATE notes")


def downgrade() -> None:
    pass
