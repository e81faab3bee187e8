"""The amounts had the wrong sign."""

from alembic import op

revision = "ledger_mutation_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE ledger.entries SET amount = -amount WHERE account_id = 17")


def downgrade() -> None:
    op.execute("UPDATE ledger.entries SET amount = -amount WHERE account_id = 17")
