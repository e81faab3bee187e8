"""Readers see whole seconds; the account keeps every digit."""

from alembic import op

revision = "time_precision_reduced_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE VIEW openings AS SELECT id, opened_at::timestamp(0) FROM accounts")


def downgrade() -> None:
    op.execute("DROP VIEW openings")
