"""More memory for everybody."""

from alembic import op

revision = "server_settings_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER ROLE current_user SET work_mem = '64MB'")


def downgrade() -> None:
    op.execute("ALTER ROLE current_user RESET work_mem")
