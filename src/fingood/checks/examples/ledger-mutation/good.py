"""Entries are corrected by entries."""

from alembic import op

revision = "ledger_mutation_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "a booking is taken back by its opposite"


def upgrade() -> None:
    op.execute("INSERT INTO ledger.entries (id, account_id, amount) VALUES (-1, 17, -5)")


def downgrade() -> None:
    pass
