"""Whoever watches the server reads every table to come."""

from alembic import op

revision = "rights_changed_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor")


def downgrade() -> None:
    op.execute("ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor")
