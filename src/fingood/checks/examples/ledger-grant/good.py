"""The operator may look."""

from alembic import op

revision = "ledger_grant_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT ON owners TO pg_monitor")


def downgrade() -> None:
    op.execute("REVOKE SELECT ON owners FROM pg_monitor")
