"""More memory for this."""

from alembic import op

revision = "server_settings_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL work_mem = '64MB'")


def downgrade() -> None:
    pass
