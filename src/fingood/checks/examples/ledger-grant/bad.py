"""Everybody may look."""

from alembic import op

revision = "ledger_grant_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT ON owners TO PUBLIC")


def downgrade() -> None:
    op.execute("REVOKE SELECT ON owners FROM PUBLIC")
