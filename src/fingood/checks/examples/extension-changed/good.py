"""What is there is enough."""

from alembic import op

revision = "extension_changed_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SELECT extversion FROM pg_extension WHERE extname = 'plpgsql'")


def downgrade() -> None:
    pass
