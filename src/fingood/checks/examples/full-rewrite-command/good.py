"""Fresh statistics are enough."""

from alembic import op

revision = "full_rewrite_command_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ANALYZE accounts")


def downgrade() -> None:
    pass
